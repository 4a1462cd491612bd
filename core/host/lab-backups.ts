/** Archives and backups of metadata in the folder of a lab, named as LVM names them. */
import { open, readdir, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ByteText, type AnyText } from '../base/byte-text.ts';
import { ok, type Result } from '../base/result.ts';
import { Scratch } from '../base/scratch.ts';
import type { VolumeError } from '../contract/errors.ts';
import { archiveIndex, archiveName, archiveOwner, HEAD_BYTES } from '../engine/backup-store.ts';
import type { BackupStore, Stored, StoredHead, StoredMetadata } from '../engine/backup-store.ts';
import type { Env } from '../env/index.ts';
import { makeFolders } from './make-folders.ts';
import { readTextFile } from './bounded-text.ts';
import { describeSystemError } from './system-error.ts';
import { writeWhole } from './whole-file.ts';

/** `backup/retain_min` and `retain_days` of LVM. */
const RETAIN_COUNT = 10;
const RETAIN_SECONDS = 30 * 86_400;
/** Larger than any group's text. */
const FILE_LIMIT = 64 * 2 ** 20;
const MODE = 0o600;

export class LabBackups implements BackupStore {
  private readonly scratch = new Scratch();

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

  addArchive(vg: string, text: AnyText): Stored<void> {
    return this.attempt('archive', async () => {
      const known = await this.namesOf(vg);
      const index = (known.at(-1)?.index ?? -1) + 1;
      const name = archiveName(vg, index, this.env.random.below(2 ** 31));
      await this.save(join('archive', name), text);
      await this.retire(known.map((one) => join(this.directory, 'archive', one.name)));
    });
  }

  putBackup(vg: string, text: AnyText): Stored<void> {
    return this.write(join('backup', vg), text);
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
    return this.attempt(path, () => this.save(path, text));
  }

  /** Older than a month, and not among the ten newest. As in LVM the first young one ends it. */
  private async retire(paths: readonly string[]): Promise<void> {
    const limit = this.env.wallClock() - RETAIN_SECONDS;
    for (const path of paths.slice(0, Math.max(0, paths.length + 1 - RETAIN_COUNT))) {
      if ((await stat(path)).mtimeMs / 1000 >= limit) return;
      await unlink(path);
    }
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
    // Only the store's own folders are made; a path that an operator names has to be there.
    if (/^(?:archive|backup)[/\\]/.test(path)) await makeFolders(resolve(file, '..'));
    const data = this.scratch.take(text.length);
    try {
      ByteText.of(text).writeInto(data);
      await writeWhole(file, data, MODE);
    } finally {
      this.scratch.giveBack(data);
    }
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

/** Empty where there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw error;
  }
}
