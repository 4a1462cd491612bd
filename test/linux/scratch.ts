/** Folders for images and scripts, gone when the file's tests have ended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

// Not after each test: some run at once, and those share no hook of their own.
afterAll(async () => {
  await Promise.all(folders.splice(0).map((one) => rm(one, { recursive: true, force: true })));
});

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lvstudio-linux-'));
  folders.push(folder);
  return folder;
}
