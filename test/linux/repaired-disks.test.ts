/**
 * pvck on disks that were spoilt alike, here and in Linux: both say the same, and leave the same
 * bytes. The cases are those of the fault loops, on groups that either made.
 */
import { copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { SECTOR } from '../../core/base/units.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import type { Case, Zeroed } from '../sim/commands.ts';
import { PVCK_CASES } from '../sim/pvck-cases.ts';
import { inHostLvm, withLetters, type Said } from './host-lvm.ts';
import { newImages, withEngine } from './lab.ts';

const SIZE = 32 * 2 ** 20;

/** Two disks in a folder, where `kept` is a text of their group. */
interface Disks {
  readonly images: readonly string[];
  readonly folder: string;
}

interface Ran {
  readonly answers: readonly Said[];
  /** How the disks were called. */
  readonly paths: readonly string[];
}

/** Runs command lines, in which the disks are /dev/sda and /dev/sdb. */
type Program = (disks: Disks, lines: readonly string[]) => Promise<Ran>;

describe.each([
  ['a group made here', (disks, lines) => here(disks, lines)],
  ['a group made in Linux', (disks, lines) => inLinux(disks, lines)],
] as const satisfies readonly (readonly [string, Program])[])('%s', (_who, maker) => {
  const made = new Map<string, Disks>();

  beforeAll(async () => {
    for (const one of PVCK_CASES) {
      if (!made.has(groupOf(one))) made.set(groupOf(one), await madeBy(maker, one));
    }
  });

  test.concurrent.each(PVCK_CASES)('$name', async (one) => {
    const lines = linesOf(one);
    const [ours, theirs] = [await spoilt(made, one), await spoilt(made, one)];
    const linux = await inLinux(theirs, lines);
    const { answers } = await here(ours, lines, linux.paths);
    for (const [index, line] of lines.entries()) {
      expect(answers[index]?.stdout, line).toBe(linux.answers[index]?.stdout);
      expect(answers[index]?.status, line).toBe(linux.answers[index]?.status);
    }
    expect(answers[lines.indexOf(one.command)]?.status).toBe(0);
    for (const [index, image] of ours.images.entries()) {
      const different = await firstDifference(image, theirs.images[index] ?? '');
      expect(different, `a sector of disk ${index}`).toBeUndefined();
    }
  });
});

/** What is shown of the disk before and after the command, and whether the group is well then. */
function linesOf({ command }: Case): readonly string[] {
  const disk = command.split(' ').at(-1) ?? '';
  const dump = (what: string): string => `pvck --dump ${what} ${disk}`;
  const after = ['headers', 'metadata', 'metadata_search'].map(dump);
  return [dump('headers'), command, ...after, 'vgck vg'];
}

/** What the others warn of where areas hold different texts is compared elsewhere. */
const isHeard = (line: string): boolean => line.startsWith('pvck ');

/** Whatever the disks are called: the text names them so. */
const MARKS = ['DISKA', 'DISKB'];

async function inLinux({ images, folder }: Disks, lines: readonly string[]): Promise<Ran> {
  const [first = '', second = ''] = MARKS;
  const named = [
    'echo $PV1 $PV2 > paths',
    `[ ! -e kept ] || sed -i "s|${first}|/dev/sda|; s|${second}|/dev/sdb|" kept`,
  ];
  const heard = lines.map((line) => (isHeard(line) ? `${line} 2>&1` : line));
  const said = await inHostLvm(images, [...named, ...heard], folder);
  const answers = said.slice(named.length).map(({ status, stdout }) => ({
    status,
    stdout: stdout.replace(NO_DM, ''),
  }));
  const paths = (await readFile(join(folder, 'paths'), 'utf8')).trim().split(' ');
  return { answers, paths };
}

/** Every command says so that may not ask the kernel. */
const NO_DM = /^ *WARNING: Activation disabled\. No device-mapper .*\n/gm;

/** @param paths the same as in Linux, where what is written has to be the same */
async function here(
  { images, folder }: Disks,
  lines: readonly string[],
  paths: readonly string[] = ['/dev/sda', '/dev/sdb'],
): Promise<Ran> {
  const kept = join(folder, 'kept');
  const text = await readFile(kept, 'utf8').catch(() => undefined);
  if (text !== undefined) await writeFile(kept, renamed(text, MARKS, paths));
  const answers: Said[] = [];
  await withEngine(
    images,
    async (api) => {
      for (const line of lines) {
        const words = splitCommandLine(renamed(line, ['/dev/sda', '/dev/sdb'], paths));
        if (!words.ok) throw new Error(words.error.why);
        const { status, output } = await api.command(words.value);
        const heard = output.filter(({ stream }) => isHeard(line) || stream === 'stdout');
        const stdout = heard.map((one) => `${one.text}\n`).join('');
        answers.push({ status, stdout: withLetters(stdout, paths) });
      }
    },
    { folder, paths },
  );
  return { answers, paths };
}

const renamed = (text: string, from: readonly string[], to: readonly string[]): string =>
  text.replace(/[\w/]+/g, (word) => to[from.indexOf(word)] ?? word);

/** Cases with the same group begin with the same disks. */
const groupOf = ({ keep = [], before }: Case): string => JSON.stringify([keep, before]);

/** What is kept may be the text of the group some commands later. */
async function madeBy(maker: Program, { keep = [], before }: Case): Promise<Disks> {
  const disks = await newDisks();
  const { images, folder } = disks;
  const work = async (lines: readonly string[]): Promise<readonly string[]> => {
    const { answers, paths } = await maker(disks, lines);
    expect(answers.filter(({ status }) => status !== 0)).toEqual([]);
    return paths;
  };
  await work(before);
  for (const image of images) await copyFile(image, `${image}.before`);
  const paths = await work([...keep.slice(before.length), 'vgcfgbackup -f kept vg']);
  for (const image of images) await copyFile(`${image}.before`, image);
  const kept = join(folder, 'kept');
  await writeFile(kept, renamed(await readFile(kept, 'utf8'), paths, MARKS));
  return disks;
}

async function newDisks(): Promise<Disks> {
  const images = await newImages(SIZE, 2);
  return { images, folder: dirname(images[0] ?? '') };
}

/** A copy of the disks as they are when the command begins. */
async function spoilt(all: ReadonlyMap<string, Disks>, one: Case): Promise<Disks> {
  const made = all.get(groupOf(one));
  if (!made) throw new Error('nothing was made');
  const disks = await newDisks();
  await copyFile(join(made.folder, 'kept'), join(disks.folder, 'kept'));
  for (const [index, image] of disks.images.entries()) {
    await copyFile(made.images[index] ?? '', image);
  }
  for (const zeroed of one.spoil ?? []) await zero(disks.images[zeroed.disk] ?? '', zeroed);
  return disks;
}

async function zero(image: string, { start, bytes }: Zeroed): Promise<void> {
  const file = await open(image, 'r+');
  await file.write(new Uint8Array(bytes), 0, bytes, start * SECTOR);
  await file.close();
}

async function firstDifference(one: string, other: string): Promise<number | undefined> {
  const [ours, theirs] = [await readFile(one), await readFile(other)];
  if (ours.equals(theirs)) return undefined;
  return Math.floor(ours.findIndex((byte, at) => byte !== theirs[at]) / SECTOR);
}
