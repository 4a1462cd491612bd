/** The region map of a mirror: what each leg has, where it is drawn, and how it moves. */
import { describe, expect, test } from 'vitest';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import { Prng } from '../../core/env/prng.ts';
import {
  LEFT,
  layoutRegions,
  placeOfCell,
  spotAfter,
  spotAt,
} from '../../renderer/viz/layout-regions.ts';
import {
  cellKind,
  cellRuns,
  lanesOf,
  regionsOf,
  sectorsOf,
  syncPercent,
} from '../../renderer/viz/region-cells.ts';
import {
  AGE,
  followedRegions,
  isMoving,
  looksAt,
  readMark,
  settledRegions,
  stillRegions,
} from '../../renderer/viz/region-motion.ts';
import type { Sectors } from '../../core/contract/units.ts';
import { leg, mirror } from './support/mirror-lab.ts';

/** Every lane of a mirror as words, one a cell. */
const kinds = (one: MirrorState): readonly string[] =>
  lanesOf(one).map((lane) =>
    Array.from(one.cells, (_, cell) => cellKind(one, lane, cell)).join(' '),
  );

describe('what each leg has of a region', () => {
  test('out of sync is who lacks the data, not who has it', () => {
    expect(kinds(mirror({ cells: 'cdnr' }))).toEqual([
      'clean dirty only source',
      'clean dirty lacking target',
      'clean dirty dirty dirty',
    ]);
  });

  test('another primary, three legs', () => {
    const legs = [leg('253:1', { health: 'D' }), leg('253:2'), leg('253:5')];
    expect(kinds(mirror({ legs, primary: 1, cells: 'nr' }))).toEqual([
      'lacking target',
      'only source',
      'lacking target',
      'dirty dirty',
    ]);
  });

  test('a leg that was dropped has nothing, a log that failed says nothing', () => {
    const legs = [leg('253:1'), leg('253:2', { health: 'D', dropped: true })];
    const log = { kind: 'disk', devno: '253:0', health: 'D' } as const;
    expect(kinds(mirror({ legs, log, cells: 'cn' }))).toEqual([
      'clean only',
      'gone gone',
      'gone gone',
    ]);
    expect(kinds(mirror({ log: { kind: 'core' }, cells: 'cd' })).at(-1)).toBe('clean dirty');
  });

  test('cells of several regions, the last of which is short', () => {
    const one = mirror({
      cells: 'ccc',
      perCell: 4,
      regions: 10,
      length: 10_000 as Sectors,
      regionSize: 1024 as Sectors,
      start: 512 as Sectors,
    });
    expect(regionsOf(one, 0)).toEqual([0, 3]);
    expect(regionsOf(one, 2)).toEqual([8, 9]);
    expect(sectorsOf(one, 0)).toEqual([512, 512 + 4095]);
    expect(sectorsOf(one, 2)).toEqual([512 + 8192, 512 + 9999]);
  });

  test('runs of cells, and a percentage that is 100 only at the end', () => {
    expect(cellRuns('ccrnn')).toEqual([
      { letter: 'c', first: 0, last: 1 },
      { letter: 'r', first: 2, last: 2 },
      { letter: 'n', first: 3, last: 4 },
    ]);
    expect(cellRuns('')).toEqual([]);
    expect(syncPercent(mirror({ regions: 1000, inSync: 999 }))).toBe(99);
    expect(syncPercent(mirror({ cells: '' }))).toBe(100);
  });
});

const SIZES = [1, 2, 16, 17, 60, 100, 128, 255, 512, 1000, 1024];

describe.each([300, 430, 900, 1600])('%i pixels wide', (width) => {
  test.each(SIZES)('%i cells are all there, none too narrow to be seen', (count) => {
    const layout = layoutRegions(mirror({ cells: 'c'.repeat(count) }), width);
    expect(layout.width).toBeLessThanOrEqual(Math.max(width, LEFT + 96));
    expect(layout.cellWidth).toBeGreaterThanOrEqual(6);
    expect(layout.laneHeight).toBeGreaterThanOrEqual(12);
    expect(layout.bands.flatMap(({ from, to }) => [from, to])).toEqual(
      layout.bands.flatMap((_, index) => [
        index * (layout.bands[0]?.to ?? 0),
        Math.min(count, (index + 1) * (layout.bands[0]?.to ?? 0)),
      ]),
    );
    expect(layout.bands.at(-1)?.to).toBe(count);
  });

  test('a pixel of a cell leads back to the cell', () => {
    const layout = layoutRegions(mirror({ cells: 'c'.repeat(700) }), width);
    for (const lane of [0, 1, 2]) {
      for (let cell = 0; cell < 700; cell += 13) {
        const place = placeOfCell(layout, lane, cell);
        if (!place) throw new Error(`cell ${cell} has no place`);
        expect(spotAt(layout, place.x + 1, place.y + 1)).toEqual({ lane, cell });
        expect(place.x + layout.cellWidth).toBeLessThanOrEqual(layout.width);
        expect(place.y + layout.laneHeight).toBeLessThanOrEqual(layout.height);
      }
    }
    expect(spotAt(layout, LEFT - 1, 40)).toBeUndefined();
    expect(spotAt(layout, LEFT + 5, 2)).toBeUndefined();
  });
});

