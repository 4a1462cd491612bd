/** Files that volumes are extracted to. */
import { link, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { flush } from '../block/device.ts';
import type { FileHost, NewFile } from '../engine/extract.ts';
import { imageOwners, ownFile } from './attach.ts';
import { removeLeftovers, temporaryFor } from './extract-temporary.ts';
import { openFileDisk } from './file-disk.ts';
import type { FileDisk } from './file-disk.ts';
import { writerOf } from './image-claim.ts';
import { createImage, inspectImage } from './image-file.ts';
import { readLabFile } from './lab-file.ts';
import { describeSystemError, systemCode } from './system-error.ts';

/** @param directory of the lab: absolute, without symbolic links */
export function labFiles(directory: string): FileHost {
  return {
    async create(file, size, replace) {
      const place = await placeOf(file, directory, replace);
      if (!place.ok) return place;
      const path = place.value;
      await removeLeftovers(path);
      const temporary = await temporaryFor(path);
      const created = await createImage(temporary, size);
      if (!created.ok) return err(created.error.why);
      const disk = await openFileDisk({ path: temporary, name: basename(path), mode: 'live' });
      if (disk.ok) return ok(new ExtractFile(disk.value, temporary, path, replace));
      await unlink(temporary).catch(() => undefined);
      return err(disk.error.why);
    },
  };
}

class ExtractFile implements NewFile {
  constructor(
    readonly device: FileDisk,
    private readonly temporary: string,
    private readonly path: string,
    private readonly replace: boolean,
  ) {}

  async keep(): Promise<string | undefined> {
    const flushed = await flush(this.device);
    await this.device.close();
    try {
      if (!flushed.ok) return 'it cannot be made durable';
      if (this.replace) await rename(this.temporary, this.path);
      else await putNew(this.temporary, this.path);
      await syncFolder(dirname(this.path));
      return undefined;
    } catch (error) {
      return systemCode(error) === 'EEXIST' ? 'it exists by now' : describeSystemError(error);
    } finally {
      await unlink(this.temporary).catch(() => undefined);
    }
  }

  async drop(): Promise<void> {
    await this.device.close();
    await unlink(this.temporary).catch(() => undefined);
  }
}

/** Never over a file that came meanwhile; where there are no links, as well as can be done. */
async function putNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error;
    if (await lstat(path).catch(() => undefined)) throw error;
    await rename(temporary, path);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  // Some systems open no folders, or sync none: there it is as durable as it gets.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Where the file goes, without links on the way; or why not, in a clause. */
async function placeOf(
  file: string,
  directory: string,
  replace: boolean,
): Promise<Result<string, string>> {
  if (!isAbsolute(file)) return err('write its path from / on');
  if (file.endsWith(sep) || basename(file) === '') return err('that is a folder');
  const folder = await realpath(dirname(file)).catch(describe);
  if (typeof folder !== 'string') return err(`its folder: ${folder.why}`);
  const path = join(folder, basename(file));
  const own = await ownFile(path);
  if (own !== undefined) return err(`that is ${own}`);
  const there = await lstat(path).catch(() => undefined);
  if (!there) return ok(path);
  if (!replace) return err('it exists; --force replaces it');
  if (!there.isFile()) return err('it is no regular file');
  return (await isTaken(path, directory)) ?? ok(path);
}

const describe = (error: unknown): { readonly why: string } => ({
  why: describeSystemError(error),
});

/** What a lab needs is never replaced. */
async function isTaken(
  path: string,
  directory: string,
): Promise<Result<never, string> | undefined> {
  const facts = await inspectImage(path);
  const identity = facts.ok ? facts.value.identity : '';
  const lab = await readLabFile(directory);
  const owners = await imageOwners(directory, lab.ok ? lab.value.disks : []);
  const disk = owners.get(identity);
  if (disk !== undefined) return err(`that is the image of ${disk}`);
  if (path.startsWith(directory + sep)) return err("it is in the lab's own folder");
  const writer = await writerOf({ path, identity, lab: directory });
  return writer && err(`it ${writer.why}`);
}
