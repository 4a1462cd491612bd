/**
 * Moves that were cut off half way, made here or by Linux, and then lost the disk that they leave
 * or the one that they go to: both say the same of them and read the same, and when the disk is
 * back all data is there.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { EngineApi } from '../../core/contract/api.ts';
import { seenOnce } from './answers.ts';
import { labNames, part } from './guest.ts';
import { leftByLinux } from './kept-images.ts';
import { newImages } from './lab.ts';
import { quietly, sumOf, sumsIn, sumsOf } from './mirror-images.ts';
import { linuxSaw, look, type Seen } from './mirror-looks.ts';
import { DATA, GROUPS, halvesHere, VOLUMES } from './move-halves.ts';
import { lostInLinux, LOSSES, partsRead, VD, whenBack, whileLost, type Loss } from './move-lost.ts';
import { LEFT_HALF, LOST_FROM } from './moves-left.ts';
import { imagesOf } from './platter-images.ts';
import { say, words } from './said.ts';

const MIB = 2 ** 20;
/** Of one read, as in the guest. */
const BLOCK = 32_768;
const SUMS = VOLUMES.map((name) => sumOf(DATA.get(name) ?? new Uint8Array()));

/** Of a group without its disk. */
interface Lost {
  readonly said: readonly string[];
  readonly table: Seen['table'];
  readonly parts: readonly string[];
}

interface Outcome {
  readonly lost: readonly Lost[];
  readonly back: readonly string[];
  readonly sums: readonly (readonly string[])[];
}

/** Zeros stand for what cannot be read. */
async function partsHere(api: EngineApi, vg: string, loss: Loss): Promise<readonly string[]> {
  const sums: string[] = [];
  for (const { volume, start, count } of partsRead(vg, loss)) {
    const blocks: Uint8Array[] = [];
    for (let at = start * MIB; at < (start + count) * MIB; at += BLOCK) {
      const read = await api.read(`${vg}/${volume}`, at, BLOCK);
      blocks.push(read.ok ? read.value : new Uint8Array(BLOCK));
    }
    sums.push(sumOf(Buffer.concat(blocks)));
  }
  return sums;
}

async function goHere(left: readonly string[], loss: Loss): Promise<Outcome> {
  const images = left.map((image) => `${image}.${loss.name}`);
  for (const [index, image] of left.entries()) await copyFile(image, images[index] ?? '');
  const blank = await newImages(MIB, images.length);
  const isLost = (index: number): boolean => loss.letters.includes('abcdefgh'[index] ?? '');
  const without = images.map((image, index) => (isLost(index) ? (blank[index] ?? '') : image));
  const lost = await quietly(without, async (run, api): Promise<readonly Lost[]> => {
    const seen: Lost[] = [];
    for (const vg of GROUPS) {
      const said: string[] = [];
      for (const { line } of whileLost(vg)) said.push(await say(api, line));
      const { table } = await look(run, vg);
      seen.push({ said, table, parts: await partsHere(api, vg, loss) });
      await api.command(['vgchange', '-an', vg]);
    }
    return seen;
  });
  return quietly(images, async (run, api): Promise<Outcome> => {
    await run('throttle off');
    const back: string[] = [];
    const steps = whenBack(loss, (letter) => `/dev/sd${letter}`);
    for (const { line } of steps) back.push(await say(api, line));
    const sums: (readonly string[])[] = [];
    for (const vg of GROUPS) sums.push(await sumsOf(api, vg, VOLUMES));
    return { lost, back, sums };
  });
}

function linuxWent(output: string, loss: Loss): Outcome {
  const said = ({ name, line }: { readonly name: string; readonly line: string }) =>
    words(labNames(line), labNames(part(output, `${name}: ${line}`)));
  return {
    lost: GROUPS.map((vg) => ({
      said: whileLost(vg).map(said),
      table: linuxSaw(output, `${vg}-lost`, vg).table,
      parts: sumsIn(output, `${vg}-parts`),
    })),
    back: whenBack(loss, VD).map(said),
    sums: GROUPS.map((vg) => sumsIn(output, `${vg}-sums`)),
  };
}

test('moves of ours that lost a disk', { timeout: 300_000 }, async () => {
  const platters = await halvesHere();
  for (const loss of LOSSES) {
    const images = await imagesOf(platters);
    const here = await goHere(images, loss);
    const shown = { platters, script: lostInLinux(loss) };
    const linux = linuxWent(await seenOnce(`moves-cut-${loss.name}`, shown, images), loss);
    expect(here, loss.name).toEqual(linux);
    expect(here.sums).toEqual([SUMS, SUMS]);
  }
});

test('moves of Linux that lost a disk', { timeout: 300_000 }, async () => {
  const left = await leftByLinux('moves-cut', LEFT_HALF);
  for (const [index, loss] of LOSSES.entries()) {
    const here = await goHere(left.images, loss);
    expect(here, loss.name).toEqual(linuxWent(left.said[LOST_FROM + index] ?? '', loss));
    expect(here.sums).toEqual([SUMS, SUMS]);
  }
});
