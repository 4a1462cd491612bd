/** Files that are there whole or not at all. */
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
  private constructor(
    private readonly place: string,
    private readonly written: Promise<void>,
  ) {
    // Whoever keeps it is told.
    written.catch(() => undefined);
  }

  /**
   * Resolves once the file is there; what it says is written, and made durable, meanwhile.
   * @param place in the folder in which it is to be kept.
   * @param data stays as it is until it is kept or dropped.
   */
  static async begin(place: string, data: readonly Uint8Array[], mode: number): Promise<FreshFile> {
    const direct = await DirectFile.open(place, data, mode);
    if (!direct) return new FreshFile(place, fill(await open(place, 'w', mode), data));
    return new FreshFile(place, fillDirect(direct, place, data, mode));
  }

  /** Gives it its name, durably; a failure leaves nothing of it. */
  async keep(path: string): Promise<void> {
    try {
      await this.written;
      await rename(this.place, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await this.drop();
      throw error;
    }
  }

  /** Nothing is left of it. What was kept stays. */
  async drop(): Promise<void> {
    await this.written.catch(() => undefined);
    await unlink(this.place).catch(() => undefined);
  }
}

async function fillDirect(
  direct: DirectFile,
  place: string,
  data: readonly Uint8Array[],
  mode: number,
): Promise<void> {
  const handle = await direct.fill();
  if (!handle) return fill(await open(place, 'w', mode), data);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, data: readonly Uint8Array[]): Promise<void> {
  try {
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

/** Makes the names in a folder durable. Windows cannot, and does not need to. */
async function syncFolder(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
