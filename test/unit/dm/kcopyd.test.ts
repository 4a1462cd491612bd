/** Copies: what is stored is read and written, a hole is not read and becomes one. */
import { expect, test } from 'vitest';
import { sectors, SECTOR } from '../../../core/base/units.ts';
import type { Io } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { Wrapper } from '../../../core/block/wrap/wrapper.ts';
import { Kcopyd } from '../../../core/dm/kcopyd.ts';

const SIZE = sectors(16_384);

/** A disk that notes what it is asked for. */
class Noting extends Wrapper {
  readonly seen: string[] = [];

  constructor(
    readonly store = new SectorStore(),
    private readonly failing?: Io['op'],
  ) {
    super(new RamDisk('sda', SIZE, store));
  }

  submit(io: Io) {
    const count = 'data' in io ? io.data.length / SECTOR : 'count' in io ? io.count : 0;
    const unmap = io.op === 'zero' && io.unmap === true ? ' unmap' : '';
    this.seen.push(io.op === 'flush' ? io.op : `${io.op} ${io.start}+${count}${unmap}`);
    const error = { code: 'io-failed', device: 'sda', op: io.op, why: 'as asked' } as const;
    return io.op === this.failing
      ? Promise.resolve({ ok: false, error } as const)
      : this.below.submit(io);
  }
}

/** Data in all sectors of the given runs, which begin at the first and end before the second. */
function stored(runs: readonly (readonly [number, number])[]): SectorStore {
  const store = new SectorStore();
  for (const [from, to] of runs) store.write(from, new Uint8Array((to - from) * SECTOR).fill(7));
  return store;
}

const copy = (from: Noting, to: readonly Noting[], { start = 0, at = 0, count = 8192 } = {}) =>
  new Kcopyd().copy({
    from: { device: from, start: sectors(start) },
    to: to.map((device) => ({ device, start: sectors(at) })),
    count: sectors(count),
  });

test('a hole becomes zeros that need no place, on every destination', async () => {
  const from = new Noting(stored([[1024, 2048]]));
  const to = [new Noting(stored([[0, 16_384]])), new Noting()];
  const outcome = await copy(from, to);
  expect(outcome).toEqual({ readFailed: false, writesFailed: new Set() });
  expect(from.seen).toEqual(['read 1024+1024']);
  for (const { seen } of to) {
    expect([...seen].sort()).toEqual([
      'write 1024+1024',
      'zero 0+1024 unmap',
      'zero 2048+6144 unmap',
    ]);
  }
  for (const { store } of to) {
    const [expected, found] = [from.store, store].map((one) => {
      const data = new Uint8Array(8192 * SECTOR);
      one.read(0, data);
      return data;
    });
    expect(Buffer.compare(found!, expected!)).toBe(0);
  }
  expect(to[1]?.store.allocation(0, 8192)).toEqual(from.store.allocation(0, 8192));
  expect(to[0]?.store.allocation(8192, 8192)).toMatchObject([{ kind: 'data' }]);
});

test('places are shifted as data is', async () => {
  const from = new Noting(stored([[1024, 2048]]));
  const to = new Noting();
  await copy(from, [to], { start: 512, at: 4096, count: 1024 });
  expect(to.seen.sort()).toEqual(['write 4608+512', 'zero 4096+512 unmap']);
});

test('small holes are read like data', async () => {
  const from = new Noting(stored([0, 1, 2, 3].map((n) => [n * 192, n * 192 + 96] as const)));
  const to = new Noting();
  await copy(from, [to], { count: 672 });
  expect(from.seen).toEqual(['read 0+672']);
  expect(to.seen).toEqual(['write 0+672']);
});

test('a hole that cannot be written is told of', async () => {
  const from = new Noting(stored([[4096, 8192]]));
  const to = [new Noting(stored([]), 'zero'), new Noting(stored([[0, 4096]]))];
  const outcome = await copy(from, to);
  expect(outcome).toEqual({ readFailed: false, writesFailed: new Set([0]) });
});
