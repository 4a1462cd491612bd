/** Where extents go: LVM's choices on small groups, and what holds of every choice. */
import { describe, expect, test } from 'vitest';
import type { LvmId } from '../../../core/base/ids.ts';
import { extents } from '../../../core/base/units.ts';
import { Prng } from '../../../core/env/prng.ts';
import { allocate, type AllocationRequest } from '../../../core/lvm/alloc/allocate.ts';
import type { FreeArea } from '../../../core/lvm/format/free-extents.ts';

const pv = (name: string): LvmId => name.padEnd(32, '0') as LvmId;

/** `{ a: '0-9 20-24' }`: free extents by PV, largest area first as LVM keeps them. */
function freeOn(pvs: Readonly<Record<string, string>>): ReadonlyMap<LvmId, readonly FreeArea[]> {
  return new Map(
    Object.entries(pvs).map(([name, runs]) => {
      const areas = runs.split(' ').map((run): FreeArea => {
        const [first = 0, last = 0] = run.split('-').map(Number);
        return { pvId: pv(name), start: extents(first), count: extents(last - first + 1) };
      });
      return [pv(name), areas.toSorted((one, two) => two.count - one.count)];
    }),
  );
}

const wish = (
  free: Readonly<Record<string, string>>,
  count: number,
  rest: Partial<AllocationRequest> = {},
): AllocationRequest => ({
  count: extents(count),
  stripes: 1,
  policy: 'normal',
  free: freeOn(free),
  ...rest,
});

/** `a:0+10`, stripes of one piece joined by commas; or how many extents are missing. */
function placed(request: AllocationRequest): string {
  const pieces = allocate(request);
  if (!pieces.ok) return `${pieces.error.more} more`;
  const logs = pieces.value.logs.map(({ pvId, start }) => `log ${pvId.charAt(0)}:${start}`);
  return [
    ...pieces.value.pieces.map(({ areas, count }) =>
      areas.map(({ pvId, start }) => `${pvId.charAt(0)}:${start}+${count}`).join(','),
    ),
    ...logs,
  ].join(' ');
}

/** A volume of one segment that ends in front of this PE. */
const after = (name: string, start: number) => ({
  last: [{ pvId: pv(name), start: extents(start) }],
  first: [pv(name)],
});

describe('logs', () => {
  const logs = { count: 1, extents: extents(1) };
  const five = { a: '0-9', b: '0-9', c: '0-9', d: '0-9', e: '0-9' };
  test('lie on the last PV that has room, where no image is if possible', () => {
    const mirror = { stripes: 2, logs };
    expect(placed(wish(five, 16, mirror))).toBe('a:0+8,b:0+8 log e:0');
    expect(placed(wish({ ...five, e: '0-2' }, 16, mirror))).toBe('a:0+8,b:0+8 log e:0');
    expect(placed(wish({ a: '0-9', b: '0-9' }, 16, mirror))).toBe('a:0+8,b:0+8 log b:8');
    expect(placed(wish({ a: '0-7', b: '0-7' }, 16, mirror))).toBe('1 more');
    // Behind the last piece of the images, not beside the first.
    const three = { a: '0-3', b: '0-7', c: '0-7' };
    expect(placed(wish(three, 16, mirror))).toBe('b:0+8,c:0+8 log a:0');
  });
  test('of their own, two on two PVs', () => {
    const two = { count: 2, extents: extents(1) };
    expect(placed(wish(five, 0, { stripes: 0, logs: two }))).toBe('log d:0 log e:0');
    expect(placed(wish({ a: '0-9' }, 0, { stripes: 0, logs: two }))).toBe('2 more');
  });
  test('and images of one PV where anything goes', () => {
    const mirror = { stripes: 2, logs, policy: 'anywhere' as const };
    expect(placed(wish({ a: '0-9' }, 8, mirror))).toBe('a:0+4,a:4+4 log a:8');
  });
});

describe('normal', () => {
  test('takes a smaller area of a PV where more would be left of the one before', () => {
    expect(placed(wish({ a: '0-9 20-24 40-59' }, 5))).toBe('a:0+5');
    expect(placed(wish({ a: '0-10 30-34 40-44 50-53' }, 3))).toBe('a:30+3');
    expect(placed(wish({ a: '0-4 10-13 20-23' }, 4))).toBe('a:0+4');
    expect(placed(wish({ a: '10-13 20-23 30-33' }, 4))).toBe('a:30+4');
  });
  test('fills the PV with the larger area first when it has to split', () => {
    expect(placed(wish({ a: '0-2', b: '0-26' }, 30))).toBe('b:0+27 a:0+3');
  });
  test('goes on where the volume ends when that is free', () => {
    expect(placed(wish({ a: '0-9', b: '5-9' }, 3, { present: after('b', 5) }))).toBe('b:5+3');
  });
  test('says how much is missing', () => {
    expect(placed(wish({ a: '0-9' }, 12))).toBe('2 more');
  });
  test('takes less where the size is an upper bound', () => {
    expect(placed(wish({ a: '0-9' }, 12, { approximate: true }))).toBe('a:0+10');
  });
});

describe('contiguous', () => {
  const policy = 'contiguous';
  test('needs one area for all of a new volume', () => {
    expect(placed(wish({ a: '0-4 10-19' }, 8, { policy }))).toBe('a:10+8');
    expect(placed(wish({ a: '0-4 10-19' }, 12, { policy }))).toBe('12 more');
  });
  test('grows a volume only right behind its end', () => {
    const present = after('a', 10);
    expect(placed(wish({ a: '10-19' }, 4, { policy, present }))).toBe('a:10+4');
    expect(placed(wish({ a: '11-19', b: '0-9' }, 4, { policy, present }))).toBe('4 more');
  });
});

