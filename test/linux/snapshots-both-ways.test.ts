/**
 * Snapshots in every state, made here and opened by Linux, and the other way round: both say the
 * same of them and read the same, a merge that one side began ends on the other, and stores go on
 * where they were left.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { EngineApi } from '../../core/contract/api.ts';
import { seenOnce } from './answers.ts';
import { part, withMajors } from './guest.ts';
import { leftByLinux, type Question } from './kept-images.ts';
import { newImages, type Run } from './lab.ts';
import { quietly, sumsIn, sumsOf, until, write } from './mirror-images.ts';
import { linuxSaw, look, type Seen } from './mirror-looks.ts';
import { imagesOf } from './platter-images.ts';
import {
  ALL_DATA,
  ENDS_THERE,
  halvesHere,
  HALVES_THERE,
  IMAGE,
  REPORT,
  SUMS,
  VG,
  VOLUMES,
  writeLater,
} from './snapshot-halves.ts';

interface Ended {
  readonly begun: Seen;
  readonly done: Seen;
  readonly sums: { readonly begun: readonly string[]; readonly done: readonly string[] };
}

function endedThere(output: string): Ended {
  expect(part(output, 'refused')).toContain('Input/output error');
  return {
    begun: linuxSaw(output, 'begun', VG),
    done: linuxSaw(output, 'done', VG),
    sums: { begun: sumsIn(output, 'begun-sums'), done: sumsIn(output, 'done-sums') },
  };
}

async function endedHere(images: readonly string[]): Promise<Ended> {
  const copies = images.map((image) => `${image}.here`);
  for (const [index, image] of images.entries()) await copyFile(image, copies[index] ?? '');
  return quietly(copies, async (run, api) => {
    await run(`vgchange -ay --poll n ${VG}`);
    const begun = await look(run, VG, REPORT);
    const sums = await sumsOf(api, VG, VOLUMES);
    await expectRefused(api);
    await run('throttle off');
    await merged(run);
    await writeLater({ api });
    const done = await look(run, VG, REPORT);
    return { begun, done, sums: { begun: sums, done: await sumsOf(api, VG, VOLUMES) } };
  });
}

async function expectRefused(api: EngineApi): Promise<void> {
  const data = await api.read(`${VG}/full-s`, 0, 4096);
  expect(data.ok).toBe(false);
}

/** One after the other, as there. */
async function merged(run: Run): Promise<void> {
  for (const volume of ['half', 'wait']) {
    await run(`lvchange --poll y ${VG}/${volume}`);
    await until(`${volume} is being merged`, async () => {
      return !(await run(`lvs -a --noheadings -o lv_name ${VG}`)).includes(`${volume}-s`);
    });
  }
}

const CUT_OFF: Question = {
  cut: HALVES_THERE,
  after: [withMajors(ENDS_THERE)],
  disks: disksThere,
  wanted: [0, 1],
};

/** Blank disks, and one with the data of all volumes. */
async function disksThere(): Promise<readonly string[]> {
  const disks = await newImages(IMAGE, 3);
  await write({ image: disks[2] ?? '', start: 0 }, ALL_DATA);
  return disks;
}

/** Part of it is merged already, and part of it is not. */
function expectHalf({ begun }: Ended): void {
  const [, left] =
    /half: 0 6144 snapshot-merge (\d+)\/6144 \d+/.exec(begun.status.join('\n')) ?? [];
  expect(Number(left)).toBeGreaterThan(24);
  expect(Number(left)).toBeLessThan(2000);
}

test('snapshots made here are the same in Linux, which ends their merges', async () => {
  const platters = await halvesHere();
  const images = await imagesOf(platters);
  const here = await endedHere(images);
  const [, , data = ''] = await disksThere();
  const shown = { platters, script: withMajors(ENDS_THERE) };
  const linux = endedThere(await seenOnce('snapshots-ends', shown, [...images, data]));
  expectHalf(linux);
  expect(linux).toEqual(here);
  expect(here.sums).toEqual(SUMS);
}, 300_000);

test('snapshots that Linux left are the same here, and their merges end', async () => {
  const left = await leftByLinux('snapshots-cut', CUT_OFF);
  const linux = endedThere(left.said[0] ?? '');
  const here = await endedHere(left.images);
  expectHalf(linux);
  expect(here).toEqual(linux);
  expect(here.sums).toEqual(SUMS);
}, 300_000);
