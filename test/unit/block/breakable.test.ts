/** One disk, broken in every way while it is in use, and mended. */
import { describe, expect, test } from 'vitest';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import { whyOf, type BlockDevice, type Lent } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { BreakableDevice, FaultSet, faultsOfPart } from '../../../core/block/wrap/breakable.ts';
import { Slice } from '../../../core/block/partition/slice.ts';
import { SimScheduler } from '../../../core/env/sim-scheduler.ts';
import type { DiskFault } from '../../../core/contract/faults.ts';
import { at, stamped } from '../../support/sectors.ts';
import { fateOf, simulated, turn } from '../../support/sim.ts';

const SIZE = sectors(64);
const GONE: DiskFault = { kind: 'gone' };
const LOSES: DiskFault = { kind: 'drops-writes' };
const errors = (on: 'reads' | 'writes' | 'both', start?: number, count = 1): DiskFault => ({
  kind: 'errors',
  on,
  ...(start !== undefined && { range: { start: at(start), count: at(count) } }),
});

/** What becomes of five requests in sectors 8 to 11: read, write, zero, discard, flush. */
async function fates(faults: readonly DiskFault[]): Promise<string> {
  return simulated(1, async ({ scheduler }) => {
    const set = new FaultSet();
    const disk = new BreakableDevice(new RamDisk('sda', SIZE), set, scheduler);
    await set.set(faults);
    const results = [
      await disk.submit({ op: 'read', start: at(8), data: new Uint8Array(4 * SECTOR) }),
      await disk.submit({ op: 'write', start: at(8), data: stamped(1, 4) }),
      await disk.submit({ op: 'zero', start: at(8), count: at(4) }),
      await disk.submit({ op: 'discard', start: at(8), count: at(4) }),
      await disk.submit({ op: 'flush' }),
    ];
    return results.map((one) => (one.ok ? 'ok' : whyOf(one.error))).join(', ');
  });
}

test.each<[string, readonly DiskFault[], string]>([
  ['none', [], 'ok, ok, ok, ok, ok'],
  ['gone', [GONE], Array(5).fill('the disk is gone').join(', ')],
  ['reads of a range', [errors('reads', 9)], 'sector 9 cannot be read, ok, ok, ok, ok'],
  [
    'writes into a range',
    [errors('writes', 4, 5)],
    'ok, sector 8 cannot be written, sector 8 cannot be written, ok, ok',
  ],
  ['a range beside them', [errors('both', 12, 9), errors('both', 0, 8)], 'ok, ok, ok, ok, ok'],
  [
    'everywhere',
    [errors('both')],
    'sector 8 cannot be read, sector 8 cannot be written, sector 8 cannot be written, ok, ' +
      'flushes fail',
  ],
  ['reads everywhere', [errors('reads')], 'sector 8 cannot be read, ok, ok, ok, ok'],
  ['loses writes', [LOSES], 'ok, ok, ok, ok, ok'],
  [
    'of several the first that fails a request',
    [LOSES, errors('writes', 11), errors('reads', 11), errors('both', 8)],
    'sector 11 cannot be read, sector 11 cannot be written, sector 11 cannot be written, ok, ok',
  ],
])('%s', async (_, faults, expected) => {
  expect(await fates(faults)).toBe(expected);
});

test('what is not well-formed is refused, broken or not', () =>
  simulated(1, async ({ scheduler }) => {
    const disk = new BreakableDevice(new RamDisk('sda', SIZE), new FaultSet([LOSES]), scheduler);
    const done = await disk.submit({ op: 'write', start: at(64), data: stamped(1, 1) });
    expect(done).toMatchObject({ ok: false, error: { code: 'out-of-range' } });
  }));

