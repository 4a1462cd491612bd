/** What is proposed for small groups, place by place. */
import { describe, expect, test } from 'vitest';
import type { LvmId } from '../../../core/base/ids.ts';
import { extents } from '../../../core/base/units.ts';
import type { LogicalVolume, VolumeGroup } from '../../../core/lvm/format/model.ts';
import { linesOf } from '../../../core/lvm/moves/lines.ts';
import { planMoves } from '../../../core/lvm/moves/plan-moves.ts';
import type { Wish } from '../../../core/lvm/moves/types.ts';
import { group, lv, mirror, onLv, onPv, pv, striped } from '../format/samples.ts';

/** sda to sdd, of so many extents. */
const pvs = [20, 20, 20, 20].map((count, index) => pv(index, { peCount: extents(count) }));
const [a, b, c, d] = pvs.map(({ id }) => id) as [LvmId, LvmId, LvmId, LvmId];
const on = (pvId: LvmId, start: number) => {
  const found = pvs.find(({ id }) => id === pvId);
  if (!found) throw new Error('no such PV');
  return onPv(found, start);
};
const vgOf = (...lvs: LogicalVolume[]): VolumeGroup => group({ pvs, lvs });

/** A linear volume of pieces `[count, PV, first PE]`. */
function linear(name: string, ...pieces: readonly [number, LvmId, number][]): LogicalVolume {
  let start = 0;
  const segments = pieces.map(([count, pvId, at]) => {
    const segment = striped(start, count, on(pvId, at));
    start += count;
    return segment;
  });
  return lv(name, ...segments);
}

const pathOf = (id: LvmId): string => `/dev/sd${'abcd'.charAt([a, b, c, d].indexOf(id))}`;

/** The lines, or why there are none. */
function lines(
  vg: VolumeGroup,
  wish: Wish,
  how: { together?: true; open?: readonly LvmId[] } = {},
) {
  const { together = false, open = [a, b, c, d] } = how;
  const plan = planMoves(vg, wish, { together, open });
  if (!plan.ok) return plan.error;
  return linesOf(vg, plan.value.moves, pathOf).map(({ argv }) => argv.slice(1).join(' '));
}

describe('an emptied PV', () => {
  test('goes in one line where LVM would lay it out just so', () => {
    const vg = vgOf(linear('z', [4, a, 0], [3, a, 9]), linear('y', [5, a, 4]));
    expect(lines(vg, { kind: 'empty', pvId: a })).toEqual(['/dev/sda:0-11 /dev/sdb:0-11']);
  });

  test('goes to the named extents only', () => {
    const vg = vgOf(linear('z', [4, a, 0], [3, a, 9]));
    const over = new Map([
      [c, [{ start: 10, end: 14 }]],
      [d, [{ start: 5, end: 9 }]],
    ]);
    expect(lines(vg, { kind: 'empty', pvId: a, over })).toEqual([
      '/dev/sda:0-3 /dev/sdc:10-13',
      '/dev/sda:9-11 /dev/sdd:5-7',
    ]);
    const few = new Map([[c, [{ start: 10, end: 14 }]]]);
    expect(lines(vg, { kind: 'empty', pvId: a, over: few })).toEqual({
      why: 'short',
      needed: 7,
      free: 4,
    });
  });

  test('is cut where no place holds a piece, each cut in a line of its own', () => {
    const vg = vgOf(
      linear('x', [12, a, 0]),
      linear('p', [10, b, 5]),
      linear('q', [20, c, 0]),
      linear('r', [20, d, 0]),
    );
    expect(lines(vg, { kind: 'empty', pvId: a })).toMatchObject({ why: 'short', free: 10 });
    const smaller = vgOf(linear('x', [8, a, 0]), ...vg.lvs.slice(1));
    expect(lines(smaller, { kind: 'empty', pvId: a })).toEqual([
      '/dev/sda:0-4 /dev/sdb:0-4',
      '/dev/sda:5-7 /dev/sdb:15-17',
    ]);
  });

  test('leaves legs of a mirror on PVs of their own, and its log beside none', () => {
    const body = { ...mirror(4, onLv('m_mimage_0', 0), onLv('m_mimage_1', 0)), log: 'm_mlog' };
    const vg = vgOf(
      lv('m', body),
      linear('m_mlog', [1, c, 0]),
      linear('m_mimage_0', [4, a, 0]),
      linear('m_mimage_1', [4, b, 0]),
    );
    expect(lines(vg, { kind: 'empty', pvId: a })).toEqual(['/dev/sda:0-3 /dev/sdd:0-3']);
    const open = [a, b, c];
    expect(lines(vg, { kind: 'empty', pvId: a }, { open })).toMatchObject({ why: 'unplaced' });
    expect(lines(vg, { kind: 'empty', pvId: a }, { open, together: true })).toEqual([
      '--alloc anywhere /dev/sda:0-3 /dev/sdc:1-4',
    ]);
    const to = { pvId: b };
    const run: Wish = { kind: 'run', from: { pvId: a, start: 0, count: 4 }, to };
    const kin = { why: 'kin', lv: 'm_mimage_0', pvId: b, kin: 'legs' };
    expect(lines(vg, run, { together: true })).toEqual(kin);
  });

  test('leaves what is locked or of a foreign type', () => {
    const locked = { ...linear('z', [4, a, 0]), status: ['READ', 'VISIBLE', 'LOCKED'] };
    expect(lines(vgOf(locked), { kind: 'empty', pvId: a })).toEqual({ why: 'all-stays' });
    const both = vgOf(locked, linear('y', [2, a, 4]));
    expect(lines(both, { kind: 'empty', pvId: a })).toEqual(['/dev/sda:4-5 /dev/sdb:0-1']);
    expect(lines(both, { kind: 'empty', pvId: d })).toEqual({ why: 'nothing' });
  });
});

