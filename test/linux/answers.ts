/**
 * What Linux answered to a transcript when it was last asked, in `answers/`. A transcript that has
 * changed since is asked again, and so is each with LVSTUDIO_LIVE=1; the file is then written anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { answersOfLinux, type Answer } from './transcript.ts';

const live = process.env['LVSTUDIO_LIVE'] === '1';

/** @param session name of the transcript, `tags.txt` */
export async function askedOnce(
  session: string,
  lines: readonly string[],
): Promise<readonly Answer[]> {
  const file = new URL(`answers/${session.replace(/\.txt$/, '.json')}`, import.meta.url);
  const kept = live ? [] : await keptIn(file);
  if (JSON.stringify(kept.map(({ line }) => line)) === JSON.stringify(lines)) return kept;
  const answers = await answersOfLinux(lines);
  await writeFile(file, `${JSON.stringify(answers, undefined, 2)}\n`);
  return answers;
}

async function keptIn(file: URL): Promise<readonly Answer[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly Answer[];
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
}
