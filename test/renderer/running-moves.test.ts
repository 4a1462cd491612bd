/** Moves on the extent map: whose extents travel from where to where, and how that is drawn. */
import { describe, expect, test } from 'vitest';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LvState, VgState } from '../../core/contract/state.ts';
import type { DevNo, Extents, Sectors } from '../../core/contract/units.ts';
import { frontWords, metWords, ownerWords, pieceWords } from '../../renderer/views/move-words.ts';
import { layoutExtents, runsOf } from '../../renderer/viz/layout-extents.ts';
import { layoutMove } from '../../renderer/viz/layout-move.ts';
import {
  followedMove,
  frontAt,
  isMoving,
  landings,
  lookAt,
  settledMove,
  stillMove,
  TRAVEL,
  travelling,
} from '../../renderer/viz/move-motion.ts';
import { countOf, movesOf, type Move } from '../../renderer/viz/moves.ts';
import { area, EXTENT, lv, pv, segment } from './support/lab.ts';

const onLayer = (layer: string, start: number, count: number) => ({
  on: 'lv' as const,
  device: layer,
  id: layer,
  start: start as Extents,
  count: count as Extents,
});

const piece = (start: number, from: ReturnType<typeof area>, to: typeof from, moved = 0) => ({
  ...segment(start, 'mirror', [from, to]),
  count: from.count,
  ...(moved > 0 && { moved: moved as Extents }),
});

const hidden = (made: LvState, attr: string): LvState => ({ ...made, visible: false, attr });

/** `home` and `db` leave sda: ten extents have arrived on sdb, twenty are on their way. */
const vg: VgState = {
  id: 'vg',
  name: 'vg',
  seqno: 9,
  extentSize: EXTENT,
  extentCount: 150 as Extents,
  freeCount: 60 as Extents,
  attr: 'wz--n-',
  allocation: 'normal',
  tags: [],
  pvs: [pv('a', 100, 70), pv('b', 50, 20)],
  lvs: [
    lv('home', [
      segment(0, 'linear', [onLayer('pvmove0', 0, 10)]),
      segment(10, 'linear', [onLayer('pvmove0', 10, 12)]),
    ]),
    lv('db', [segment(0, 'linear', [onLayer('pvmove0', 22, 8)])]),
    hidden(
      {
        ...lv('pvmove0', [
          piece(0, area('a', 0, 10), area('b', 5, 10), 10),
          piece(10, area('a', 40, 20), area('b', 20, 20)),
        ]),
        extentCount: 30 as Extents,
      },
      'p-C-aom---',
    ),
  ],
  problems: [],
};

const [move] = movesOf(vg);
const known = move as Move;

/** Of the second piece: forty regions of half an extent. */
const mirror = (cells: string, more: Partial<MirrorState> = {}): MirrorState => ({
  device: 'vg-pvmove0',
  start: (10 * EXTENT) as Sectors,
  length: (20 * EXTENT) as Sectors,
  regionSize: (EXTENT / 2) as Sectors,
  regions: 40,
  inSync: cells.replaceAll(/[^c]/g, '').length,
  legs: ['8:0', '8:16'].map((devno) => ({ devno: devno as DevNo, health: 'A', reads: 0 })),
  primary: 0,
  log: { kind: 'core' },
  cells: cells.padEnd(40, 'n'),
  perCell: 1,
  held: 0,
  ...more,
});

describe('whose extents move', () => {
  test('runs are their owners, on both sides, and none is the temporary volume', () => {
    expect(known).toMatchObject({ layer: 'pvmove0', source: '/dev/sda', running: 1 });
    const brief = (letter: number) =>
      runsOf(vg, vg.pvs[letter]!).map(({ start, count, owner, moves }) => [
        ...[start, count, owner?.lv ?? 'free'],
        ...(moves ? [moves.as, moves.other.start] : []),
      ]);
    expect(brief(0)).toEqual([
      [0, 10, 'home', 'left', 5],
      [10, 30, 'free'],
      [40, 12, 'home', 'leaves', 20],
      [52, 8, 'db', 'leaves', 32],
      [60, 40, 'free'],
    ]);
    expect(brief(1)).toEqual([
      [0, 5, 'free'],
      [5, 10, 'home', 'arrived', 0],
      [15, 5, 'free'],
      [20, 12, 'home', 'awaited', 40],
      [32, 8, 'db', 'awaited', 52],
      [40, 10, 'free'],
    ]);
  });

  test('all at once: through volumes below, wherever these break', () => {
    const atomic: VgState = {
      ...vg,
      lvs: [
        lv('home', [segment(0, 'linear', [onLayer('pvmove0', 0, 10)])]),
        hidden(
          lv('pvmove0', [
            {
              ...segment(0, 'mirror', [
                onLayer('pvmove0_mimage_0', 0, 10),
                onLayer('pvmove0_mimage_1', 0, 10),
              ]),
              count: 10 as Extents,
            },
          ]),
          'p-C-aom---',
        ),
        hidden(lv('pvmove0_mimage_0', [segment(0, 'linear', [area('a', 0, 10)])]), 'iwi-aom---'),
        hidden(
          lv('pvmove0_mimage_1', [
            segment(0, 'linear', [area('b', 0, 4)]),
            segment(4, 'linear', [area('b', 9, 6)]),
          ]),
          'Iwi-aom---',
        ),
      ],
    };
    const flights = movesOf(atomic)[0]?.flights.map(({ at, count, from, to, owner }) => [
      ...[at, count, from.start, to.start, owner.lv],
    ]);
    expect(flights).toEqual([
      [0, 4, 0, 0, 'home'],
      [4, 6, 4, 9, 'home'],
    ]);
    expect(runsOf(atomic, atomic.pvs[1]!).map(({ owner }) => owner?.lv)).toEqual(
      ['home', undefined, 'home', undefined], // prettier-ignore
    );
  });

  test('in words', () => {
    expect(countOf(known, 25.5)).toEqual({ moved: 25, total: 30 });
    expect(pieceWords(known)).toBe(
      'piece 2 of 2: LE 10-29 of pvmove0, PE 40-51 of /dev/sda to PE 20-31 of /dev/sdb ' +
        'and 1 place more',
    );
    expect(frontWords(known, 25.5)).toBe('the front is at PE 55 of /dev/sda');
    expect(ownerWords(known, 25.5, (name) => name)).toEqual([
      'home: 22 of 22 extents moved, 100 %',
      'db: 3 of 8 extents moved, 37 %',
    ]);
    expect(metWords({})).toBe('');
    const met = { ahead: { count: 2, region: 9 }, behind: { count: 1, region: 0 } };
    expect(metWords({ met })).toBe(
      'Writes: 2 ahead of the front (to the source alone), 1 behind it (to both sides)',
    );
  });
});

