/** A sync that one of us and the kernel began is finished by the other from the log. */
import { open, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { NodeScheduler } from '../../core/host/node-scheduler.ts';
import { must } from '../support/results.ts';
import { inLinux, part } from './guest.ts';
import { newImages } from './lab.ts';

const LENGTH = 8192;
const REGION = 64;
const REGIONS = LENGTH / REGION;
const FIRST = 2048;
const MARK = Buffer.from('a region that was in sync is not copied');

/** @param legs and log as numbers or paths */
const table = (log: string, a: string, b: string): string =>
  `0 ${LENGTH} mirror disk 2 ${log} ${REGION} 2 ${a} ${FIRST} ${b} ${FIRST} 1 handle_errors`;

/** Random bytes on the first leg, others on the second, an empty log. */
async function filled(): Promise<readonly string[]> {
  const images = await newImages();
  for (const [index, image] of images.slice(0, 2).entries()) {
    const file = await open(image, 'r+');
    const data = Buffer.alloc(LENGTH * 512);
    for (let at = 0; at < data.length; at += 4) data.writeUInt32LE((at * 7919 + index) >>> 0, at);
    await file.write(data, 0, data.length, FIRST * 512);
    await file.close();
  }
  return images;
}

async function leg(image: string): Promise<Buffer> {
  return (await readFile(image)).subarray(FIRST * 512, (FIRST + LENGTH) * 512);
}

/** Clean regions, as the log on the image has them. */
async function cleanRegions(image: string): Promise<readonly number[]> {
  const data = await readFile(image);
  return Array.from({ length: REGIONS }, (_, region) => region).filter(
    (region) => ((data[1024 + (region >> 3)] ?? 0) >> (region & 7)) & 1,
  );
}

/** Spoils the second leg in a region that counts as clean: a copy would mend it. */
async function spoil(image: string, region: number): Promise<void> {
  const file = await open(image, 'r+');
  await file.write(MARK, 0, MARK.length, (FIRST + region * REGION) * 512);
  await file.close();
}

/** Both legs, but for the spoilt region, which nobody copied. */
async function finished(images: readonly string[], region: number): Promise<void> {
  const [a, b] = await Promise.all(images.slice(0, 2).map((image) => leg(image)));
  if (!a || !b) throw new Error('two legs');
  const at = region * REGION * 512;
  expect(b.subarray(at, at + MARK.length).toString()).toBe(MARK.toString());
  a.copy(b, at, at, at + MARK.length);
  expect(b.equals(a)).toBe(true);
}

/** @param until in sync, 0 to `REGIONS` */
async function syncHere(images: readonly string[], until: number): Promise<void> {
  const scheduler = new NodeScheduler();
  const dm = new DeviceMapper(() => undefined, { scheduler });
  const disks = [];
  for (const [index, path] of images.entries()) {
    const disk = await openFileDisk({ path, name: `sd${index}`, mode: 'live' });
    if (!disk.ok) throw new Error(disk.error.why);
    disks.push(disk.value);
    must(dm.attachDisk(`/dev/sd${index}`, `8:${16 * index}`, disk.value));
  }
  if (until < REGIONS) must(dm.throttle(500));
  must(dm.create('m', ''));
  must(dm.load('m', [table('8:32', '8:0', '8:16')]));
  must(await dm.resume('m'));
  while ((dm.mirrors()[0]?.inSync ?? 0) < until) await sleep(scheduler, 2000, 'a test');
  must(await dm.retire('m'));
  for (const disk of disks) await disk.close();
  scheduler.stop();
}

test('begun here, finished by the kernel', async () => {
  const images = await filled();
  await syncHere(images, 40);
  const clean = await cleanRegions(images[2] ?? '');
  expect(clean.length).toBeGreaterThanOrEqual(40);
  expect(clean.length).toBeLessThan(REGIONS);
  await spoil(images[1] ?? '', clean[7] ?? 0);
  const told = await inLinux(
    images,
    `dmsetup create m --table '${table('/dev/vdc', '/dev/vda', '/dev/vdb')}'
     while ! dmsetup status m | grep -q ' ${REGIONS}/${REGIONS} '; do sleep 0.2; done
     echo "=== status"; dmsetup status m
     echo "=== table"; dmsetup table m
     dmsetup suspend m; dmsetup remove m`,
  );
  expect(part(told, 'status')).toMatch(/ 128\/128 1 AA 3 disk \d+:\d+ A$/);
  expect(part(told, 'table')).toMatch(/ handle_errors$/);
  await finished(images, clean[7] ?? 0);
  expect(await cleanRegions(images[2] ?? '')).toHaveLength(REGIONS);
});

test('begun by the kernel, finished here', async () => {
  const images = await filled();
  await inLinux(
    images,
    `dmsetup create slow --table '0 16384 delay /dev/vdb 0 0 /dev/vdb 0 15'
     dmsetup create m --table '${table('/dev/vdc', '/dev/vda', '/dev/mapper/slow')}'
     while ! dmsetup status m | grep -qE ' [3-9][0-9]/${REGIONS} '; do sleep 0.02; done
     dmsetup suspend m; dmsetup status m; dmsetup remove m; dmsetup remove slow`,
  );
  const clean = await cleanRegions(images[2] ?? '');
  expect(clean.length).toBeGreaterThanOrEqual(20);
  expect(clean.length).toBeLessThan(REGIONS);
  await spoil(images[1] ?? '', clean[3] ?? 0);
  await syncHere(images, REGIONS);
  await finished(images, clean[3] ?? 0);
  expect(await cleanRegions(images[2] ?? '')).toHaveLength(REGIONS);
});
