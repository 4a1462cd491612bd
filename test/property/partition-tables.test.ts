/**
 * Whatever stands where a partition table should be, reading it ends, soon, in partitions that lie
 * on the disk or in none. Every case is fixed by its seed; a failure names it.
 */
import { expect, test } from 'vitest';
import { SECTOR } from '../../core/base/units.ts';
import { view } from '../../core/base/bytes.ts';
import { Prng } from '../../core/env/prng.ts';
import {
  blankDisk,
  putGpt,
  putMbr,
  resum,
  tableOf,
  type Entry,
} from '../support/partition-tables.ts';
import type { TestDisk } from '../support/ram.ts';

const SIZE = 2048;
/** More reads than any table can be worth: 1000 links of a chain, and the headers. */
const READS = 1100;

async function expectSound(disk: TestDisk, seed: string): Promise<void> {
  const before = disk.data.slice();
  disk.log.length = 0;
  const { table } = await tableOf(disk);
  expect(disk.log.length, seed).toBeLessThan(READS);
  expect(
    disk.log.every((line) => line.startsWith('read')),
    seed,
  ).toBe(true);
  expect(Buffer.compare(disk.data, before), seed).toBe(0);
  const numbers = (table?.partitions ?? []).map(({ number }) => number);
  expect(numbers, seed).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  for (const { number, start, size } of table?.partitions ?? []) {
    expect(number >= 1 && number <= 255, seed).toBe(true);
    expect(start >= 0 && size > 0 && start + size <= SIZE, seed).toBe(true);
  }
}

function spoil(disk: TestDisk, random: Prng, places: readonly number[]): void {
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.pick(places) * SECTOR + random.below(SECTOR);
    if (random.chance(30)) {
      const value = random.pick([0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 64n - 1n]);
      const eight = Math.min(at, disk.data.length - 8) & ~7;
      view(disk.data).setBigUint64(eight, value, true);
    } else disk.data[at] = random.below(256);
  }
}

test('a spoilt GPT is read from its other copy, or not at all', async () => {
  let repaired = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const random = new Prng(seed);
    const disk = blankDisk(SIZE);
    putGpt(disk, { 1: [64, 127], 2: [200, 900], 7: [1000, 1999] });
    spoil(disk, random, [1, 1, 2, 3, SIZE - 1, SIZE - 33, ...(random.chance(20) ? [0] : [])]);
    // A checksum that holds lets the other checks be met.
    if (random.chance(60)) resum(disk.data, 1);
    if (random.chance(60)) resum(disk.data, SIZE - 1);
    await expectSound(disk, `seed ${seed}`);
    const { table } = await tableOf(disk);
    if (table?.oddities.some(({ kind }) => kind === 'gpt-copy-bad')) repaired++;
  }
  expect(repaired).toBeGreaterThan(300);
});

test('chains of any shape end', async () => {
  for (let seed = 0; seed < 1500; seed++) {
    const random = new Prng(seed);
    const disk = blankDisk(SIZE);
    const number = (): number =>
      random.pick([0, 1, random.below(64), random.below(SIZE), 2 ** 32 - 1 - random.below(SIZE)]);
    const entry = (): Entry => [random.pick([0x05, 0x0f, 0x85, 0x8e, 0x83, 0]), number(), number()];
    const tables = 1 + random.below(40);
    putMbr(disk, 0, [entry(), entry(), [0x05, random.below(64), 1 + random.below(SIZE)], entry()]);
    for (let left = tables; left > 0; left--) {
      putMbr(disk, 1 + random.below(100), [entry(), entry(), entry(), entry()]);
    }
    if (random.chance(30)) spoil(disk, random, [0, 1, 2, 3, 4]);
    await expectSound(disk, `seed ${seed}`);
  }
});
