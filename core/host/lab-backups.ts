/** Archives and backups of metadata in the folder of a lab, named as LVM names them. */
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ByteText, type AnyText } from '../base/byte-text.ts';
import { ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import { archiveIndex, archiveName, archiveOwner, HEAD_BYTES } from '../engine/backup-store.ts';
import type {
  BackupStore,
  Draft,
  Stored,
  StoredHead,
  StoredMetadata,
} from '../engine/backup-store.ts';
import type { Env } from '../env/index.ts';
import { makeFolders } from './make-folders.ts';
import { readTextFile } from './bounded-text.ts';
import { describeSystemError, systemCode } from './system-error.ts';
import { FreshFile, writeWhole } from './whole-file.ts';

/** `backup/retain_min` and `retain_days` of LVM. */
const RETAIN_COUNT = 10;
const RETAIN_SECONDS = 30 * 86_400;
/** Larger than any group's text. */
const FILE_LIMIT = 64 * 2 ** 20;
const MODE = 0o600;

export class LabBackups implements BackupStore {
  /** Tells those apart that are begun at once. */
  private drafts = 0;
  /** Begun last: one that was kept may still be making room. */
  private latest: FreshFile | undefined;
  private swept: Promise<void> | undefined;

  constructor(
    private readonly directory: string,
    private readonly env: Pick<Env, 'random' | 'wallClock'>,
  ) {}

  archives(vg: string): Stored<readonly StoredMetadata[]> {
    return this.attempt('archive', async () => {
      const names = (await this.namesOf(vg)).map(({ name }) => join('archive', name));
      return Promise.all(names.map((path) => this.load(path)));
    });
  }

  backupPath(vg: string): string {
    return join(this.directory, 'backup', vg);
  }

  backup(vg: string): Stored<StoredMetadata | undefined> {
    const path = join('backup', vg);
    return this.attempt(path, async () => {
      const names = await namesIn(join(this.directory, 'backup'));
      return names.includes(vg) ? this.load(path) : undefined;
    });
  }

  heads(): Stored<readonly StoredHead[]> {
    return this.attempt('archive', async () => {
      const archives = (await namesIn(join(this.directory, 'archive'))).flatMap((name) => {
        const vg = archiveOwner(name);
        return vg === undefined ? [] : [{ kind: 'archive', vg, path: join('archive', name) }];
      });
      const backups = (await namesIn(join(this.directory, 'backup')))
        // What is being written begins with a dot.
        .filter((name) => !name.startsWith('.'))
        .map((name) => ({ kind: 'backup', vg: name, path: join('backup', name) }));
      const found = [...archives, ...backups] as Omit<StoredHead, 'size' | 'head'>[];
      const heads = await Promise.all(found.map((one) => this.headOf(one)));
      return heads.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
    });
  }

  /** Nothing for a file that has gone meanwhile, or that is no file. */
  private async headOf(found: Omit<StoredHead, 'size' | 'head'>): Promise<StoredHead[]> {
    const handle = await open(resolve(this.directory, found.path)).catch(() => undefined);
    if (!handle) return [];
    try {
      const about = await handle.stat();
      if (!about.isFile()) return [];
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const head = buffer.subarray(0, bytesRead).toString('latin1');
      return [{ ...found, size: about.size, head }];
    } finally {
      await handle.close();
    }
  }

  async addArchive(vg: string, text: AnyText): Stored<void> {
    return (await this.begin('archive', vg, text)).keep();
  }

  async putBackup(vg: string, text: AnyText): Stored<void> {
    return (await this.begin('backup', vg, text)).keep();
  }

  async begin(kind: 'archive' | 'backup', vg: string, text: AnyText): Promise<Draft> {
    const path = kind === 'archive' ? kind : join(kind, vg);
    const place = join(this.directory, kind, freshName(vg, ++this.drafts));
    const parts = ByteText.of(text).pieces;
    const before = this.latest;
    await before?.replaced;
    const begun = await this.attempt(path, () => beginFile(place, parts, before));
    if (!begun.ok)
      return { keep: () => Promise.resolve(begun), drop: () => Promise.resolve(false) };
    const file = begun.value;
    this.latest = file;
    const keep = (): Promise<void> =>
      kind === 'archive' ? this.keepArchive(vg, file) : file.keep(this.backupPath(vg));
    const drop = async (): Promise<boolean> => {
      await file.drop();
      return true;
    };
    return { keep: () => this.attempt(path, keep), drop };
  }

  private async keepArchive(vg: string, file: FreshFile): Promise<void> {
    const known = await this.namesOf(vg);
    const index = (known.at(-1)?.index ?? -1) + 1;
    const name = archiveName(vg, index, this.env.random.below(2 ** 31));
    const old = this.outlived(known.map((one) => join(this.directory, 'archive', one.name)));
    old.catch(() => undefined);
    await file.keep(join(this.directory, 'archive', name));
    for (const path of await old) await unlink(path);
    await (this.swept ??= this.sweep());
  }

  /** What another program was writing when it ended: nobody else has the lab now. */
  private async sweep(): Promise<void> {
    for (const kind of ['archive', 'backup']) {
      const folder = join(this.directory, kind);
      for (const name of (await namesIn(folder)).filter(isLeftOver)) {
        await unlink(join(folder, name)).catch(() => undefined);
      }
    }
  }

  dropBackup(vg: string): Stored<void> {
    const path = join('backup', vg);
    return this.attempt(path, async () => {
      const names = await namesIn(join(this.directory, 'backup'));
      if (names.includes(vg)) await unlink(join(this.directory, path));
    });
  }

  read(path: string): Stored<string> {
    return this.attempt(path, async () => (await this.load(path)).text);
  }

  write(path: string, text: AnyText): Stored<void> {
    return this.attempt(path, async () => {
      await refuseToReplace(resolve(this.directory, path), this.directory);
      await this.save(path, text);
    });
  }

  /** Older than a month, and not among the ten newest. As in LVM the first young one ends it. */
  private async outlived(paths: readonly string[]): Promise<readonly string[]> {
    const limit = this.env.wallClock() - RETAIN_SECONDS;
    const old: string[] = [];
    for (const path of paths.slice(0, Math.max(0, paths.length + 1 - RETAIN_COUNT))) {
      if ((await stat(path)).mtimeMs / 1000 >= limit) break;
      old.push(path);
    }
    return old;
  }

  /** In the order of their numbers. */
  private async namesOf(vg: string): Promise<readonly { name: string; index: number }[]> {
    const names = await namesIn(join(this.directory, 'archive'));
    return names
      .flatMap((name) => {
        const index = archiveIndex(name, vg);
        return index === undefined ? [] : [{ name, index }];
      })
      .sort((a, b) => a.index - b.index);
  }

  private async load(path: string): Promise<StoredMetadata> {
    const file = resolve(this.directory, path);
    return { path, text: await readTextFile(file, FILE_LIMIT, 'latin1') };
  }

  private async save(path: string, text: AnyText): Promise<void> {
    const file = resolve(this.directory, path);
    await writeWhole(file, ByteText.of(text).pieces, MODE);
  }

  private async attempt<T>(path: string, work: () => Promise<T>): Promise<Result<T, VolumeError>> {
    try {
      return ok(await work());
    } catch (error) {
      const why = describeSystemError(error);
      return { ok: false, error: { code: 'backup-failed', path, why } };
    }
  }
}

/** Of a file that is not complete; no group's name begins so. */
const freshName = (vg: string, count: number): string => `.${vg}.${process.pid}-${count}`;

/** Whether a file of this name was begun by a program that is not this one. */
function isLeftOver(name: string): boolean {
  const [, pid] = /^\..+\.(\d+)-\d+$/.exec(name) ?? [];
  return pid !== undefined && Number(pid) !== process.pid;
}

/** In a folder of the store, which is made where there is none. */
async function beginFile(
  place: string,
  data: readonly Uint8Array[],
  before: FreshFile | undefined,
): Promise<FreshFile> {
  try {
    return await FreshFile.begin(place, data, MODE, before);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await makeFolders(dirname(place));
    return await FreshFile.begin(place, data, MODE, before);
  }
}

/**
 * An operator's slip must not cost a disk image, a device or the lab: what is there already is
 * replaced only where it is a text. Throws an Error whose message is a clause.
 */
async function refuseToReplace(file: string, directory: string): Promise<void> {
  if (file === resolve(directory, 'lab.json')) throw new Error('it is the lab itself');
  const facts = await stat(file).catch(() => undefined);
  if (!facts) return;
  if (!facts.isFile()) throw new Error('it is not a regular file');
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (buffer.subarray(0, bytesRead).includes(0)) throw new Error('it is not a text');
  } finally {
    await handle.close();
  }
}

/** Empty where there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
