/**
 * What Linux left on disks when it was cut off, and what it said of copies of them afterwards, as
 * it was when Linux was last asked: kept in `answers/`. None of it depends on this program, so it
 * is asked again only where a script has changed, and with LVSTUDIO_LIVE=1.
 */
import { copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { cutOff, inLinux, withMajors } from './guest.ts';
import { newImages } from './lab.ts';

const live = process.env['LVSTUDIO_LIVE'] === '1';
const CHUNK = 4096;

/** Bytes of an image that are kept; between them are zeros. */
interface RunOfBytes {
  readonly image: number;
  readonly start: number;
  readonly bytes: number;
}

interface Kept {
  readonly scripts: readonly string[];
  readonly said: readonly string[];
  /** Of the images, in bytes. */
  readonly sizes: string;
  /** `IMAGE:START:BYTES` each. */
  readonly runs: string;
  /** Of all runs, compressed, in base 64. */
  readonly bytes: string;
}

export interface Question {
  /** Ends with the cut, see `CUT`. */
  readonly cut: string;
  /** Each is run with copies of what the cut left. */
  readonly after: readonly string[];
  /** The disks that `cut` is run with. */
  readonly disks: () => Promise<readonly string[]>;
  /** Of those, the ones that are wanted afterwards; others are as they were. */
  readonly wanted: readonly number[];
}

export interface LeftBehind {
  /** Files of their own, in the order of `wanted`. */
  readonly images: readonly string[];
  /** Of each script that was run afterwards. */
  readonly said: readonly string[];
}

/** @param name of the file in `answers/`, without its ending */
export async function leftByLinux(name: string, question: Question): Promise<LeftBehind> {
  const file = new URL(`answers/${name}.json`, import.meta.url);
  const scripts = [question.cut, ...question.after];
  const kept = live ? undefined : await keptIn(file);
  if (kept && JSON.stringify(kept.scripts) === JSON.stringify(scripts)) return unpacked(kept);
  const images = await question.disks();
  await cutOff(images, withMajors(question.cut));
  const wanted = question.wanted.map((index) => images[index] ?? '');
  const { sizes, runs, bytes } = await packed(wanted);
  const said: string[] = [];
  for (const script of question.after) said.push(await inLinux(await copies(images), script));
  const asked: Kept = { scripts, said, sizes, runs, bytes };
  await writeFile(file, `${JSON.stringify(asked, undefined, 2)}\n`);
  return unpacked(asked);
}

let copied = 0;

async function copies(images: readonly string[]): Promise<readonly string[]> {
  const ending = `.copy${++copied}`;
  for (const image of images) await copyFile(image, image + ending);
  return images.map((image) => image + ending);
}

async function keptIn(file: URL): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
}

/** Legs of a mirror are the same bytes, and lie far from each other. */
const WINDOW = {
  [constants.BROTLI_PARAM_LARGE_WINDOW]: 1,
  [constants.BROTLI_PARAM_LGWIN]: 27,
  [constants.BROTLI_PARAM_QUALITY]: 9,
};

async function packed(images: readonly string[]): Promise<Omit<Kept, 'scripts' | 'said'>> {
  const sizes: number[] = [];
  const runs: RunOfBytes[] = [];
  const parts: Buffer[] = [];
  for (const [image, path] of images.entries()) {
    const data = await readFile(path);
    sizes.push(data.length);
    for (let start = 0; start < data.length; start += CHUNK) {
      const chunk = data.subarray(start, start + CHUNK);
      if (chunk.every((byte) => byte === 0)) continue;
      parts.push(chunk);
      const last = runs.at(-1);
      const goesOn = last?.image === image && last.start + last.bytes === start;
      if (goesOn) runs.pop();
      const before = goesOn ? last.bytes : 0;
      runs.push({ image, start: start - before, bytes: before + chunk.length });
    }
  }
  const bytes = await promisify(brotliCompress)(Buffer.concat(parts), { params: WINDOW });
  return {
    sizes: sizes.join(' '),
    runs: runs.map(({ image, start, bytes: of }) => `${image}:${start}:${of}`).join(' '),
    bytes: bytes.toString('base64'),
  };
}

async function unpacked({ said, sizes, runs, bytes }: Kept): Promise<LeftBehind> {
  const lengths = sizes.split(' ').map(Number);
  const images = await newImages(0, lengths.length);
  const data = await promisify(brotliDecompress)(Buffer.from(bytes, 'base64'), {
    params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 },
  });
  const kept = runs.split(' ').map((run) => run.split(':').map(Number));
  let from = 0;
  for (const [index, image] of images.entries()) {
    const file = await open(image, 'r+');
    await file.truncate(lengths[index] ?? 0);
    for (const [, start = 0, length = 0] of kept.filter(([of]) => of === index)) {
      await file.write(data, from, length, start);
      from += length;
    }
    await file.close();
  }
  return { images, said };
}
