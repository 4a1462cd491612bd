/** Where archives and backups of metadata are kept (reference 3). */
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';

/** A file of the store. `text` is a byte string. */
export interface StoredMetadata {
  /** As an operator may give it to `vgcfgrestore -f`. */
  readonly path: string;
  readonly text: string;
}

export type Stored<T> = Promise<Result<T, VolumeError>>;

/** A failure is a `backup-failed` that names the file. */
export interface BackupStore {
  /** All that are kept of a group, oldest first. */
  archives(vg: string): Stored<readonly StoredMetadata[]>;
  backup(vg: string): Stored<StoredMetadata | undefined>;
  addArchive(vg: string, text: string): Stored<void>;
  putBackup(vg: string, text: string): Stored<void>;
  /** Nothing to do where there is none. */
  dropBackup(vg: string): Stored<void>;
  /** A file that an operator names; one that is relative lies in the lab's folder. */
  read(path: string): Stored<string>;
  write(path: string, text: string): Stored<void>;
}

/** Keeps everything in memory: for labs that live no longer than their engine. */
export class MemoryBackups implements BackupStore {
  private readonly files = new Map<string, string>();

  archives(vg: string): Stored<readonly StoredMetadata[]> {
    const found = [...this.files].filter(([path]) => path.startsWith(`archive/${vg}_`));
    return Promise.resolve(ok(found.map(([path, text]) => ({ path, text }))));
  }

  backup(vg: string): Stored<StoredMetadata | undefined> {
    const path = `backup/${vg}`;
    const text = this.files.get(path);
    return Promise.resolve(ok(text === undefined ? undefined : { path, text }));
  }

  addArchive(vg: string, text: string): Stored<void> {
    const index = String([...this.files.keys()].length).padStart(5, '0');
    this.files.set(`archive/${vg}_${index}-0.vg`, text);
    return Promise.resolve(ok());
  }

  putBackup(vg: string, text: string): Stored<void> {
    return this.write(`backup/${vg}`, text);
  }

  dropBackup(vg: string): Stored<void> {
    this.files.delete(`backup/${vg}`);
    return Promise.resolve(ok());
  }

  read(path: string): Stored<string> {
    const text = this.files.get(path);
    const why = 'no such file';
    return Promise.resolve(
      text === undefined ? { ok: false, error: { code: 'backup-failed', path, why } } : ok(text),
    );
  }

  write(path: string, text: string): Stored<void> {
    this.files.set(path, text);
    return Promise.resolve(ok());
  }
}
