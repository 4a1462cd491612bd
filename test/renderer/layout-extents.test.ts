import { describe, expect, test } from 'vitest';
import { ExtentScale } from '../../renderer/viz/extent-scale.ts';
import { layoutExtents, runAt, runsOf } from '../../renderer/viz/layout-extents.ts';
import { ownerColours } from '../../renderer/viz/owner-colour.ts';
import { area, lv, pv, segment, vg } from './support/lab.ts';

const [first, second] = layoutExtents(vg, 500);
const brief = (run: { start: number; count: number; owner?: { lv: string } }) =>
  [run.start, run.count, run.owner?.lv ?? 'free'] as const;

describe('runs', () => {
  test('every extent is in exactly one run, in order, free ones included', () => {
    expect(first?.runs.map(brief)).toEqual([
      [0, 20, 'home'],
      [20, 10, 'free'],
      [30, 10, 'home'],
      [40, 10, 'db'],
      [50, 50, 'free'],
    ]);
    expect(second?.runs.map(brief)).toEqual([
      [0, 10, 'db'],
      [10, 10, 'free'],
      [20, 10, 'log'],
      [30, 20, 'free'],
    ]);
  });

  test('they name the segment that owns them', () => {
    expect(first?.runs.map((run) => run.owner?.segment)).toEqual([1, undefined, 0, 0, undefined]);
  });

  test('a PV without extents has none', () => {
    expect(runsOf(vg, pv('z', 0, 0))).toEqual([]);
  });
});

describe('places', () => {
  test('all strips are on one scale', () => {
    expect(first?.end).toBe(500);
    expect(second?.end).toBe(250);
    expect(first?.runs.map(({ x, width }) => [x, width])).toEqual([
      [0, 100],
      [100, 50],
      [150, 50],
      [200, 50],
      [250, 250],
    ]);
  });

  test('a run narrower than a pixel is counted, not widened', () => {
    const crumbs = lv('crumbs', [segment(0, 'linear', [area('a', 60, 1)])]);
    const [strip] = layoutExtents({ ...vg, lvs: [...vg.lvs, crumbs] }, 50);
    expect(strip?.small).toBe(1);
    expect(strip?.runs.find((run) => run.start === 60)?.width).toBe(0.5);
  });

  test('round extents are printed below, the end always', () => {
    expect(first?.ticks.map(({ extent }) => extent)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(second?.ticks.at(-1)).toEqual({ extent: 50, x: 250 });
  });

  test('the run under a pixel, also beside the strip', () => {
    const runs = first?.runs ?? [];
    expect([-5, 0, 99, 100, 199.5, 200, 499, 900].map((px) => runAt(runs, px))).toEqual([
      0, 0, 0, 1, 2, 3, 4, 4,
    ]);
    expect(runAt([], 10)).toBe(-1);
  });
});

describe('the scale', () => {
  test('pixels and extents are inverse, and clamped', () => {
    const scale = new ExtentScale(64, 10, 138);
    expect([scale.toPx(0), scale.toPx(64)]).toEqual([10, 138]);
    expect([0, 10, 11.9, 12, 500].map((px) => scale.fromPx(px))).toEqual([0, 0, 0, 1, 63]);
    expect(new ExtentScale(0, 0, 100).fromPx(50)).toBe(0);
  });
});

test('a volume keeps its colour by its place in the group; after the last they start again', () => {
  const many = Array.from({ length: 9 }, (_, index) => lv(`v${index}`, []));
  expect([...ownerColours({ ...vg, lvs: many }).values()]).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1]);
});
