import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { PowerLossDisk, PowerSupply, type Loss } from '../../../core/block/wrap/power-loss.ts';
import { Prng } from '../../../core/env/prng.ts';
import { discard, flush, read, write, zero } from '../../support/sectors.ts';

const SIZE = sectors(256);
const NONE: Loss = { kind: 'none' };
const ALL: Loss = { kind: 'all' };

function powered(supply = new PowerSupply(), name = 'sda') {
  const disk = new PowerLossDisk(name, SIZE, new SectorStore(), supply);
  const after = (loss: Loss, start: number, count: number) =>
    read(new RamDisk('again', SIZE, disk.afterCut(loss)), start, count);
  return { disk, after, supply };
}

test('without a flush a write may be lost, after one it may not', async () => {
  const { disk, after } = powered();
  await write(disk, 0, 1, 2);
  expect(await read(disk, 0, 2)).toEqual([1, 1]);
  expect(await after(ALL, 0, 2)).toEqual([0, 0]);
  expect(await after(NONE, 0, 2)).toEqual([1, 1]);
  await flush(disk);
  await write(disk, 1, 2, 2);
  expect(await after(ALL, 0, 3)).toEqual([1, 1, 0]);
  expect(await after(NONE, 0, 3)).toEqual([1, 2, 2]);
});

test('a write with fua is durable when it completes, others are not for that', async () => {
  const { disk, after } = powered();
  await write(disk, 0, 1);
  await write(disk, 5, 2, 1, true);
  expect(await after(ALL, 0, 6)).toEqual([0, 0, 0, 0, 0, 2]);
});

test('an older write in the cache never comes back over a durable one', async () => {
  const { disk, after } = powered();
  await write(disk, 0, 1, 4);
  await write(disk, 2, 2, 1, true);
  for (const loss of [ALL, NONE]) expect((await after(loss, 2, 1))[0]).toBe(2);
});

test('a flush does not speak for a write that nobody has heard of yet', async () => {
  const { disk, after } = powered();
  const pending = write(disk, 0, 1);
  await flush(disk);
  await pending;
  expect(await after(ALL, 0, 1)).toEqual([0]);
  await flush(disk);
  expect(await after(ALL, 0, 1)).toEqual([1]);
});

test('by chance a write survives, is lost or is torn, one by one and between sectors', async () => {
  const { disk, after } = powered();
  await write(disk, 0, 1, 8);
  await write(disk, 0, 2, 8);
  await write(disk, 100, 3, 8);
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const torn: Loss = { kind: 'torn', random: new Prng(seed) };
    const left = await after(torn, 0, 8);
    const other = await after({ kind: 'torn', random: new Prng(seed) }, 0, 8);
    expect(left).toEqual(other);
    seen.add([...new Set(left as number[])].sort().join(''));
  }
  expect([...seen].sort()).toEqual(['0', '01', '012', '02', '1', '12', '2']);
});

test('all disks of one supply lose power at the same instant', async () => {
  const supply = new PowerSupply(3);
  const [one, two] = [powered(supply, 'one'), powered(supply, 'two')];
  expect(await write(one.disk, 0, 1)).toEqual({ ok: true });
  expect(await flush(two.disk)).toEqual({ ok: true });
  expect(await read(two.disk, 0)).toEqual([0]);
  expect(await write(two.disk, 0, 2)).toEqual({ ok: true });
  expect(await read(two.disk, 0)).toEqual([2]);
  expect(supply.off).toBe(false);
  expect(await flush(one.disk)).toEqual({
    ok: false,
    error: { code: 'io-failed', device: 'one', op: 'flush', why: 'power is off' },
  });
  expect(supply.off).toBe(true);
  expect(await read(two.disk, 0)).toBe('io-failed');
  expect(await write(two.disk, 9, 9)).toMatchObject({ error: { why: 'power is off' } });
  expect(await one.after(ALL, 0, 1)).toEqual([0]);
  expect(await two.after(NONE, 0, 10)).toEqual([2, ...Array<number>(9).fill(0)]);
});

test('the write that meets the cut fails, and may still have happened, also with fua', async () => {
  const { disk, after } = powered(new PowerSupply(0));
  expect(await write(disk, 0, 1, 2, true)).toMatchObject({ ok: false });
  expect(await write(disk, 4, 1)).toMatchObject({ ok: false });
  expect(await after(NONE, 0, 5)).toEqual([1, 1, 0, 0, 0]);
  expect(await after(ALL, 0, 5)).toEqual([0, 0, 0, 0, 0]);
});

test('power can be cut by hand; what came before can be read again and again', async () => {
  const { disk, supply, after } = powered();
  await write(disk, 3, 7);
  supply.cut();
  expect(await read(disk, 3)).toBe('io-failed');
  expect(await after(NONE, 3, 1)).toEqual([7]);
  const reopened = new RamDisk('again', SIZE, disk.afterCut(NONE));
  await write(reopened, 3, 8);
  expect(await after(NONE, 3, 1)).toEqual([7]);
});

test.each([
  ['zero', zero],
  ['discard', discard],
])('a %s is lost, torn or kept as a write is, and kept by a flush', async (_, how) => {
  const { disk, after } = powered();
  await write(disk, 0, 1, 8);
  await flush(disk);
  await how(disk, 0, 8);
  expect(await read(disk, 0, 8)).toEqual(Array(8).fill(0));
  expect(await after(ALL, 0, 8)).toEqual(Array(8).fill(1));
  expect(await after(NONE, 0, 8)).toEqual(Array(8).fill(0));
  const seen = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    seen.add(String(await after({ kind: 'torn', random: new Prng(seed) }, 0, 8)));
  }
  expect(seen.size).toBeGreaterThan(20);
  await flush(disk);
  expect(await after(ALL, 0, 8)).toEqual(Array(8).fill(0));
});

test('a zero with fua is durable, and takes older writes below it along', async () => {
  const { disk, after } = powered();
  await write(disk, 0, 1, 4);
  await zero(disk, 2, 4, { fua: true });
  await write(disk, 3, 2);
  for (const loss of [ALL, NONE]) {
    const [first, , third, fourth, fifth] = (await after(loss, 0, 5)) as number[];
    expect([third, fifth]).toEqual([0, 0]);
    expect(first).toBe(1);
    expect(fourth).toBe(loss === NONE ? 2 : 0);
  }
});

test('one whose power goes is done in part, in whole or not at all', async () => {
  const { disk, after } = powered(new PowerSupply(2));
  await write(disk, 0, 1, 8);
  await flush(disk);
  expect(await zero(disk, 0, 8)).toMatchObject({ error: { why: 'power is off' } });
  expect(await after(ALL, 0, 8)).toEqual(Array(8).fill(1));
  expect(await after(NONE, 0, 8)).toEqual(Array(8).fill(0));
});

test('zeros as long as a disk can be are torn without going through it', async () => {
  const size = sectors(2 ** 50);
  const disk = new PowerLossDisk('huge', size, new SectorStore(), new PowerSupply());
  await write(disk, 2 ** 49, 1, 4);
  await flush(disk);
  await zero(disk, 0, 2 ** 50);
  const left = disk.afterCut({ kind: 'torn', random: new Prng(4) });
  expect(await read(new RamDisk('again', size, left), 0, 4)).toEqual([0, 0, 0, 0]);
});
