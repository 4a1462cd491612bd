/** Files that are there whole or not at all. */
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file, also when the power fails: the new one is complete before it has the name.
 * Throws what the system says.
 */
export async function writeWhole(path: string, data: string | Uint8Array, mode: number) {
  const folder = dirname(path);
  const fresh = join(folder, `.${basename(path)}.${process.pid}`);
  try {
    const handle = await open(fresh, 'w', mode);
    try {
      await writeAll(handle, typeof data === 'string' ? Buffer.from(data) : data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, path);
    await syncFolder(folder);
  } catch (error) {
    await unlink(fresh).catch(() => undefined);
    throw error;
  }
}

/** In as few calls as the system allows: writeFile makes one of every half MiB. */
async function writeAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length;) {
    at += (await handle.write(data, at, data.length - at, at)).bytesWritten;
  }
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
