/** The exception map: where chunks lie, how old they are, and how they are seen to move. */
import { describe, expect, test } from 'vitest';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { Sectors } from '../../core/contract/units.ts';
import {
  ageOf,
  fillPercent,
  keptShare,
  metadataChunks,
  movingCells,
} from '../../renderer/viz/chunk-cells.ts';
import {
  AGE,
  COPY,
  flightLooks,
  followedChunks,
  hasFlights,
  RECORD,
  settledChunks,
  stillChunks,
  WRITE,
  type ChunkMotion,
} from '../../renderer/viz/chunk-motion.ts';
import { layoutChunks, originPoint, storePoint } from '../../renderer/viz/layout-chunks.ts';
import { cells, snapshot } from './support/snapshot-lab.ts';

describe('chunks', () => {
  test('ages are quarters of the exceptions; of one alone it is the newest', () => {
    const state = snapshot({ exceptions: 8, cells: cells({ 0: 0, 1: 2, 2: 5, 3: 7 }) });
    expect([0, 1, 2, 3, 4].map((cell) => ageOf(state, cell))).toEqual([0, 1, 2, 3, undefined]);
    expect(ageOf(snapshot({ exceptions: 1, cells: cells({ 4: 0 }) }), 4)).toBe(3);
  });

  test('a cell of several chunks is kept in part, the last one has fewer', () => {
    const state = snapshot({ perCell: 3, chunks: 5, cells: [{ kept: 1, newest: 0 }, { kept: 2 }] });
    expect(keptShare(state, 0)).toBeCloseTo(1 / 3);
    expect(keptShare(state, 1)).toBe(1);
  });

  test('header and tables stand where the format has them; a store in memory has none', () => {
    // An area of 8 sectors has 256 records.
    expect(metadataChunks(snapshot(), 2)).toEqual([0, 1]);
    expect(metadataChunks(snapshot(), 258)).toEqual([0, 1]);
    expect(metadataChunks(snapshot(), 259)).toEqual([0, 1, 258]);
    expect(metadataChunks(snapshot({ kind: 'N' }), 258)).toEqual([]);
  });

  test('percent as LVM has it: tables alone are nothing', () => {
    expect(fillPercent(snapshot({ allocated: 16 as Sectors }))).toBe(0);
    expect(fillPercent(snapshot({ allocated: 32 as Sectors }))).toBe(25);
    expect(fillPercent(snapshot({ total: 0 as Sectors }))).toBe(0);
  });

  test('what is under way is known by its stage, what flows back by its own', () => {
    const underWay = [{ oldChunk: 8, newChunk: 4, count: 2, stage: 'copying' as const }];
    const merging = { oldChunk: 6, newChunk: 3, count: 1 };
    expect([...movingCells(snapshot({ underWay, merging }))]).toEqual([
      [8, 'copying'],
      [9, 'copying'],
      [6, 'merging'],
    ]);
  });
});

describe('where they lie', () => {
  test.each([200, 480, 700, 1300])('nothing lies outside at %i pixels', (width) => {
    const many = snapshot({
      chunks: 4096,
      perCell: 4,
      cells: Array.from({ length: 1024 }, () => ({ kept: 0 })),
    });
    const layout = layoutChunks(many, width);
    expect(layout.bands[0]?.from).toBe(0);
    expect(layout.bands.at(-1)?.to).toBe(1024);
    for (const chunk of [0, 2047, 4095]) {
      const point = originPoint(layout, many, chunk);
      expect(point?.x).toBeGreaterThan(layout.left);
      expect(point?.x).toBeLessThan(layout.width);
      expect(point?.y).toBeLessThan(layout.store.y);
    }
    expect(storePoint(layout, 15).x).toBeLessThanOrEqual(layout.width);
    expect(storePoint(layout, 15).x).toBeGreaterThan(storePoint(layout, 14).x);
  });
});

describe('in motion', () => {
  /** Of the flights at a time: part, share, chunks and how many of them. */
  const looks = (motion: ChunkMotion, now: number) =>
    flightLooks(motion, now).map(
      ({ part, share, flight }) => `${part} ${share} ${flight.oldChunk}+${flight.count}`,
    );
  const from = snapshot();
  const kept: SnapshotState = snapshot({
    exceptions: 3,
    cells: cells({ 5: 0, 6: 1, 9: 2 }),
    recent: [{ oldChunk: 9, newChunk: 4 }, ...from.recent],
  });

  test('a first write: copied, recorded, then it passes; afterwards it ages', () => {
    const motion = followedChunks(stillChunks(from), kept, 1000);
    expect(looks(motion, 1000 + COPY / 2)).toEqual(['copy 0.5 9+1']);
    expect(looks(motion, 1000 + COPY)).toEqual(['record 0 9+1']);
    expect(looks(motion, 1000 + COPY + RECORD)).toEqual(['write 0 9+1']);
    expect(looks(motion, 1000 + COPY + RECORD + WRITE)).toEqual(['fresh 0 9+1']);
    const end = 1000 + COPY + RECORD + WRITE + AGE;
    expect(looks(motion, end)).toEqual([]);
    expect(hasFlights(motion, end - 1)).toBe(true);
    expect(settledChunks(motion, end).flights).toEqual([]);
  });

  test('no part is over before the engine says so', () => {
    const run = { oldChunk: 9, newChunk: 4, count: 1 };
    const at = (stage: 'copying' | 'recording') => snapshot({ underWay: [{ ...run, stage }] });
    let motion = followedChunks(stillChunks(from), at('copying'), 0);
    expect(looks(motion, 60_000)).toEqual(['copy 1 9+1']);
    motion = followedChunks(motion, at('recording'), 60_000);
    expect(looks(motion, 90_000)).toEqual(['record 1 9+1']);
    motion = followedChunks(motion, kept, 90_000);
    expect(looks(motion, 90_000)).toEqual(['write 0 9+1']);
  });

  test('neighbours that came together are one; a seventh flight ends the first', () => {
    const recent = Array.from({ length: 3 }, (_, back) => ({
      oldChunk: 12 - back,
      newChunk: 6 - back,
    }));
    const motion = followedChunks(stillChunks(from), snapshot({ exceptions: 5, recent }), 0);
    expect(looks(motion, 0)).toEqual(['copy 0 10+3']);
    let many = stillChunks(from);
    for (let count = 1; count <= 7; count++) {
      const oldChunk = 2 * count + 8;
      const next = { oldChunk, newChunk: count + 3 };
      many = followedChunks(many, snapshot({ exceptions: 2 + count, recent: [next] }), count);
    }
    expect(many.flights.map(({ oldChunk }) => oldChunk)).toEqual([12, 14, 16, 18, 20, 22]);
  });

  test('a merge flows back while the engine says so, then it is done', () => {
    const merge = snapshot({ role: 'merge' });
    const merging = { ...merge, merging: { oldChunk: 5, newChunk: 2, count: 2 } };
    const motion = followedChunks(stillChunks(merge), merging, 0);
    expect(looks(motion, COPY / 2)).toEqual(['copy 0.5 5+2']);
    expect(looks(followedChunks(motion, merge, COPY), COPY)).toEqual(['fresh 0 5+2']);
  });

  test('another store begins anew, and of what is invalid nothing flies', () => {
    const motion = followedChunks(stillChunks(from), kept, 0);
    expect(followedChunks(motion, { ...kept, store: '253:9' }, 1).flights).toEqual([]);
    expect(followedChunks(motion, { ...kept, condition: 'invalid' }, 1).flights).toEqual([]);
  });
});
