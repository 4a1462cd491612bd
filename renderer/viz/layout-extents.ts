/** Where the runs of the extent map lie: one to-scale strip per PV. Pure arithmetic. */
import type { LvState, PvState, VgState } from '../../core/contract/state.ts';
import { ExtentScale } from './extent-scale.ts';

/** A run of extents of one PV with one owner. */
export interface Run {
  readonly pv: string;
  /** First physical extent. */
  readonly start: number;
  readonly count: number;
  /** Absent: free. */
  readonly owner?: { readonly lv: string; readonly segment: number; readonly type: string };
  readonly x: number;
  readonly width: number;
}

export interface Strip {
  readonly pv: PvState;
  readonly runs: readonly Run[];
  /** Pixels from the left at which the PV ends: strips share one scale. */
  readonly end: number;
}

/** All strips on one scale, so that lengths can be compared between PVs. */
export function layoutExtents(vg: VgState, widthPx: number): readonly Strip[] {
  const longest = Math.max(1, ...vg.pvs.map((pv) => pv.extentCount));
  const scale = new ExtentScale(longest, 0, widthPx);
  return vg.pvs.map((pv) => {
    const runs = runsOf(vg, pv).map((run) => {
      const x = scale.toPx(run.start);
      return { ...run, x, width: scale.toPx(run.start + run.count) - x };
    });
    return { pv, runs, end: scale.toPx(pv.extentCount) };
  });
}

type Place = Omit<Run, 'x' | 'width'>;

/** Owned runs in PE order with the free ones between them. */
export function runsOf(vg: VgState, pv: PvState): readonly Place[] {
  const owned = vg.lvs.flatMap((lv) => ownedBy(lv, pv)).sort((a, b) => a.start - b.start);
  const runs: Place[] = [];
  let at = 0;
  for (const run of owned) {
    if (run.start > at) runs.push({ pv: pv.device, start: at, count: run.start - at });
    runs.push(run);
    at = run.start + run.count;
  }
  if (at < pv.extentCount) runs.push({ pv: pv.device, start: at, count: pv.extentCount - at });
  return runs;
}

function ownedBy(lv: LvState, pv: PvState): readonly Place[] {
  return lv.segments.flatMap((segment, index) =>
    segment.areas
      .filter((area) => area.on === 'pv' && area.id === pv.id)
      .map((area) => ({
        pv: pv.device,
        start: area.start,
        count: area.count,
        owner: { lv: `${lv.vg}/${lv.name}`, segment: index, type: segment.type },
      })),
  );
}
