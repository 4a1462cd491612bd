/** Mirrors in a lab of image files, half way and looked at from outside. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApi } from '../../core/contract/api.ts';
import { MemorySettings } from '../../core/engine/settings-store.ts';
import { part } from './guest.ts';
import { withEngine, runOf, type Run } from './lab.ts';

/** Nothing comes up by itself, and what comes up is copied only when it is told to. */
export async function quietly<T>(
  images: readonly string[],
  work: (run: Run, api: EngineApi) => Promise<T>,
): Promise<T> {
  const settings = new MemorySettings();
  await settings.set('activation/monitoring', 0);
  const session = async (api: EngineApi): Promise<T> => {
    const run = runOf(api);
    await run('throttle 0');
    return work(run, api);
  };
  return withEngine(images, session, { settings });
}

const MIB = 2 ** 20;
/** Of all groups, in bytes; the first one comes after 1 MiB. */
export const EXTENT = MIB / 4;
const extentAt = (extent: number): number => MIB + extent * EXTENT;
const BITMAP = 1024;

/** Sectors that no other volume has, nor the same one elsewhere; each says one thing throughout. */
export function dataOf(volume: string, bytes: number): Uint8Array {
  const data = new Uint32Array(bytes / 4);
  let word = createHash('sha256').update(volume).digest().readUInt32LE();
  for (let at = 0; at < data.length; at += 128) {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
    data.fill(word, at, at + 128);
  }
  return new Uint8Array(data.buffer);
}

export const sumOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

export async function fill(api: EngineApi, volume: string, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length; at += MIB) {
    const done = await api.write(volume, at, data.subarray(at, at + MIB));
    if (!done.ok) throw new Error(done.error.messages.join(' '));
  }
}

async function readAll(api: EngineApi, volume: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = 0; ; at += MIB) {
    const data = await api.read(volume, at, MIB);
    if (!data.ok) throw new Error(data.error.messages.join(' '));
    if (data.value.length === 0) return Buffer.concat(parts);
    parts.push(data.value);
  }
}

/** Of a part of what the guest printed. */
export const sumsIn = (output: string, name: string): readonly string[] =>
  part(output, name)
    .split('\n')
    .flatMap((line) => /^([0-9a-f]{64}) /.exec(line)?.slice(1) ?? []);

/** Of the volumes of a group, read here. */
export async function sumsOf(
  api: EngineApi,
  vg: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const sums: string[] = [];
  for (const name of names) sums.push(sumOf(await readAll(api, `${vg}/${name}`)));
  return sums;
}

/** Where a part of a mirror lies. */
export interface Place {
  readonly image: string;
  /** In bytes. */
  readonly start: number;
}

/** @param lvs with the devices of each volume in its last column */
export function placeOf(lvs: string, part: string, images: readonly string[]): Place {
  const found = new RegExp(`\\[?${part}\\]? .*/dev/sd([a-p])\\((\\d+)\\)`).exec(lvs);
  const [, letter = '', extent = ''] = found ?? [];
  const image = images['abcdefghijklmnop'.indexOf(letter)];
  if (image === undefined) throw new Error(`no place of ${part} in\n${lvs}`);
  return { image, start: extentAt(Number(extent)) };
}

export async function bytesAt({ image, start }: Place, length: number): Promise<Buffer> {
  const file = await open(image, 'r');
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
  await file.close();
  return buffer;
}

/** The regions that a log on an image calls clean, of as many as there are. */
export async function cleanRegions(log: Place, regions: number): Promise<readonly number[]> {
  const bits = (await bytesAt(log, BITMAP + regions / 8)).subarray(BITMAP);
  return Array.from({ length: regions }, (_, region) => region).filter(
    (region) => ((bits[region >> 3] ?? 0) >> (region & 7)) & 1,
  );
}

/** Of a mirror: how many regions are in sync, and how many there are. */
async function regionsOf(run: Run, device: string): Promise<readonly [number, number]> {
  const [, done, all] = / (\d+)\/(\d+) /.exec(await run(`dmsetup status ${device}`)) ?? [];
  return [Number(done), Number(all)];
}

/** Until so many regions of a device are in sync; no number: all of them. */
export async function synced(run: Run, device: string, least?: number): Promise<void> {
  await until(`${device} is not in sync`, async () => {
    const [done, all] = await regionsOf(run, device);
    return done >= (least ?? all);
  });
}

/** Until no mirror makes any progress, however busy the machine is. */
export async function settled(run: Run): Promise<void> {
  let last = '';
  for (let same = 0; same < 5; await sleep(100)) {
    const now = await run('dmsetup status');
    same = now === last ? same + 1 : 0;
    last = now;
  }
}

/** Until no conversion of a group is under way. */
export async function converted(run: Run, vg: string): Promise<void> {
  await until(`${vg} is being converted`, async () => {
    return !/^ *c/m.test(await run(`lvs --noheadings -o lv_attr ${vg}`));
  });
}

/** Until the log knows what the mirror knows: it is told some time later. */
export async function logged(run: Run, device: string, log: Place): Promise<void> {
  await until(`the log of ${device} is not told`, async () => {
    const [done, all] = await regionsOf(run, device);
    return (await cleanRegions(log, all)).length === done;
  });
}

export async function until(why: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 3000; looks++) {
    if (await isSo()) return;
    await sleep(10);
  }
  throw new Error(why);
}

const MARK = Buffer.from('only a copy of this region changes these bytes');

export async function write({ image, start }: Place, data: Uint8Array): Promise<void> {
  const file = await open(image, 'r+');
  await file.write(data, 0, data.length, start);
  await file.close();
}

/** Spoils a leg behind the back of its mirror, at the start of a region. */
export const spoil = ({ image, start }: Place, regionAt: number): Promise<void> =>
  write({ image, start: start + regionAt }, MARK);

/** The data as a leg has it on which a copy did not mend what was spoilt. */
export function spoilt(data: Uint8Array, regionAt: number): Buffer {
  const copy = Buffer.from(data);
  MARK.copy(copy, regionAt);
  return copy;
}
