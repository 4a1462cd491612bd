import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { holes, read, write, zero } from '../../support/sectors.ts';

/** 4 EiB: as large as a device may be. */
const HUGE = sectors(Number.MAX_SAFE_INTEGER);

test('a disk as large as they come takes no memory until it is written', async () => {
  const disk = new RamDisk('huge', HUGE);
  expect(await write(disk, HUGE - 3, 5, 3)).toEqual({ ok: true });
  expect(await read(disk, HUGE - 4, 4)).toEqual([0, 5, 5, 5]);
  expect(await write(disk, HUGE - 3, 5, 4)).toMatchObject({ error: { code: 'out-of-range' } });
  expect(disk.store.allocated).toBeLessThanOrEqual(2 * 64 * 1024);
});

test('zeroes take no memory, and do overwrite', async () => {
  const disk = new RamDisk('ram', sectors(100_000));
  await write(disk, 0, 0, 50_000);
  expect(disk.store.allocated).toBe(0);
  await write(disk, 130, 1, 4);
  await write(disk, 131, 0, 2);
  expect(await read(disk, 130, 4)).toEqual([1, 0, 0, 1]);
});

test('one byte of content is kept wherever it stands in memory and in the run', () => {
  for (const offset of [0, 1, 4]) {
    for (const at of [0, 511, 512, 65_535]) {
      const data = new Uint8Array(65_536 + offset).subarray(offset);
      const store = new SectorStore();
      store.write(128, data);
      expect(store.allocated).toBe(0);
      data[at] = 1;
      store.write(128, data);
      const back = new Uint8Array(data.length);
      store.read(128, back);
      expect(back.indexOf(1)).toBe(at);
    }
  }
});

test('a copy goes its own way', async () => {
  const store = new SectorStore();
  const disk = new RamDisk('one', sectors(8), store);
  await write(disk, 0, 1, 8);
  const other = new RamDisk('two', sectors(8), store.copy());
  await write(disk, 0, 2);
  await write(other, 1, 3);
  expect(await read(disk, 0, 2)).toEqual([2, 1]);
  expect(await read(other, 0, 2)).toEqual([1, 3]);
});

test('what is zeroed is dropped, whole chunks of it and however long the run is', async () => {
  const disk = new RamDisk('huge', HUGE);
  for (const start of [0, 128, 256, 2 ** 50]) await write(disk, start, 7, 128);
  expect(disk.store.allocated).toBe(4 * 65_536);
  await zero(disk, 100, 200);
  expect(disk.store.allocated).toBe(3 * 65_536);
  expect(await read(disk, 98, 4)).toEqual([7, 7, 0, 0]);
  expect(await read(disk, 298, 4)).toEqual([0, 0, 7, 7]);
  await zero(disk, 129, HUGE - 129);
  expect(disk.store.allocated).toBe(65_536);
  expect(await holes(disk, 0, 1000)).toBe(872);
  expect(disk.store.allocation(64, 2 ** 51)).toHaveLength(2);
});
