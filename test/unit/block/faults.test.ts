import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { BadSectorDevice } from '../../../core/block/wrap/bad-sectors.ts';
import { FaultPlan, FaultyDevice, type FaultRule } from '../../../core/block/wrap/fault.ts';
import { at, discard, flush, holes, read, write, zero } from '../../support/sectors.ts';

const disk = (name = 'sda'): RamDisk => new RamDisk(name, sectors(64));

/** Eight requests of every kind; the places of those that failed. */
async function failures(rule: FaultRule | number): Promise<readonly number[]> {
  const plan = new FaultPlan(rule);
  const [a, b] = [new FaultyDevice(disk('a'), plan), new FaultyDevice(disk('b'), plan)];
  const done = [
    await write(a, 0, 1, 4),
    await read(a, 0, 4),
    await flush(a),
    await write(b, 2, 1, 4),
    await read(b, 6, 4),
    await flush(b),
    await write(a, 9, 1, 1),
    await read(b, 0, 1),
  ];
  const failed = done.map((one) =>
    one instanceof Array ? false : one === 'io-failed' || !ok(one),
  );
  const places = failed.flatMap((one, index) => (one ? [index] : []));
  expect(plan.fired).toBe(places.length > 0);
  expect(plan.struck).toBe(places.length);
  return places;
}

const ok = (one: unknown): boolean => (one as { ok?: boolean }).ok === true;

test.each<[string, FaultRule | number, number[]]>([
  ['the first of all disks', 0, [0]],
  ['a later one of all disks', 4, [4]],
  ['the last', 7, [7]],
  ['none, when there are fewer', 8, []],
  ['it and all after it', { nth: 5, stays: true }, [5, 6, 7]],
  ['the second write', { nth: 1, ops: ['write'] }, [3]],
  ['every flush', { ops: ['flush'] }, [2, 5]],
  ['everything on one disk', { device: 'b' }, [3, 4, 5, 7]],
  ['what touches a range', { range: { start: at(3), count: at(3) } }, [0, 1, 3]],
  ['what touches the end of one', { range: { start: at(9), count: at(1) } }, [4, 6]],
  [
    'the first write into a range',
    { nth: 0, ops: ['write'], range: { start: at(9), count: at(9) } },
    [6],
  ],
  ['by a condition', { when: (io, name) => io.op === 'read' && name === 'a' }, [1]],
])('a fault plan fails %s', async (_, rule, expected) => {
  expect(await failures(rule)).toEqual(expected);
});

test.each<[FaultRule['leaves'], number[]]>([
  [undefined, [0, 0, 0]],
  ['nothing', [0, 0, 0]],
  ['half', [7, 7, 0]],
  ['all', [7, 7, 7]],
])('a failed write leaves %s of itself behind', async (leaves, expected) => {
  const below = disk();
  const rule = { nth: 0, ...(leaves === undefined ? {} : { leaves }) };
  const device = new FaultyDevice(below, new FaultPlan(rule));
  expect(await write(device, 5, 7, 3)).toEqual({
    ok: false,
    error: { code: 'io-failed', device: 'sda', op: 'write', start: 5, why: 'injected fault' },
  });
  expect(await read(below, 4, 5)).toEqual([0, ...expected, 0]);
});

test.each<[FaultRule['leaves'], number[]]>([
  ['nothing', [7, 7, 7]],
  ['half', [0, 0, 7]],
  ['all', [0, 0, 0]],
])('a failed zero or discard has done %s of itself', async (leaves, expected) => {
  for (const how of [zero, discard]) {
    const below = disk();
    await write(below, 4, 7, 5);
    const device = new FaultyDevice(below, new FaultPlan({ nth: 0, leaves: leaves ?? 'nothing' }));
    expect(await how(device, 5, 3)).toMatchObject({ error: { code: 'io-failed', start: 5 } });
    expect(await read(below, 4, 5)).toEqual([7, ...expected, 7]);
  }
});

test('a request that could not be made at all is not one the plan counts', async () => {
  const plan = new FaultPlan({ nth: 0, range: { start: at(0), count: at(99) } });
  const device = new FaultyDevice(disk(), plan);
  const data = new Uint8Array(100);
  expect(await device.submit({ op: 'write', start: at(0), data })).toMatchObject({
    error: { code: 'out-of-range' },
  });
  expect(plan).toMatchObject({ seen: 0, fired: false });
});

describe('bad sectors', () => {
  const bad = (onWrite: 'fail' | 'heal', below = disk()) => {
    const runs = [{ start: at(10), count: at(3), onWrite }];
    return { below, device: new BadSectorDevice(below, runs) };
  };

  test('fail every read that touches them, and name the first', async () => {
    const { device } = bad('fail');
    expect(await read(device, 7, 3)).toEqual([0, 0, 0]);
    expect(await read(device, 7, 4)).toBe('io-failed');
    expect(await read(device, 12)).toBe('io-failed');
    expect(await read(device, 13)).toEqual([0]);
    const data = new Uint8Array(4096);
    expect(await device.submit({ op: 'read', start: at(11), data })).toMatchObject({
      error: { code: 'io-failed', op: 'read', start: 11, why: 'sector 11 is bad' },
    });
  });

  test('fail a write as a whole', async () => {
    const { device, below } = bad('fail');
    expect(await write(device, 5, 3, 6)).toMatchObject({ error: { why: 'sector 10 is bad' } });
    expect(await read(below, 0, 20)).toEqual(Array(20).fill(0));
    expect(await read(device, 10)).toBe('io-failed');
    expect(await flush(device)).toEqual({ ok: true });
  });

  test('that heal do so where they were written', async () => {
    const { device } = bad('heal');
    expect(await write(device, 9, 3, 2)).toEqual({ ok: true });
    expect(await read(device, 9, 2)).toEqual([3, 3]);
    expect(await read(device, 9, 3)).toBe('io-failed');
    expect(await write(device, 11, 4, 9)).toEqual({ ok: true });
    expect(await read(device, 9, 5)).toEqual([3, 3, 4, 4, 4]);
  });

  test('that heal stay bad when the write below them fails', async () => {
    const faulty = new FaultyDevice(disk(), new FaultPlan({ nth: 0, ops: ['write'] }));
    const device = new BadSectorDevice(faulty, [{ start: at(0), count: at(4), onWrite: 'heal' }]);
    expect(await write(device, 0, 1)).toMatchObject({ ok: false });
    expect(await read(device, 0)).toBe('io-failed');
  });

  test('are healed by a zero, not by a discard, and are no holes', async () => {
    const { device } = bad('heal');
    expect(await holes(device, 0, 64)).toBe(61);
    expect(await discard(device, 0, 64)).toEqual({ ok: true });
    expect(await read(device, 10)).toBe('io-failed');
    expect(await zero(device, 11, 40)).toEqual({ ok: true });
    expect(await read(device, 10)).toBe('io-failed');
    expect(await read(device, 11, 2)).toEqual([0, 0]);
    expect(await holes(device, 0, 64)).toBe(61);
    const { device: hard } = bad('fail');
    expect(await zero(hard, 12, 4)).toMatchObject({
      error: { op: 'zero', why: 'sector 12 is bad' },
    });
  });
});
