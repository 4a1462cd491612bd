/** A folder for one test, gone afterwards. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export async function scratch(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lvstudio-test-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