describe('places', () => {
  test('no two numbers above a band touch, and they say which region begins there', () => {
    const one = mirror({ cells: 'c'.repeat(300), perCell: 8, regions: 2400 });
    const { ticks, bands } = layoutRegions(one, 700);
    for (const [index, tick] of ticks.entries()) {
      const next = ticks[index + 1];
      if (next?.y === tick.y) expect(next.x - tick.x).toBeGreaterThanOrEqual(64);
    }
    const starts = ticks.filter(({ x }) => x === LEFT).map(({ region }) => region);
    expect(starts).toEqual(bands.map(({ from }) => from * 8));
  });

  test('arrows go from cell to cell and from lane to lane, and not beyond', () => {
    const layout = layoutRegions(mirror({ cells: 'c'.repeat(40) }), 900);
    const at = { lane: 1, cell: 5 };
    expect(spotAfter(layout, at, 'ArrowRight')).toEqual({ lane: 1, cell: 6 });
    expect(spotAfter(layout, { lane: 0, cell: 0 }, 'ArrowLeft')).toEqual({ lane: 0, cell: 0 });
    expect(spotAfter(layout, at, 'End')).toEqual({ lane: 1, cell: 39 });
    expect(spotAfter(layout, at, 'ArrowDown')).toEqual({ lane: 2, cell: 5 });
    expect(spotAfter(layout, { lane: 2, cell: 5 }, 'ArrowDown')).toEqual({ lane: 2, cell: 5 });
    expect(spotAfter(layout, at, 'x')).toBeUndefined();
  });
});

describe('motion', () => {
  const begin = stillRegions(mirror({ cells: 'nnnn' }));

  test('what changed is bright and ages; what did not change is not named', () => {
    const motion = followedRegions(begin, mirror({ cells: 'rnnn' }), 1000);
    expect([...looksAt(motion, 1000)]).toEqual([[0, { fresh: 1, crossed: 0 }]]);
    expect(looksAt(motion, 1150).get(0)).toEqual({ fresh: 0.9, crossed: 0.5 });
    expect(looksAt(motion, 1400).get(0)?.crossed).toBe(1);
    expect(looksAt(motion, 1000 + AGE).size).toBe(0);
    expect([isMoving(motion, 1400), isMoving(motion, 1000 + AGE)]).toEqual([true, false]);
    expect(settledRegions(motion, 1000 + AGE).changes.size).toBe(0);
  });

  test('copies that begin together in great number do not cross one by one', () => {
    const many = followedRegions(
      stillRegions(mirror({ cells: 'n'.repeat(20) })),
      mirror({ cells: 'r'.repeat(20) }),
      0,
    );
    expect([...looksAt(many, 10).values()].every(({ crossed }) => crossed === 1)).toBe(true);
  });

  test('where nearly everything changes nothing stands out', () => {
    const [before, after] = ['n', 'c'].map((cell) => mirror({ cells: cell.repeat(49) }));
    if (!before || !after) throw new Error('no mirrors');
    const all = followedRegions(stillRegions(before), after, 0);
    expect(looksAt(all, 10).size).toBe(0);
    const most = followedRegions(
      stillRegions(before),
      { ...after, cells: `n${'c'.repeat(48)}` },
      0,
    );
    expect(looksAt(most, 10).size).toBe(48);
  });

  test('a read is marked; the same place again is a read when its leg counted one', () => {
    const read = { leg: 1, region: 9 };
    const seen = (reads: number, perCell = 4): MirrorState =>
      mirror({
        cells: 'cccc',
        perCell,
        regions: 16,
        lastRead: read,
        legs: [leg('253:1'), leg('253:2', { reads })],
      });
    const first = followedRegions(stillRegions(mirror({ cells: 'cccc' })), seen(1), 0);
    expect(readMark(first, 0)).toEqual({ leg: 1, cell: 2, fresh: 1 });
    expect(readMark(first, 9e9)).toEqual({ leg: 1, cell: 2, fresh: 0 });
    expect(followedRegions(first, seen(1), 500).readAt).toBe(0);
    expect(followedRegions(first, seen(2), 500).readAt).toBe(500);
    expect(readMark(begin, 0)).toBeUndefined();
  });

  test('another mirror, or one that grew, begins anew', () => {
    const motion = followedRegions(begin, mirror({ cells: 'rnnn' }), 0);
    expect(followedRegions(motion, mirror({ cells: 'ccccc' }), 1).changes.size).toBe(0);
    const other = mirror({ device: 'vg-other', cells: 'cccc' });
    expect(followedRegions(motion, other, 1)).toEqual(stillRegions(other));
  });

  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'whoever looked in between changes nothing, seed %i',
    (seed) => {
      const random = new Prng(seed);
      let motion = stillRegions(mirror({ cells: 'n'.repeat(24) }));
      let now = 0;
      for (let round = 0; round < 30; round++) {
        now += random.below(900);
        const cells = Array.from(motion.mirror.cells, (cell) =>
          random.chance(10) ? random.pick(['c', 'd', 'n', 'r']) : cell,
        );
        const legs = [leg('253:1'), leg('253:2', { reads: random.below(3) })];
        const lastRead = { leg: random.below(2), region: random.below(24) };
        const next = mirror({ cells: cells.join(''), legs, lastRead });
        motion = followedRegions(motion, next, now);
        expect(motion.mirror).toEqual(next);
        const then = now + random.below(2 * AGE);
        const looked = settledRegions(motion, now + random.below(then - now + 1));
        for (let cell = 0; cell < 24; cell++) {
          const [a, b] = [motion, looked].map((one) => looksAt(one, then).get(cell));
          expect(b?.fresh ?? 0).toBe(a?.fresh ?? 0);
          expect(b?.crossed ?? 1).toBe(a?.crossed ?? 1);
        }
        expect(isMoving(motion, now + AGE)).toBe(false);
      }
    },
  );
});