describe('a volume made contiguous', () => {
  test('moves what is cheapest to move', () => {
    const vg = vgOf(linear('z', [6, a, 0], [2, b, 3], [1, a, 10]));
    expect(lines(vg, { kind: 'contiguous', lv: 'z' })).toEqual([
      '/dev/sdb:3-4 /dev/sda:6-7',
      '--alloc anywhere /dev/sda:10-10 /dev/sda:8-8',
    ]);
  });

  test('in parts that change places: one steps aside', () => {
    const full = [linear('p', [16, a, 4]), linear('q', [20, b, 0]), linear('r', [20, c, 0])];
    const open = [a, d];
    const swapped = vgOf(linear('z', [2, a, 2], [2, a, 0]), ...full);
    expect(lines(swapped, { kind: 'contiguous', lv: 'z' }, { open: [a, b] })).toEqual({
      why: 'no-turning',
      count: 2,
    });
    const aside = vgOf(...swapped.lvs, linear('s', [17, d, 0]));
    const found = planMoves(aside, { kind: 'contiguous', lv: 'z' }, { together: false, open });
    expect(found.ok && [found.value.extents, found.value.twice]).toEqual([4, 2]);
    expect(lines(aside, { kind: 'contiguous', lv: 'z' }, { open })).toEqual([
      '/dev/sda:2-3 /dev/sdd:17-18',
      '--alloc anywhere /dev/sda:0-1 /dev/sda:2-3',
      '/dev/sdd:17-18 /dev/sda:0-1',
    ]);
  });

  test('or a part of it, stripe by stripe', () => {
    const st = lv('st', striped(0, 4, on(a, 0), on(b, 0)), striped(4, 4, on(a, 6), on(b, 8)));
    expect(lines(vgOf(st), { kind: 'contiguous', lv: 'st' })).toEqual([
      '--alloc anywhere /dev/sda:6-7 /dev/sda:2-3',
      '--alloc anywhere /dev/sdb:8-9 /dev/sdb:2-3',
    ]);
    const part = { first: 2, count: 4 };
    expect(lines(vgOf(st), { kind: 'contiguous', lv: 'st', part })).toEqual([
      '--alloc anywhere /dev/sda:6-6 /dev/sda:2-2',
      '--alloc anywhere /dev/sdb:8-8 /dev/sdb:2-2',
    ]);
    const beyond = { first: 6, count: 4 };
    expect(lines(vgOf(st), { kind: 'contiguous', lv: 'st', part: beyond })).toEqual({
      why: 'outside',
      first: 6,
      last: 9,
    });
  });
});

