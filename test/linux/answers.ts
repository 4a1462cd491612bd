/**
 * What Linux answered when it was last asked, in `answers/`: to a transcript, or to a script about
 * disks that are the same in every run. What has changed since is asked again, and so is all with
 * LVSTUDIO_LIVE=1; the file is then written anew.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { digestOf } from '../sim/seen-disks.ts';
import type { Platters } from '../support/lab.ts';
import { inLinux } from './guest.ts';
import { answersOfLinux, type Answer } from './transcript.ts';

const live = process.env['LVSTUDIO_LIVE'] === '1';

/** @param session name of the transcript, `tags.txt` */
export async function askedOnce(
  session: string,
  lines: readonly string[],
): Promise<readonly Answer[]> {
  const file = new URL(`answers/${session.replace(/\.txt$/, '.json')}`, import.meta.url);
  const kept = live ? [] : await keptIn<Answer>(file);
  if (JSON.stringify(kept.map(({ line }) => line)) === JSON.stringify(lines)) return kept;
  const answers = await answersOfLinux(lines);
  await writeFile(file, `${JSON.stringify(answers, undefined, 2)}\n`);
  return answers;
}

interface Shown {
  readonly platters: Platters;
  readonly script: string;
}

/**
 * What a script printed about disks that bear no trace of this run: neither its time nor chance.
 * @param name of the file
 * @param images the disks as files
 */
export async function seenOnce(
  name: string,
  { platters, script }: Shown,
  images: readonly string[],
): Promise<string> {
  const file = new URL(`answers/${name}.json`, import.meta.url);
  const shown = createHash('sha1').update(digestOf(platters)).update(script).digest('hex');
  const [kept] = live ? [] : await keptIn<{ readonly shown: string; readonly out: string }>(file);
  if (kept?.shown === shown) return kept.out;
  const out = await inLinux(images, script);
  await writeFile(file, `${JSON.stringify([{ shown, out }], undefined, 2)}\n`);
  return out;
}

async function keptIn<T>(file: URL): Promise<readonly T[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly T[];
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
}
