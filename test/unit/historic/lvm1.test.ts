/** LVM1's driver and pvmove where something is refused or fails. */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { BufferCache } from '../../../core/historic/lvm1/buffer-cache.ts';
import { LvmDriver } from '../../../core/historic/lvm1/driver.ts';
import { Pvmove } from '../../../core/historic/lvm1/pvmove.ts';
import { fateOf } from '../../support/sim.ts';
import { TestDisk } from '../../support/ram.ts';
import { flush, read, stamped, write } from '../../support/sectors.ts';

const PE_SIZE = sectors(200);

/** A volume of two extents on sda, the PEs of sdb are free. */
function open(patched: boolean, buffers?: number) {
  const [sda, sdb] = [new TestDisk('sda', 400), new TestDisk('sdb', 400)];
  const pe = (device: TestDisk, index: number) => ({ device, start: sectors(index * PE_SIZE) });
  const cache = new BufferCache(buffers);
  const driver = new LvmDriver(cache, { peSize: PE_SIZE, patched });
  const vol = driver.create('vol', [pe(sda, 0), pe(sda, 1)]);
  return { sda, sdb, pe, cache, driver, vol, pvmove: new Pvmove(driver) };
}

const failed = { ok: false, error: { code: 'io-failed' } };

describe.each([false, true])('the patch: %s', (patched) => {
  test('a PE moves with all that is in it, and back', async () => {
    const { sda, sdb, pe, vol, pvmove } = open(patched);
    await write(vol, 0, 1, 200);
    await write(vol, 150, 2, 100);
    expect(await pvmove.move(pe(sda, 0), pe(sdb, 1))).toEqual({ ok: true });
    sda.data.fill(0);
    expect(await read(vol, 149, 2)).toEqual([1, 2]);
    expect(await read(vol, 200, 1)).toEqual([0]);
    expect(await pvmove.move(pe(sdb, 1), pe(sda, 0))).toEqual({ ok: true });
    sdb.data.fill(0);
    expect(await read(vol, 149, 2)).toEqual([1, 2]);
  });

  test('to a PE in use, from one that no volume has', async () => {
    const { sda, sdb, pe, pvmove } = open(patched);
    const inUse = { ok: false, error: { code: 'in-use' } };
    const notMapped = { ok: false, error: { code: 'not-mapped' } };
    expect(await pvmove.move(pe(sda, 0), pe(sda, 1))).toEqual(inUse);
    expect(await pvmove.move(pe(sda, 0), pe(sda, 0))).toEqual(inUse);
    expect(await pvmove.move(pe(sdb, 0), pe(sdb, 1))).toEqual(notMapped);
    expect([sda, sdb].flatMap(({ log }) => log)).toEqual([]);
  });

  test('one PE is locked at a time', async () => {
    const { sda, sdb, pe, driver, pvmove } = open(patched);
    expect(await driver.lock(pe(sda, 0))).toEqual({ ok: true });
    const refused = { ok: false, error: { code: 'locked-already' } };
    expect(await pvmove.move(pe(sda, 1), pe(sdb, 0))).toEqual(refused);
    driver.unlock();
    expect(await pvmove.move(pe(sda, 1), pe(sdb, 0))).toEqual({ ok: true });
  });

  test.each(['sda', 'sdb'] as const)('%s fails: the data stay, and writes go on', async (name) => {
    const lab = open(patched);
    const { sda, sdb, pe, vol, driver, pvmove } = lab;
    await write(vol, 0, 1, 200);
    lab[name].bad.add(190);
    expect(await pvmove.move(pe(sda, 0), pe(sdb, 0))).toMatchObject(failed);
    expect(driver.uses(pe(sda, 0))).toBe(true);
    expect(await write(vol, 0, 2)).toEqual({ ok: true });
    expect(await read(vol, 0, 2)).toEqual([2, 1]);
    lab[name].bad.clear();
    expect(await pvmove.move(pe(sda, 0), pe(sdb, 0))).toEqual({ ok: true });
    expect(await read(vol, 0, 2)).toEqual([patched ? 2 : 1, 1]);
  });
});

test('a locked PE can be read; a request over its end waits as far as it lies in it', async () => {
  const { sda, pe, vol, driver } = open(false);
  expect(await driver.lock(pe(sda, 0))).toEqual({ ok: true });
  const written = write(vol, 199, 3, 2);
  expect(await fateOf(written)).toBe('pending');
  expect(await read(vol, 199, 2)).toEqual([0, 3]);
  driver.unlock();
  expect(await written).toEqual({ ok: true });
  expect(await read(vol, 199, 2)).toEqual([3, 3]);
});

test('a volume refuses what lies outside, and flushes each of its disks once', async () => {
  const { sda, sdb, vol } = open(false);
  expect(await read(vol, 399, 2)).toBe('out-of-range');
  expect(await flush(vol)).toEqual({ ok: true });
  expect([sda.log, sdb.log]).toEqual([['flush'], []]);
});

describe('the buffer cache', () => {
  test('what is written through it reaches the device when it is synced, once', async () => {
    const { sda, vol, cache } = open(false);
    await cache.write(vol, sectors(0), stamped(1, 2));
    expect(cache.counts(vol)).toMatchObject({ dirty: 2, written: 0 });
    expect(sda.log).toEqual([]);
    await Promise.all([cache.sync(vol), cache.sync()]);
    expect(sda.log).toEqual(['write 0+1', 'write 1+1']);
    expect(cache.counts(vol)).toMatchObject({ dirty: 0, written: 0 });
  });

  test('a sector is read from the device once', async () => {
    const { sda, vol, cache } = open(false);
    const data = new Uint8Array(1024);
    await Promise.all([cache.read(vol, sectors(0), data), cache.read(vol, sectors(0), data)]);
    expect(sda.log).toEqual(['read 0+1', 'read 1+1']);
  });

  test('where memory is short what is dirty is written, and the oldest goes', async () => {
    const { sda, vol, cache } = open(false, 2);
    await cache.write(vol, sectors(0), stamped(1, 5));
    const data = new Uint8Array(5 * 512);
    expect(await cache.read(vol, sectors(0), data)).toEqual({ ok: true });
    expect(data).toEqual(stamped(1, 5));
    // One is still there: the other buffer was enough to read through.
    expect(sda.log.filter((line) => line.startsWith('write'))).toHaveLength(4);
  });

  test('who syncs is told of what could not be written, and then it is gone', async () => {
    const { sda, vol, cache } = open(false);
    await cache.write(vol, sectors(0), stamped(1, 1));
    sda.bad.add(0);
    expect(await cache.sync(vol)).toMatchObject(failed);
    expect(await cache.read(vol, sectors(0), new Uint8Array(512))).toMatchObject(failed);
    sda.bad.clear();
    expect(await cache.sync(vol)).toEqual({ ok: true });
    const data = stamped(9, 1);
    expect(await cache.read(vol, sectors(0), data)).toEqual({ ok: true });
    expect(data).toEqual(stamped(0, 1));
  });
});
