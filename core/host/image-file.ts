/** Image files as files: making them, and opening them without surprises. */
import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { lstat, open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { SECTOR, sectors, sectorsToBigBytes } from '../base/units.ts';
import type { Sectors } from '../base/units.ts';
import { FAR_BYTES, FarFile } from './far-file.ts';
import { notRaw } from './image-format.ts';
import { describeSystemError } from './system-error.ts';

/** Why a file cannot be used as a disk. */
export interface ImageError {
  readonly code: 'image';
  readonly path: string;
  /** A clause without a full stop: `is a directory`. */
  readonly why: string;
}

// On Windows, where neither trap exists, both are undefined and count as 0.
const GUARDS = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Bytes, 4 EiB: from there on sectors cannot be counted exactly. */
const TOO_LARGE = 2n ** 53n * BigInt(SECTOR);

/**
 * Makes a sparse image of `size`. The file must not exist; it is removed again when the file
 * system refuses the size.
 */
export async function createImage(path: string, size: Sectors): Promise<Result<void, ImageError>> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx', 0o644);
  } catch (error) {
    return refuse(path, describeSystemError(error));
  }
  const why = await extend(handle, sectorsToBigBytes(size)).catch(describeSystemError);
  await handle.close();
  if (why === undefined) return ok();
  await unlink(path).catch(() => undefined);
  return refuse(path, why);
}

/** A reason, or nothing when it is done. */
async function extend(handle: FileHandle, size: bigint): Promise<string | undefined> {
  if (size < FAR_BYTES) await handle.truncate(Number(size));
  else {
    const far = FarFile.of(handle.fd);
    const why = far.ok ? far.value.truncate(size) : far.error;
    if (why !== undefined) return why;
  }
  await handle.sync();
  return undefined;
}

/** An image as it was when it was looked at. */
export interface ImageFacts {
  /** Whole sectors. */
  readonly size: Sectors;
  /** Bytes after the last whole sector; they are never read or written. */
  readonly surplus: number;
  /** Identifies the file on this machine, whatever its name. */
  readonly identity: string;
  /** Time of the last change, in nanoseconds. */
  readonly changed: bigint;
}

/**
 * Looks at a file that may become a disk; the same refusals as `openImage`, but for those of
 * opening it in a mode. What another program's format is in is no raw disk.
 */
export async function inspectImage(path: string): Promise<Result<ImageFacts, ImageError>> {
  const facts = await statImage(path);
  if (!facts.ok) return facts;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | GUARDS);
    const { size } = await handle.stat({ bigint: true });
    const why = await notRaw(path, handle, size);
    return why === undefined ? facts : refuse(path, why);
  } catch {
    // Whether it can be read is found out where it is opened to be used.
    return facts;
  } finally {
    await handle?.close();
  }
}

/** The same of a file that is a disk already, whatever stands in it by now. */
export async function statImage(path: string): Promise<Result<ImageFacts, ImageError>> {
  try {
    return factsOf(path, await lstat(path, { bigint: true }));
  } catch (error) {
    return refuse(path, describeSystemError(error));
  }
}

/**
 * Opens a regular file and nothing else: a device would bypass what guards it, a pipe would block,
 * and a symbolic link may have been turned to another file since somebody chose it.
 */
export async function openImage(
  path: string,
  writable: boolean,
): Promise<Result<{ handle: FileHandle; facts: ImageFacts }, ImageError>> {
  const before = await inspectImage(path);
  if (!before.ok) return before;
  let handle: FileHandle;
  try {
    const { O_RDONLY, O_RDWR } = constants;
    handle = await open(path, (writable ? O_RDWR : O_RDONLY) | GUARDS);
  } catch (error) {
    return refuse(path, describeSystemError(error));
  }
  const facts = factsOf(path, await handle.stat({ bigint: true }));
  if (facts.ok && facts.value.identity === before.value.identity) {
    return ok({ handle, facts: facts.value });
  }
  await handle.close();
  return facts.ok ? refuse(path, 'was replaced while it was being opened') : facts;
}

function factsOf(path: string, stats: BigIntStats): Result<ImageFacts, ImageError> {
  const kind = otherKind(stats);
  if (kind !== undefined) return refuse(path, `is ${kind}, not a regular file`);
  if (stats.size >= TOO_LARGE) return refuse(path, 'is 4 EiB or larger');
  const surplus = Number(stats.size % BigInt(SECTOR));
  const size = sectors(Number(stats.size / BigInt(SECTOR)));
  const identity = `${stats.dev}:${stats.ino}`;
  return ok({ size, surplus, identity, changed: stats.mtimeNs });
}

function otherKind(stats: BigIntStats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device';
  return 'a pipe or a socket';
}

function refuse(path: string, why: string): Result<never, ImageError> {
  return err({ code: 'image', path, why });
}

/** For people: `disk.img: is a directory`. */
export function imageSentence(error: ImageError): string {
  return `${basename(error.path)}: ${error.why}`;
}