test('writes are lost until it is mended; nothing broken gets onto the disk', () =>
  simulated(1, async ({ scheduler }) => {
    const set = new FaultSet();
    const disk = new BreakableDevice(new RamDisk('sda', SIZE), set, scheduler);
    const write = (stamp: number) =>
      disk.submit({ op: 'write', start: at(3), data: stamped(stamp, 1), fua: true });
    const read = async (): Promise<number | undefined> => {
      const data = new Uint8Array(SECTOR);
      await disk.submit({ op: 'read', start: at(3), data });
      return new Uint32Array(data.buffer)[0];
    };
    await write(1);
    await set.set([LOSES]);
    await write(2);
    expect(await read()).toBe(1);
    await set.set([GONE]);
    expect((await write(3)).ok).toBe(false);
    await set.set([]);
    expect(await read()).toBe(1);
    await write(4);
    expect(await read()).toBe(4);
  }));

test('a slow disk answers late, in order, as it is broken or mended by then', () =>
  simulated(1, async ({ scheduler }) => {
    const set = new FaultSet([{ kind: 'slow', millis: 20 }]);
    const disk = new BreakableDevice(new RamDisk('sda', SIZE), set, scheduler);
    const order: string[] = [];
    const flush = async (name: string): Promise<void> => {
      const { ok } = await disk.submit({ op: 'flush' });
      order.push(`${name} ${ok} ${scheduler.now}`);
    };
    await Promise.all([flush('a'), flush('b')]);
    const third = flush('c');
    await set.set([...set.list, GONE]);
    await flush('d');
    await third;
    await set.set([]);
    await flush('e');
    expect(order).toEqual([
      'a true 20000',
      'b true 20000',
      'd false 20000',
      'c false 40000',
      'e true 40000',
    ]);
  }));

describe('nobody reads or writes past a broken disk', () => {
  class Lending extends RamDisk implements BlockDevice {
    out = 0;

    readNow(_start: number, data: Uint8Array): boolean {
      data.fill(7);
      return true;
    }

    lend(): Lent {
      this.out++;
      return { file: 5, first: at(2), giveBack: () => this.out-- };
    }
  }

  test('a loan is called back, and waited for, before the disk counts as broken', async () => {
    const [below, set] = [new Lending('sda', SIZE), new FaultSet()];
    const disk = new BreakableDevice(below, set, new SimScheduler(turn));
    const part = new Slice(disk, 'sda1', at(8), at(8));
    let recalled = 0;
    const recall = (): void => {
      recalled++;
    };
    const loans = [disk.lend(recall), part.lend(recall)];
    expect(loans).toMatchObject([{ file: 5, first: 2 }, { first: 10 }]);
    const breaking = set.set([LOSES]);
    expect([recalled, below.out, await fateOf(breaking)]).toEqual([2, 2, 'pending']);
    loans[0]?.giveBack();
    expect(await fateOf(breaking)).toBe('pending');
    loans[1]?.giveBack();
    await breaking;
    expect(below.out).toBe(0);
    expect(disk.lend(() => undefined)).toBeUndefined();
    await set.set([]);
    expect(disk.lend(() => undefined)).toMatchObject({ file: 5 });
  });

  test('nor at once; and of its holes nothing is known', () =>
    simulated(1, async ({ scheduler }) => {
      const set = new FaultSet();
      const disk = new BreakableDevice(new Lending('sda', SIZE), set, scheduler);
      const data = new Uint8Array(SECTOR);
      expect([disk.readNow(at(0), data), data[0]]).toEqual([true, 7]);
      expect(await disk.allocation(at(0), at(8))).toMatchObject([{ kind: 'hole' }]);
      await set.set([errors('reads', 40)]);
      expect(disk.readNow(at(0), data)).toBe(false);
      expect(await disk.allocation(at(0), at(8))).toMatchObject([{ kind: 'data', count: 8 }]);
    }));
});

test('a partition has of the faults of its disk what lies in it', () => {
  const faults = [GONE, errors('both', 10, 10), errors('reads', 0, 5), errors('writes')];
  const part = { start: at(16), count: at(8) };
  expect(faultsOfPart(faults, part)).toEqual([GONE, errors('both', 0, 4), errors('writes')]);
});
