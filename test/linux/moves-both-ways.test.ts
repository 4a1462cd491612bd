/**
 * Moves of extents that were cut short: those made here Linux resumes and, on other copies of the
 * disks, aborts, and those of Linux end here. Both say the same of them before and after, and no
 * data is lost, though what must not be read any more is spoilt.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { seenOnce } from './answers.ts';
import { leftByLinux } from './kept-images.ts';
import { quietly, spoil, sumOf, sumsIn, sumsOf, type Place } from './mirror-images.ts';
import { linuxSaw, look, type Seen } from './mirror-looks.ts';
import {
  DATA,
  GROUPS,
  halvesHere,
  lineOf,
  SOURCES,
  VOLUMES,
  WAYS,
  type Way,
} from './move-halves.ts';
import { LEFT_HALF, scriptOf } from './moves-left.ts';
import { imagesOf } from './platter-images.ts';

const MIB = 2 ** 20;
const SUMS = VOLUMES.map((name) => sumOf(DATA.get(name) ?? new Uint8Array()));

interface Ended {
  readonly begun: Seen;
  readonly done: Seen;
  readonly sums: readonly string[];
}

const linuxEnded = (output: string): readonly Ended[] =>
  GROUPS.map((vg) => ({
    begun: linuxSaw(output, `${vg}-begun`, vg),
    done: linuxSaw(output, `${vg}-done`, vg),
    sums: sumsIn(output, `${vg}-sums`),
  }));

/** Brings both groups up as they were left, spoils what must not matter, and ends their moves. */
async function endedHere(images: readonly string[], way: Way): Promise<readonly Ended[]> {
  const copies = images.map((image) => `${image}.${way}`);
  for (const [index, image] of images.entries()) await copyFile(image, copies[index] ?? '');
  return quietly(copies, async (run, api) => {
    const ended: Ended[] = [];
    for (const [index, vg] of GROUPS.entries()) {
      await run(`vgchange -ay --poll n ${vg}`);
      const begun = await look(run, vg);
      const spoilt = dispensable(begun.report, copies);
      expect(spoilt.length, begun.report).toBeGreaterThan(1);
      for (const place of spoilt) await spoil(place, 0);
      await run('throttle off');
      await run(lineOf(way, SOURCES[index] ?? ''));
      await run('throttle 0');
      ended.push({ begun, done: await look(run, vg), sums: await sumsOf(api, vg, VOLUMES) });
      await run(`vgchange -an ${vg}`);
    }
    return ended;
  });
}

/**
 * Where nobody reads any more: the source of a piece that is at its destination, and destinations
 * to which a piece is copied anew.
 */
function dispensable(report: string, images: readonly string[]): readonly Place[] {
  const at = (letter: string, extent: string): Place => ({
    image: images['abcdefgh'.indexOf(letter)] ?? '',
    start: MIB + Number(extent) * MIB,
  });
  const pieces = [...report.matchAll(/^\[pvmove0\] .*sd(.)\((\d+)\),\/dev\/sd(.)\((\d+)\)/gm)];
  const [first, second] = pieces;
  if (first && second)
    return [at(first[1] ?? '', first[2] ?? ''), at(second[3] ?? '', second[4] ?? '')];
  const to = [...report.matchAll(/^\[pvmove0_mimage_1\] .*sd(.)\((\d+)\)/gm)];
  return to.map((place) => at(place[1] ?? '', place[2] ?? ''));
}

/** The first piece is there already, the second one is copied anew. */
const PIECES = [
  /^plain-pvmove0: 0 8192 linear 8:16 2048$/,
  /^plain-pvmove0: 8192 32768 mirror core 1 4096 2 8:0 \d+ 8:16 \d+$/,
];

function expectHalves([plain]: readonly Ended[]): void {
  for (const piece of PIECES) {
    expect(plain?.begun.table).toContainEqual(expect.stringMatching(piece));
  }
}

test('moves that were cut short here are resumed and aborted by Linux', async () => {
  const platters = await halvesHere();
  for (const way of WAYS) {
    const images = await imagesOf(platters);
    const here = await endedHere(images, way);
    const shown = { platters, script: scriptOf(way) };
    const linux = linuxEnded(await seenOnce(`moves-${way}`, shown, images));
    expectHalves(linux);
    expect(linux, way).toEqual(here);
    expect(
      here.map(({ sums }) => sums),
      way,
    ).toEqual([SUMS, SUMS]);
  }
}, 300_000);

test('moves that Linux left half way are resumed and aborted here', async () => {
  const left = await leftByLinux('moves-cut', LEFT_HALF);
  for (const [index, way] of WAYS.entries()) {
    const linux = linuxEnded(left.said[index] ?? '');
    const here = await endedHere(left.images, way);
    expectHalves(linux);
    expect(here, way).toEqual(linux);
    expect(
      here.map(({ sums }) => sums),
      way,
    ).toEqual([SUMS, SUMS]);
  }
}, 300_000);
