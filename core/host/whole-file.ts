/** Files that are there whole or not at all. */
import { constants } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DirectFile } from './direct-file.ts';

/** Buffers of one call; Linux takes 1024. */
const MAX_PARTS = 512;

/**
 * Replaces a file, also when the power fails: the new one is complete before it has the name.
 * Throws what the system says.
 */
export async function writeWhole(
  path: string,
  data: string | readonly Uint8Array[],
  mode: number,
): Promise<void> {
  const place = join(dirname(path), `.${basename(path)}.${process.pid}`);
  const parts = typeof data === 'string' ? [Buffer.from(data)] : data;
  await (await FreshFile.begin(place, parts, mode)).keep(path);
}

/** A file on its way to be complete, under a name that nobody knows. */
export class FreshFile {
  /** Resolves once it has its name, or is gone: no other has to wait for it any more. */
  readonly settled: Promise<void>;
  private settle: () => void = nothing;
  /** Resolves once the room of the file that it replaced is free again. */
  replaced: Promise<void> = Promise.resolve();

  private constructor(
    private readonly place: string,
    /** Whether it is to be written at all; the first answer counts. */
    private readonly decide: (write: boolean) => void,
    private readonly written: Promise<void>,
  ) {
    // Whoever keeps it is told.
    written.catch(nothing);
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /**
   * Resolves once the file is there; what it says is written, and made durable, meanwhile.
   * @param place in the folder in which it is to be kept.
   * @param data stays as it is until it is kept or dropped.
   * @param before is needed sooner: of two files that share a disk, each slows down the other. This
   * one is written when that is settled, or is kept itself.
   */
  static async begin(
    place: string,
    data: readonly Uint8Array[],
    mode: number,
    before?: FreshFile,
  ): Promise<FreshFile> {
    let decide: (write: boolean) => void = nothing;
    const turn = new Promise<boolean>((resolve) => {
      decide = resolve;
    });
    const direct = await DirectFile.open(place, data, mode);
    const written = direct
      ? fillDirect(direct, place, data, mode, turn)
      : fill(await open(place, 'w', mode), data, turn);
    if (!before) decide(true);
    else before.settled.then(() => decide(true), nothing);
    return new FreshFile(place, decide, written);
  }

  /** Gives it its name, durably; a failure leaves nothing of it. */
  async keep(path: string): Promise<void> {
    this.decide(true);
    const [folder, old] = [openFolder(dirname(path)), held(path)];
    folder.catch(nothing);
    try {
      await this.written;
      await old;
      await rename(this.place, path);
      await (await folder)?.sync();
    } catch (error) {
      await this.drop();
      throw error;
    } finally {
      this.replaced = closed(old);
      void closed(folder);
      this.settle();
    }
  }

  /** Nothing is left of it. What was kept stays. */
  async drop(): Promise<void> {
    this.decide(false);
    await this.written.catch(nothing);
    await unlink(this.place).catch(nothing);
    this.settle();
  }
}

const nothing = (): undefined => undefined;

async function fillDirect(
  direct: DirectFile,
  place: string,
  data: readonly Uint8Array[],
  mode: number,
  turn: Promise<boolean>,
): Promise<void> {
  if (!(await turn)) return direct.close();
  const handle = await direct.fill();
  if (!handle) return fill(await open(place, 'w', mode), data, turn);
  try {
    await handle.sync();
  } finally {
    void closed(handle);
  }
}

async function fill(
  handle: FileHandle,
  data: readonly Uint8Array[],
  turn: Promise<boolean>,
): Promise<void> {
  try {
    if (!(await turn)) return;
    await writeAll(handle, data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** In as few calls as the system allows: writeFile makes one of every half MiB. */
async function writeAll(handle: FileHandle, data: readonly Uint8Array[]): Promise<void> {
  let left = data.filter(({ length }) => length > 0);
  for (let at = 0; left.length > 0;) {
    const { bytesWritten } = await handle.writev(left.slice(0, MAX_PARTS), at);
    at += bytesWritten;
    left = behind(left, bytesWritten);
  }
}

/** What is left of the parts after so many bytes of them. */
function behind(parts: Uint8Array[], bytes: number): Uint8Array[] {
  let index = 0;
  let rest = bytes;
  for (; index < parts.length; index++) {
    const { length } = parts[index] ?? new Uint8Array();
    if (rest < length) break;
    rest -= length;
  }
  const [first, ...others] = parts.slice(index);
  return first ? [first.subarray(rest), ...others] : [];
}

/** To make the names in it durable. Windows cannot, and does not need to. */
async function openFolder(path: string): Promise<FileHandle | undefined> {
  return process.platform === 'win32' ? undefined : open(path, 'r');
}

/**
 * A file that is open is not taken apart when another one gets its name: with megabytes that takes
 * milliseconds, and nobody has to wait for it. Windows does not give away the name of an open file.
 */
async function held(path: string): Promise<FileHandle | undefined> {
  if (process.platform === 'win32') return undefined;
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(nothing);
}

/** Nothing of it is lost that was not lost before: it was made durable, or only looked at. */
async function closed(opened: FileHandle | Promise<FileHandle | undefined>): Promise<void> {
  try {
    await (await opened)?.close();
  } catch {
    // It is closed all the same.
  }
}
