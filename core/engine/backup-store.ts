/** Where archives and backups of metadata are kept (reference 3). */
import type { AnyText } from '../base/byte-text.ts';
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';

/** A file of the store. `text` is a byte string. */
export interface StoredMetadata {
  /** As an operator may give it to `vgcfgrestore -f`. */
  readonly path: string;
  readonly text: string;
}

/** A file of the store without what follows its head. */
export interface StoredHead {
  readonly path: string;
  readonly kind: 'archive' | 'backup';
  /** The group, from the name of the file. */
  readonly vg: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Its first bytes, HEAD_BYTES at most: a byte string. */
  readonly head: string;
}

/** Enough for what stands before the first PV of a group. */
export const HEAD_BYTES = 8192;

export type Stored<T> = Promise<Result<T, VolumeError>>;

/** A file of the store that is being written, and has no name yet: nobody can find it. */
export interface Draft {
  /** Gives it its name, durably. After a failure nothing is left of it. */
  keep(): Stored<void>;
  /** Nothing is left of it. @returns whether it took any room */
  drop(): Promise<boolean>;
}

/** A failure is a `backup-failed` that names the file. */
export interface BackupStore {
  /** All that are kept of a group, oldest first. */
  archives(vg: string): Stored<readonly StoredMetadata[]>;
  backup(vg: string): Stored<StoredMetadata | undefined>;
  /** Where the backup of a group lies, or would lie. */
  backupPath(vg: string): string;
  /** Every archive and backup of every group, also of those that are gone; by path. */
  heads(): Stored<readonly StoredHead[]>;
  /** What `addArchive` or `putBackup` does, up to the name; `keep` tells what fails. */
  begin(kind: 'archive' | 'backup', vg: string, text: AnyText): Promise<Draft>;
  addArchive(vg: string, text: AnyText): Stored<void>;
  putBackup(vg: string, text: AnyText): Stored<void>;
  /** Nothing to do where there is none. */
  dropBackup(vg: string): Stored<void>;
  /** A file that an operator names; one that is relative lies in the lab's folder. */
  read(path: string): Stored<string>;
  write(path: string, text: AnyText): Stored<void>;
}

/** Numbers of archives are 32 bits in LVM. */
const INDEX_MAX = 2 ** 32 - 1;

/**
 * The number of an archive of this group, from the name of its file; undefined for other files. The
 * name of a group may be the start of another one's: `vg` and `vg_1`.
 */
export function archiveIndex(name: string, vg: string): number | undefined {
  const [, owner, digits] = /^(.+)_(\d{5,})-\d+\.vg$/.exec(name) ?? [];
  const index = Number(digits);
  return owner === vg && index <= INDEX_MAX ? index : undefined;
}

/** The group whose archive has this name; undefined for other files. */
export function archiveOwner(name: string): string | undefined {
  const owner = /^(.+)_\d{5,}-\d+\.vg$/.exec(name)?.[1];
  return owner !== undefined && archiveIndex(name, owner) !== undefined ? owner : undefined;
}

/** @param random keeps two programs apart that archive at once. */
export function archiveName(vg: string, index: number, random: number): string {
  return `${vg}_${String(index).padStart(5, '0')}-${random}.vg`;
}

/** Keeps everything in memory: for labs that live no longer than their engine. */
export class MemoryBackups implements BackupStore {
  private readonly files = new Map<string, string>();

  archives(vg: string): Stored<readonly StoredMetadata[]> {
    return Promise.resolve(ok(this.archivesOf(vg).map(({ path, text }) => ({ path, text }))));
  }

  backupPath(vg: string): string {
    return `backup/${vg}`;
  }

  backup(vg: string): Stored<StoredMetadata | undefined> {
    const path = this.backupPath(vg);
    const text = this.files.get(path);
    return Promise.resolve(ok(text === undefined ? undefined : { path, text }));
  }

  heads(): Stored<readonly StoredHead[]> {
    const found = [...this.files].flatMap(([path, text]): StoredHead[] => {
      const [kind, name = ''] = path.split('/');
      const vg = kind === 'archive' ? archiveOwner(name) : name;
      if ((kind !== 'archive' && kind !== 'backup') || vg === undefined) return [];
      return [{ path, kind, vg, size: text.length, head: text.slice(0, HEAD_BYTES) }];
    });
    return Promise.resolve(ok(found.sort((a, b) => (a.path < b.path ? -1 : 1))));
  }

  begin(kind: 'archive' | 'backup', vg: string, text: AnyText): Promise<Draft> {
    const keep = (): Stored<void> =>
      kind === 'archive' ? this.addArchive(vg, text) : this.putBackup(vg, text);
    return Promise.resolve({ keep, drop: () => Promise.resolve(false) });
  }

  addArchive(vg: string, text: AnyText): Stored<void> {
    const index = (this.archivesOf(vg).at(-1)?.index ?? -1) + 1;
    this.files.set(`archive/${archiveName(vg, index, 0)}`, text.toString());
    return Promise.resolve(ok());
  }

  putBackup(vg: string, text: AnyText): Stored<void> {
    return this.write(this.backupPath(vg), text);
  }

  dropBackup(vg: string): Stored<void> {
    this.files.delete(this.backupPath(vg));
    return Promise.resolve(ok());
  }

  read(path: string): Stored<string> {
    const text = this.files.get(path);
    const why = 'no such file or directory';
    return Promise.resolve(
      text === undefined ? { ok: false, error: { code: 'backup-failed', path, why } } : ok(text),
    );
  }

  write(path: string, text: AnyText): Stored<void> {
    this.files.set(path, text.toString());
    return Promise.resolve(ok());
  }

  /** In the order of their numbers. */
  private archivesOf(vg: string): readonly (StoredMetadata & { readonly index: number })[] {
    const prefix = 'archive/';
    return [...this.files]
      .flatMap(([path, text]) => {
        const index = archiveIndex(path.slice(prefix.length), vg);
        return path.startsWith(prefix) && index !== undefined ? [{ path, text, index }] : [];
      })
      .sort((a, b) => a.index - b.index);
  }
}
