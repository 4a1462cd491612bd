/** Folders with all folders above them. */
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCode } from './system-error.ts';

/**
 * Makes a folder and what is missing above it. Node's own `recursive` never ends where the system
 * answers "no such file" to a name in a folder that is there, as /proc does.
 * Throws what the system says; what was made until then is gone again.
 * @returns the folders that were made, innermost first; none if it was there
 */
export async function makeFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  let place = resolve(path);
  while (!(await exists(place)) && dirname(place) !== place) {
    missing.push(place);
    place = dirname(place);
  }
  const made: string[] = [];
  try {
    for (const folder of missing.toReversed()) {
      if (await makeFolder(folder)) made.unshift(folder);
    }
  } catch (error) {
    await removeFolders(made);
    throw error;
  }
  if (made.length === 0 && !(await stat(path)).isDirectory()) throw notFolder();
  return made;
}

/** Those that are empty, innermost first. */
export async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** False where somebody else was faster. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

const notFolder = (): Error => Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
