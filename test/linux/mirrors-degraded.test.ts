/**
 * Groups of mirrors that lost a disk, most of them half way when power failed: each side sees what
 * the other left, brings it up, repairs it and takes the disk out, and both make the same of it.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { EngineApi } from '../../core/contract/api.ts';
import { inLinux, part, withMajors } from './guest.ts';
import { leftByLinux } from './kept-images.ts';
import { newImages } from './lab.ts';
import { quietly, settled, sumOf, sumsIn, write } from './mirror-images.ts';
import { GUEST, linuxSaw, look, type Seen } from './mirror-looks.ts';
import {
  ALL,
  ALL_DATA,
  lossesHere,
  LOGGED,
  LOSSES_THERE,
  REGION,
  REGIONS,
  wayInLinux,
  WAYS,
  type Way,
} from './mirror-losses.ts';
import { say, words } from './said.ts';

const MIB = 2 ** 20;

/** What became of a group that lost a disk. */
interface Outcome {
  /** Each line, its words and its status. */
  readonly said: readonly string[];
  readonly before: Seen;
  readonly readable: readonly string[];
  readonly after: Seen;
  readonly sums: readonly string[];
}

/** Of the volumes that are up; zeros stand for what cannot be read. */
async function readable(
  api: EngineApi,
  vg: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const sums: string[] = [];
  for (const name of names) {
    const parts: Uint8Array[] = [];
    for (let region = 0; region < REGIONS; region++) {
      const read = await api.read(`${vg}/${name}`, region * REGION, REGION);
      parts.push(read.ok ? read.value : new Uint8Array(REGION));
    }
    sums.push(sumOf(Buffer.concat(parts)));
  }
  return sums;
}

/** @param images without the disk that is lost */
async function goHere(images: readonly string[], vg: string, way: Way): Promise<Outcome> {
  return quietly(images, async (run, api) => {
    await run('throttle off');
    const said: string[] = [];
    for (const line of way.before(vg)) said.push(await say(api, line));
    await settled(run);
    const before = await look(run, vg);
    const first = before.status.length === 0 ? [] : await readable(api, vg, ALL);
    for (const line of way.then(vg)) said.push(await say(api, line));
    await settled(run);
    const after = await look(run, vg);
    for (const line of way.last(vg)) said.push(await say(api, line));
    await settled(run);
    return { said, before, readable: first, after, sums: await readable(api, vg, way.left) };
  });
}

function linuxWent(output: string, vg: string, way: Way): Outcome {
  const lines = [...way.before(vg), ...way.then(vg), ...way.last(vg)];
  return {
    said: lines.map((line) => words(line, part(output, `${way.name}: ${line}`))),
    before: linuxSaw(output, `${vg}-${way.name}-before`, vg),
    readable: sumsIn(output, `${vg}-${way.name}-readable`),
    after: linuxSaw(output, `${vg}-${way.name}`, vg),
    sums: sumsIn(output, `${vg}-${way.name}-sums`),
  };
}

/** Four blank disks, four for the group `lack`, and the data of all volumes. */
async function disksThere(): Promise<readonly string[]> {
  const blank = await newImages(MIB, 4);
  const disks = await newImages(32 * MIB, 5);
  await write({ image: disks[4] ?? '', start: 0 }, ALL_DATA);
  return [...blank, ...disks];
}

/** The group `less` at the moment when power fails. @returns its disks but the last */
async function lostHere(): Promise<readonly string[]> {
  const images = await newImages(32 * MIB, 4);
  await quietly(images, async (run, api) => {
    await lossesHere(run, api, images);
    for (const image of images) await copyFile(image, `${image}.crash`);
  });
  return images.slice(0, 3).map((image) => `${image}.crash`);
}

async function twinsOf(images: readonly string[]): Promise<readonly string[]> {
  for (const image of images) await copyFile(image, `${image}.twin`);
  return images.map((image) => `${image}.twin`);
}

async function wholeHere(images: readonly string[], vg: string): Promise<Seen> {
  return quietly(images, async (run) => {
    await run('throttle off');
    await run(`vgchange -ay ${vg}`);
    await settled(run);
    return look(run, vg);
  });
}

const [REPAIRED, REDUCED] = WAYS;

/** Those whose log is there are half way, neither at the beginning nor at the end. */
function expectHalves({ status }: Seen): void {
  for (const name of LOGGED.filter((one) => one !== 'nolog')) {
    const line = status.find((one) => one.includes(`-${name}: `)) ?? '';
    const count = Number(new RegExp(` (\\d+)/${REGIONS} `).exec(line)?.[1]);
    expect(count > 0 && count < REGIONS, line).toBe(true);
  }
}

test('both make the same of mirrors that lost a leg or a log halfway', async () => {
  const blank = await newImages(MIB, 8);
  const left = await leftByLinux('mirrors-lost', {
    cut: LOSSES_THERE,
    after: [REPAIRED, REDUCED].map((way) =>
      withMajors(`${GUEST}hide h\n${wayInLinux(way, 'lack')}echo "=== end"`),
    ),
    disks: disksThere,
    wanted: [4, 5, 6],
  });
  const lack = (images: readonly string[]) => [...blank.slice(0, 4), ...images];
  const reduced = await goHere(lack(await twinsOf(left.images)), 'lack', REDUCED);
  expect(reduced).toEqual(linuxWent(left.said[1] ?? '', 'lack', REDUCED));
  const repaired = await goHere(lack(left.images), 'lack', REPAIRED);
  expect(repaired).toEqual(linuxWent(left.said[0] ?? '', 'lack', REPAIRED));
  expectHalves(repaired.before);
  const whole = await wholeHere(lack(left.images), 'lack');

  const crash = await lostHere();
  const twins = await twinsOf(crash);
  const ours = [
    await goHere(await twinsOf(twins), 'less', REPAIRED),
    await goHere([...blank, ...(await twinsOf(twins))], 'less', REDUCED),
  ];
  if (ours[0]) expectHalves(ours[0].before);
  const [d = '', h = ''] = blank;
  const linux = await inLinux(
    [...crash, d, ...left.images, h, ...twins],
    withMajors(`${GUEST}
      hide ijk
      ${wayInLinux(REPAIRED, 'less')}
      hide abc
      ${wayInLinux(REDUCED, 'less')}
      vgck lack
      vgchange -q -ay lack > /dev/null
      settled
      look lack-whole lack
      echo "=== lack-sums"
      readable lack "${ALL.join(' ')}"
      echo "=== end"`),
  );
  expect([REPAIRED, REDUCED].map((way) => linuxWent(linux, 'less', way))).toEqual(ours);
  expect(linuxSaw(linux, 'lack-whole', 'lack')).toEqual(whole);
  expect(sumsIn(linux, 'lack-sums')).toEqual(repaired.sums);
}, 420_000);