describe('on the strips', () => {
  const strips = layoutExtents(vg, 1000);
  const layout = layoutMove(known, mirror(''), EXTENT, strips);

  test('every cell has its place on both, and so has the front', () => {
    expect(layout?.cells).toHaveLength(40);
    expect(layout?.cells[0]).toMatchObject({
      from: { x: 400, width: 5 },
      to: { x: 200, width: 5 },
      owner: 'home',
    });
    expect(layout?.cells[39]).toMatchObject({ from: { x: 595 }, to: { x: 395 }, owner: 'db' });
    expect(layout?.at(0.5)).toMatchObject({ from: { x: 500 }, to: { x: 300 } });
    expect(layout?.at(1)).toMatchObject({ from: { x: 600 }, to: { x: 400 } });
  });

  test('a mirror of another piece than the metadata says is not drawn on it', () => {
    expect(layoutMove(known, mirror('', { start: 0 as Sectors }), EXTENT, strips)).toBeUndefined();
  });

  test('of many cells on a pixel one is drawn', () => {
    const wide = mirror('', { cells: 'n'.repeat(40) });
    const narrow = layoutMove(known, wide, EXTENT, layoutExtents(vg, 20));
    expect(narrow?.cells.length).toBeLessThanOrEqual(41);
  });
});

describe('in motion', () => {
  const begun = stillMove(mirror('cc'));

  test('a region leaves, travels, arrives and ages, whenever one looks', () => {
    const motion = followedMove(begun, mirror('ccc'), 1000);
    expect(travelling(motion, 1000 + TRAVEL / 2)).toEqual([{ cell: 2, part: 0.5 }]);
    expect(lookAt(motion, 2, 1000)).toEqual({ left: 0, arrived: false, fresh: 0 });
    expect(lookAt(motion, 2, 1000 + TRAVEL)).toEqual({ left: 1, arrived: true, fresh: 1 });
    expect(lookAt(motion, 2, 1000 + TRAVEL + 750)).toMatchObject({ arrived: true, fresh: 0.5 });
    expect(lookAt(motion, 1, 1000)).toEqual({ left: 1, arrived: true, fresh: 0 });
    expect(lookAt(motion, 3, 1000)).toEqual({ left: 0, arrived: false, fresh: 0 });
    expect([isMoving(motion, 1500), isMoving(motion, 9000)]).toEqual([true, false]);
    // Without motion all is as it will be.
    expect(lookAt(motion, 2, Infinity)).toEqual({ left: 1, arrived: true, fresh: 0 });
    expect([travelling(motion, Infinity), frontAt(motion, Infinity)]).toEqual([[], 3 / 40]);
  });

  test('where many arrive at once a front moves, and none of them travels', () => {
    const motion = followedMove(begun, mirror('c'.repeat(30)), 1000);
    expect(travelling(motion, 1100)).toEqual([]);
    expect(lookAt(motion, 20, 1000)).toMatchObject({ arrived: true, fresh: 1 });
    const front = [1000, 1075, 1150].map((now) => Math.round(40 * frontAt(motion, now)));
    expect(front).toEqual([2, 16, 30]);
  });

  test('what is kept of it does not grow with what was copied', () => {
    let motion = begun;
    for (let turn = 0; turn < 200; turn++) {
      const next = mirror('c'.repeat(turn % 40), { regions: 40 });
      motion = settledMove(followedMove(motion, next, 1000 + 5000 * turn), 5999 + 5000 * turn);
      expect(motion.changes.size).toBe(0);
    }
  });

  test('writes are seen where they landed, each kind for a while', () => {
    const met = { ahead: { count: 1, region: 30 } };
    const motion = followedMove(begun, mirror('cc', { met }), 1000);
    expect(landings(motion, 1750)).toEqual([{ kind: 'ahead', region: 30, fresh: 0.5 }]);
    expect(landings(motion, 2500)).toEqual([]);
    const again = followedMove(motion, mirror('ccc', { met }), 2600);
    expect(landings(again, 2600)).toEqual([]);
  });

  test('another piece begins anew', () => {
    const motion = followedMove(begun, mirror('c', { start: 0 as Sectors }), 1000);
    expect([motion.changes.size, isMoving(motion, 1000)]).toEqual([0, false]);
  });
});