describe('cling', () => {
  test('stays on the PVs of the last segment', () => {
    const present = after('a', 10);
    const free = { a: '20-23', b: '0-30' };
    expect(placed(wish(free, 4, { policy: 'cling', present }))).toBe('a:20+4');
    expect(placed(wish(free, 6, { policy: 'cling', present }))).toBe('2 more');
  });
});

describe('cling by tags', () => {
  const tagsOf = new Map([
    [pv('a'), ['rack1']],
    [pv('b'), ['rack2', 'slow']],
    [pv('c'), ['rack1', 'slow']],
  ]);
  const present = after('a', 10);
  const free = { a: '20-23', b: '0-30', c: '5-9' };
  test('goes on to PVs with a tag of the list in common', () => {
    const by = { policy: 'cling', present, tagsOf } as const;
    expect(placed(wish(free, 8, { ...by, clingTags: ['rack1'] }))).toBe('a:20+4 c:5+4');
    expect(placed(wish(free, 8, { ...by, clingTags: ['*'] }))).toBe('a:20+4 c:5+4');
    expect(placed(wish(free, 8, { ...by, clingTags: ['rack2'] }))).toBe('4 more');
    expect(placed(wish(free, 12, { ...by, clingTags: ['rack1'] }))).toBe('3 more');
  });
  test('stripes of a new volume lie apart where it is to be contiguous', () => {
    const by = { policy: 'contiguous', stripes: 2, tagsOf } as const;
    expect(placed(wish(free, 8, { ...by, clingTags: ['rack1'] }))).toBe('a:20+4,b:0+4');
    expect(placed(wish(free, 8, { ...by, clingTags: ['slow'] }))).toBe('a:20+4,b:0+4');
    const two = { a: '20-23', c: '5-9' };
    expect(placed(wish(two, 8, { ...by, clingTags: ['rack1'] }))).toBe('8 more');
  });
});

test('a volume clings to the PVs of its first segment, not of its last', () => {
  const present = { last: [{ pvId: pv('b'), start: extents(4) }], first: [pv('a')] };
  const free = { a: '6-9', b: '6-9' };
  expect(placed(wish(free, 3, { policy: 'cling', present }))).toBe('a:6+3');
});

describe('stripes', () => {
  test('lie on different PVs', () => {
    expect(placed(wish({ a: '0-9', b: '0-9' }, 8, { stripes: 2 }))).toBe('a:0+4,b:0+4');
    expect(placed(wish({ a: '0-9' }, 8, { stripes: 2 }))).toBe('8 more');
  });
  // The three as a run of LVM placed them.
  test('share a PV only under anywhere', () => {
    const [stripes, policy] = [2, 'anywhere'] as const;
    expect(placed(wish({ a: '0-14' }, 8, { stripes, policy }))).toBe('a:0+4,a:4+4');
    expect(placed(wish({ a: '0-3 5-14' }, 8, { stripes, policy }))).toBe('a:5+4,a:0+4');
    const free = { a: '0-14', b: '12-14' };
    expect(placed(wish(free, 10, { stripes, policy }))).toBe('a:0+3,b:12+3 a:3+2,a:5+2');
  });
});

const POLICIES = ['contiguous', 'cling', 'normal', 'anywhere'] as const;

test('whatever is asked: free extents, each once, as many as were wanted', () => {
  const random = new Prng(20_261_121);
  let found = 0;
  for (let round = 0; round < 3000; round++) {
    const free = new Map<LvmId, FreeArea[]>();
    const open = new Set<string>();
    for (const name of 'abcd'.slice(0, 1 + random.below(4))) {
      const areas: FreeArea[] = [];
      for (let start = random.below(4); start < 40; start += 1 + random.below(6)) {
        const count = 1 + random.below(8);
        areas.push({ pvId: pv(name), start: extents(start), count: extents(count) });
        for (let at = 0; at < count; at++) open.add(`${pv(name)}:${start + at}`);
        start += count;
      }
      free.set(
        pv(name),
        areas.toSorted((one, two) => two.count - one.count),
      );
    }
    const stripes = 1 + random.below(3);
    const count = extents(stripes * (1 + random.below(30)));
    const policy = POLICIES[random.below(4)] ?? 'normal';
    const pieces = allocate({ count, stripes, policy, free });
    if (!pieces.ok) {
      expect(pieces.error.more).toBeGreaterThan(0);
      // One stripe without a policy fails only for want of extents.
      if (stripes === 1 && policy === 'anywhere') expect(open.size).toBeLessThan(count);
      continue;
    }
    found++;
    let total = 0;
    for (const piece of pieces.value.pieces) {
      expect(piece.areas).toHaveLength(stripes);
      if (policy !== 'anywhere') {
        expect(new Set(piece.areas.map(({ pvId }) => pvId)).size).toBe(stripes);
      }
      for (const { pvId, start } of piece.areas) {
        for (let at = 0; at < piece.count; at++) {
          expect(open.delete(`${pvId}:${start + at}`), `${pvId}:${start + at}`).toBe(true);
        }
        total += piece.count;
      }
    }
    expect(total).toBe(count);
  }
  expect(found).toBeGreaterThan(500);
});
