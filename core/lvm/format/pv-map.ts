/** Who owns which physical extents: the text knows it by volume, this knows it by PV. */
import type { LvmId } from '../../base/ids.ts';
import type { Extents } from '../../base/units.ts';
import { isPlain, type LogicalVolume, type VolumeGroup } from './model.ts';
import { areasOf } from './segtypes/index.ts';

/** A run of physical extents of one PV that one area of one segment owns. */
export interface PvRun {
  readonly start: Extents;
  readonly count: Extents;
  /** Name of the volume, hidden ones included. */
  readonly lv: string;
  /** Index into the volume's segments. */
  readonly segment: number;
  /** Index among the areas of the segment (`areasOf`). */
  readonly area: number;
  /** False where the length of an unknown type's area is an estimate. */
  readonly exact: boolean;
}

const known = new WeakMap<VolumeGroup, ReadonlyMap<LvmId, readonly PvRun[]>>();

interface OwnRun {
  readonly pvId: LvmId;
  readonly run: PvRun;
}

/** Of plain volumes only: what a name in another's areas means depends on the group. */
const ofPlain = new WeakMap<LogicalVolume, readonly OwnRun[]>();

function lvRunsOf(vg: VolumeGroup, lv: LogicalVolume): readonly OwnRun[] {
  const cached = ofPlain.get(lv);
  if (cached !== undefined) return cached;
  const runs: OwnRun[] = [];
  for (const [segment, body] of lv.segments.entries()) {
    for (const [area, found] of areasOf(vg, body).entries()) {
      if (found.on !== 'pv') continue;
      const { start, count, exact, pvId } = found;
      runs.push({ pvId, run: { start, count, lv: lv.name, segment, area, exact } });
    }
  }
  if (isPlain(lv)) ofPlain.set(lv, runs);
  return runs;
}

/**
 * For every PV of the group its owned runs, sorted by start; empty for an empty PV. Runs that are
 * not exact may overlap others and lie outside of the PV; so may all in a group with `ownerFaults`.
 */
export function pvRunsOf(vg: VolumeGroup): ReadonlyMap<LvmId, readonly PvRun[]> {
  const cached = known.get(vg);
  if (cached !== undefined) return cached;
  const runs = new Map<LvmId, PvRun[]>(vg.pvs.map((pv) => [pv.id, []]));
  for (const lv of vg.lvs) {
    for (const { pvId, run } of lvRunsOf(vg, lv)) runs.get(pvId)?.push(run);
  }
  for (const list of runs.values()) list.sort((a, b) => a.start - b.start || a.count - b.count);
  known.set(vg, runs);
  return runs;
}
