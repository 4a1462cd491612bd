/** Files that are there whole or not at all. */
import { open, rename, unlink } from 'node:fs/promises';
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
      await handle.writeFile(data);
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
