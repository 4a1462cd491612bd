/** Where the runs of the extent map lie: one to-scale strip per PV. Pure arithmetic. */
import type { LvState, PvState, VgState } from '../../core/contract/state.ts';
import { ExtentScale } from './extent-scale.ts';
import { layersOf, movesOf, stateOf, type Flight, type Move, type MovePlace } from './moves.ts';

/** A run of extents of one PV with one owner. */
export interface Run {
  readonly pv: string;
  /** Of the PV: `[unknown]` may be the name of several. */
  readonly pvId: string;
  /** First physical extent. */
  readonly start: number;
  readonly count: number;
  /** Absent: free. */
  readonly owner?: { readonly lv: string; readonly segment: number; readonly type: string };
  /** It moves: which side of that it is, and where the other is. */
  readonly moves?: RunMove;
}

export interface RunMove {
  /** `leaves`: all of it is here still, or a part; `left`: none; `awaited` and `arrived` alike. */
  readonly as: 'leaves' | 'left' | 'awaited' | 'arrived';
  /** The volume through which it moves. */
  readonly layer: string;
  readonly other: MovePlace;
}

/** A run on the screen. */
export interface PlacedRun extends Run {
  /** In pixels from the left; never widened, so that lengths can be compared. */
  readonly x: number;
  readonly width: number;
}

export interface Strip {
  readonly pv: PvState;
  readonly runs: readonly PlacedRun[];
  /** Runs narrower than a pixel: drawn as ticks and named in the table only. */
  readonly small: number;
  /** Pixels from the left at which the PV ends: strips share one scale. */
  readonly end: number;
  /** Extents to print below the strip, with their places. */
  readonly ticks: readonly { readonly extent: number; readonly x: number }[];
}

/** Room for a number below the strip, in pixels. */
const TICK_ROOM = 70;

/** All strips on one scale, so that lengths can be compared between PVs. */
export function layoutExtents(vg: VgState, widthPx: number): readonly Strip[] {
  const longest = Math.max(1, ...vg.pvs.map((pv) => pv.extentCount));
  const scale = new ExtentScale(longest, 0, widthPx);
  return vg.pvs.map((pv) => {
    const runs = placeRuns(runsOf(vg, pv), scale);
    const end = scale.toPx(pv.extentCount);
    const small = runs.filter(({ width }) => width < 1).length;
    return { pv, runs, small, end, ticks: ticksOf(pv.extentCount, end, scale) };
  });
}

export const placeRuns = (runs: readonly Run[], scale: ExtentScale): readonly PlacedRun[] =>
  runs.map((run) => {
    const x = scale.toPx(run.start);
    return { ...run, x, width: scale.toPx(run.start + run.count) - x };
  });

/** Round numbers, and the end itself, which pushes away what would touch it. */
export function ticksOf(count: number, end: number, scale: ExtentScale): Strip['ticks'] {
  const round = scale.ticks(TICK_ROOM).filter((extent) => extent < count);
  const ticks = round.map((extent) => ({ extent, x: scale.toPx(extent) }));
  const clear = ticks.filter(({ x }) => x <= end - TICK_ROOM / 2);
  return [...clear, { extent: count, x: end }];
}

/** Owned runs in PE order with the free ones between them. */
export function runsOf(vg: VgState, pv: PvState): readonly Run[] {
  const layers = layersOf(vg);
  const owned = [
    ...vg.lvs.flatMap((lv) => (layers.has(lv.name) ? [] : ownedBy(lv, pv))),
    ...movesOf(vg).flatMap((move) => move.flights.flatMap((one) => sidesOn(pv, move, one))),
  ].sort((a, b) => a.start - b.start);
  return withGaps(owned, pv);
}

/** @param owned in PE order */
export function withGaps(owned: readonly Run[], pv: PvState): readonly Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const run of owned) {
    if (run.start > at) runs.push({ pv: pv.device, pvId: pv.id, start: at, count: run.start - at });
    runs.push(run);
    at = run.start + run.count;
  }
  if (at < pv.extentCount)
    runs.push({ pv: pv.device, pvId: pv.id, start: at, count: pv.extentCount - at });
  return runs;
}

/** Index of the run under a pixel; the runs are in order and without gaps. -1: there are none. */
export function runAt(runs: readonly PlacedRun[], px: number): number {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((runs[middle]?.x ?? 0) <= px) low = middle;
    else high = middle - 1;
  }
  return runs.length === 0 ? -1 : low;
}

/** What moves is its owner's on both sides: where it leaves, and where it is waited for. */
function sidesOn(pv: PvState, move: Move, flight: Flight): readonly Run[] {
  const { from, to, count, owner } = flight;
  const done = stateOf(move, flight) === 'done';
  const sides = [
    { here: from, other: to, as: done ? 'left' : 'leaves' },
    { here: to, other: from, as: done ? 'arrived' : 'awaited' },
  ] as const;
  return sides
    .filter(({ here }) => here.pvId === pv.id)
    .map(({ here: { start }, other, as }) => ({
      ...{ pv: pv.device, pvId: pv.id, start, count, owner },
      moves: { as, layer: move.layer, other },
    }));
}

function ownedBy(lv: LvState, pv: PvState): readonly Run[] {
  return lv.segments.flatMap((segment, index) =>
    segment.areas
      .filter((area) => area.on === 'pv' && area.id === pv.id)
      .map((area) => ({
        pv: pv.device,
        pvId: pv.id,
        start: area.start,
        count: area.count,
        owner: { lv: lv.name, segment: index, type: segment.type },
      })),
  );
}
