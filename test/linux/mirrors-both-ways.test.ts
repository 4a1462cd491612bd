/**
 * Whole groups with mirrors that are half way - logs in memory, on a disk and mirrored, legs that
 * are being added - go from here to Linux, and from Linux here and back. Both sides are cut off as
 * by a failure of power, with conversions in the middle of their copy: what they know of regions is
 * what the logs on the images say. Both then open the same images.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inLinux, withMajors } from './guest.ts';
import { leftByLinux } from './kept-images.ts';
import { newImages } from './lab.ts';
import {
  ALL,
  DATA,
  devices,
  finishHere,
  finishInLinux,
  GROWN,
  halvesHere,
  HALVES_THERE,
  logInSync,
  LOGS,
  MIB,
  REGION,
  REGIONS,
  SIZE,
  SOME,
} from './mirror-halves.ts';
import { GUEST, linuxSaw, look, slowDisks, type Seen } from './mirror-looks.ts';
import {
  bytesAt,
  cleanRegions,
  placeOf,
  quietly,
  spoil,
  spoilt,
  sumOf,
  sumsIn,
  sumsOf,
  write,
} from './mirror-images.ts';

const sumsFor = (names: readonly string[]): readonly string[] =>
  names.map((name) => sumOf(DATA.get(name) ?? new Uint8Array()));
const SUMS = sumsFor(ALL);
/** Copied from the beginning: what was spoilt on a leg is mended, whichever leg is read. */
const COPIED = ALL.filter((name) => !(name in LOGS));

/** The group `here` at the moment when power fails. */
async function cutHere(images: readonly string[]): Promise<readonly string[]> {
  const crash = images.map((image) => `${image}.crash`);
  await quietly(images, async (run, api) => {
    await halvesHere(run, api, images);
    for (const [index, image] of images.entries()) await copyFile(image, crash[index] ?? '');
  });
  return crash;
}

async function twinsOf(images: readonly string[]): Promise<readonly string[]> {
  for (const image of images) await copyFile(image, `${image}.twin`);
  return images.map((image) => `${image}.twin`);
}

interface Both {
  readonly begun: Seen;
  readonly done: Seen;
}

/** Opens what was cut off, and brings it to an end. */
async function openedHere(images: readonly string[], vg: string): Promise<Both> {
  return quietly(images, async (run, api) => {
    await run(`vgchange -ay --poll n ${vg}`);
    await logInSync(run, vg);
    const begun = await look(run, vg);
    await finishHere(run, vg);
    expect(await sumsOf(api, vg, COPIED)).toEqual(sumsFor(COPIED));
    return { begun, done: await look(run, vg) };
  });
}

const linuxOpened = (output: string, vg: string): Both => ({
  begun: linuxSaw(output, `${vg}-begun`, vg),
  done: linuxSaw(output, `${vg}-done`, vg),
});

/** Where each second leg is spoilt. */
type Spoilt = ReadonlyMap<string, number>;

/**
 * Spoils a region of each second leg: where there is a log one that it calls clean, which is not
 * copied, and one that was being written when power failed, which is.
 */
async function spoilLegs(images: readonly string[], report: string): Promise<Spoilt> {
  const at = new Map([['core', 3 * REGION]]);
  for (const [name, log] of Object.entries(LOGS)) {
    const clean = await cleanRegions(placeOf(report, log, images), REGIONS);
    expect(clean.length, name).toBeGreaterThanOrEqual(SOME - 2);
    expect(clean.length, name).toBeLessThan(REGIONS);
    if (name === 'disk') expect(clean).not.toContain(0);
    at.set(name, (clean[SOME / 2] ?? 0) * REGION);
  }
  await spoil(placeOf(report, 'disk_mimage_1', images), 0);
  for (const [name, region] of at) {
    await spoil(placeOf(report, `${name}_mimage_1`, images), region);
  }
  return at;
}

/** After all is in sync: every leg has the data, but for what nobody copied. */
async function finished(images: readonly string[], report: string, at: Spoilt): Promise<void> {
  for (const [name, bytes] of DATA) {
    const legs = GROWN.includes(name) ? [0, 1, 2] : [0, 1];
    for (const leg of legs) {
      const found = await bytesAt(placeOf(report, `${name}_mimage_${leg}`, images), SIZE);
      const kept = leg === 1 && name in LOGS;
      const wanted = kept ? spoilt(bytes, at.get(name) ?? 0) : Buffer.from(bytes);
      expect(found.equals(wanted), `${name}, leg ${leg}`).toBe(true);
    }
  }
}

/** Four blank disks, four for the group `there`, and the data of all volumes. */
async function disksThere(): Promise<readonly string[]> {
  const blank = await newImages(MIB, 4);
  const disks = await newImages(32 * MIB, 5);
  await write({ image: disks[4] ?? '', start: 0 }, Buffer.concat([...DATA.values()]));
  return [...blank, ...disks];
}

test('what one side began the other finishes from the log, and both agree about it', async () => {
  const left = await leftByLinux('mirrors-cut', {
    cut: HALVES_THERE,
    after: [withMajors(`${GUEST}${slowDisks('bf')}${finishInLinux('there', 'f')}echo "=== end"`)],
    disks: disksThere,
    wanted: [4, 5, 6, 7],
  });
  const cutThere = [...(await newImages(MIB, 4)), ...left.images];
  const there = linuxOpened(left.said[0] ?? '', 'there');
  expect(sumsIn(left.said[0] ?? '', 'there-sums')).toEqual(SUMS);
  const spoiltThere = await spoilLegs(cutThere, there.begun.report);
  expect(await openedHere(cutThere, 'there')).toEqual(there);
  await finished(cutThere, there.done.report, spoiltThere);

  const crash = await cutHere(await newImages(32 * MIB, 4));
  const here = await openedHere(await twinsOf(crash), 'here');
  const spoiltHere = await spoilLegs(crash, here.begun.report);
  const linux = await inLinux(
    [...crash, ...left.images],
    withMajors(`${GUEST}${slowDisks('bf')}${finishInLinux('here', 'b')}
      vgck there
      vgchange -q -ay there > /dev/null
      at_least ${REGIONS} ${devices('there').join(' ')}
      look there-again there
      echo "=== there-sums"
      sums there "${ALL.join(' ')}"
      echo "=== end"`),
  );
  expect(linuxOpened(linux, 'here')).toEqual(here);
  await finished(crash, here.done.report, spoiltHere);
  expect(linuxSaw(linux, 'there-again', 'there')).toEqual(there.done);
  expect([sumsIn(linux, 'here-sums'), sumsIn(linux, 'there-sums')]).toEqual([SUMS, SUMS]);
}, 300_000);