describe('a compacted PV', () => {
  const vg = vgOf(linear('z', [3, a, 2], [4, a, 10], [2, a, 17]));

  test('has what was behind in the gaps before', () => {
    expect(lines(vg, { kind: 'compact', pvId: a, to: 14 })).toEqual([
      '--alloc anywhere /dev/sda:17-18 /dev/sda:0-1',
    ]);
    expect(lines(vg, { kind: 'compact', pvId: a })).toEqual([
      '--alloc anywhere /dev/sda:10-13 /dev/sda:5-8',
      '--alloc anywhere /dev/sda:17-18 /dev/sda:0-1',
    ]);
    expect(lines(vg, { kind: 'compact', pvId: a, to: 19 })).toEqual([]);
  });

  test('has no fewer extents than are in use, and no more than there are', () => {
    expect(lines(vg, { kind: 'compact', pvId: a, to: 8 })).toMatchObject({
      why: 'below-use',
      used: 9,
    });
    expect(lines(vg, { kind: 'compact', pvId: a, to: 21 })).toMatchObject({ why: 'outside' });
    expect(lines(vg, { kind: 'compact', pvId: a }, { open: [b] })).toMatchObject({
      why: 'not-open',
    });
  });
});

describe('a volume spread over PVs', () => {
  test('has the same number of extents on each', () => {
    const vg = vgOf(linear('z', [12, a, 0]));
    expect(lines(vg, { kind: 'spread', lv: 'z', over: [a, b, c] })).toEqual([
      '/dev/sda:4-7 /dev/sdb:0-3',
      '/dev/sda:8-11 /dev/sdc:0-3',
    ]);
    expect(lines(vg, { kind: 'spread', lv: 'z', over: [b] })).toEqual([
      '/dev/sda:0-11 /dev/sdb:0-11',
    ]);
  });
});

describe('a run of extents', () => {
  const vg = vgOf(linear('z', [8, a, 4]), linear('y', [3, a, 12]), linear('x', [5, b, 10]));
  const from = { pvId: a, start: 4, count: 8 };

  test('goes where it is dropped', () => {
    const to = { pvId: b, start: 2 };
    expect(lines(vg, { kind: 'run', from, to })).toEqual(['/dev/sda:4-11 /dev/sdb:2-9']);
    expect(lines(vg, { kind: 'run', from: { ...from, count: 11 }, to: { pvId: c } })).toEqual([
      '/dev/sda:4-14 /dev/sdc:0-10',
    ]);
  });

  test('or in steps where it is in its own way', () => {
    expect(lines(vg, { kind: 'run', from, to: { pvId: a, start: 1 } })).toEqual([
      '--alloc anywhere /dev/sda:4-6 /dev/sda:1-3',
      '--alloc anywhere /dev/sda:7-9 /dev/sda:4-6',
      '--alloc anywhere /dev/sda:10-11 /dev/sda:7-8',
    ]);
    expect(lines(vg, { kind: 'run', from, to: { pvId: a, start: 3 } })).toEqual([
      '/dev/sda:4-11 /dev/sdb:0-7',
      '/dev/sdb:0-7 /dev/sda:3-10',
    ]);
  });

  test('not onto others, itself, or where nothing is', () => {
    expect(lines(vg, { kind: 'run', from, to: { pvId: b, start: 5 } })).toMatchObject({
      why: 'taken',
      by: { lv: 'x', start: 10, count: 3 },
    });
    expect(lines(vg, { kind: 'run', from, to: { pvId: a, start: 4 } })).toEqual({
      why: 'onto-itself',
    });
    expect(lines(vg, { kind: 'run', from, to: { pvId: a } })).toEqual({ why: 'onto-itself' });
    expect(lines(vg, { kind: 'run', from, to: { pvId: b, start: 15 } })).toMatchObject({
      why: 'outside',
      last: 22,
    });
    const nothing = { pvId: a, start: 0, count: 4 };
    expect(lines(vg, { kind: 'run', from: nothing, to: { pvId: b } })).toEqual({ why: 'nothing' });
  });
});
