/**
 * The names of files under way. Each tells which process writes it, so that one that stayed behind
 * when its process was killed can be told from one that somebody is still writing.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { markWord, ownMark, stateOfWord } from './process-mark.ts';

const END = '.extract';
/** Bytes: with the rest of the name it fits into the 255 that file systems allow. */
const STEM_LIMIT = 160;

let made = 0;

/** A name that nobody has, beside the file. @param path where the file is to be */
export async function temporaryFor(path: string): Promise<string> {
  const mark = markWord(await ownMark());
  return join(dirname(path), `${startOf(path)}${mark}-${++made}${END}`);
}

/** Removes what processes that are gone have left of this file. */
export async function removeLeftovers(path: string): Promise<void> {
  const start = startOf(path);
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start) || !name.endsWith(END)) continue;
    const [, mark] = /^(.*)-\d+$/.exec(name.slice(start.length, -END.length)) ?? [];
    if (mark === undefined || (await stateOfWord(mark)) !== 'dead') continue;
    const left = join(dirname(path), name);
    const facts = await lstat(left).catch(() => undefined);
    // Of another user it may not be ours to remove.
    if (facts?.isFile()) await unlink(left).catch(() => undefined);
  }
}

function startOf(path: string): string {
  const name = basename(path);
  const long = Buffer.byteLength(name) > STEM_LIMIT;
  return `.${long ? createHash('sha256').update(name).digest('hex') : name}.`;
}
