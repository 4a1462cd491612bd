/** Free extents of a group and of its PVs. */
import { extents, type Extents } from '../../base/units.ts';
import type { LvmId } from '../../base/ids.ts';
import { isAllocatable, isMissing, type VolumeGroup } from './model.ts';
import type { FreeArea } from './free-extents.ts';
import { pvRunsOf } from './pv-map.ts';
import { soundFree } from './sound-lvs.ts';

/** The gaps between the owned runs of every PV, in PE order. */
export function freeAreasOf(vg: VolumeGroup): ReadonlyMap<LvmId, readonly FreeArea[]> {
  const known = soundFree(vg);
  if (known) return known.byPv;
  const owned = pvRunsOf(vg);
  return new Map(
    vg.pvs.map((pv) => {
      const areas: FreeArea[] = [];
      let at = 0;
      const gapUntil = (end: number): void => {
        if (end > at) areas.push({ pvId: pv.id, start: extents(at), count: extents(end - at) });
      };
      for (const run of owned.get(pv.id) ?? []) {
        gapUntil(run.start);
        at = Math.max(at, run.start + run.count);
      }
      gapUntil(pv.peCount);
      return [pv.id, areas];
    }),
  );
}

/** Free extents of the whole group, as `vgs` counts them: those of missing PVs too. */
export function freeCountOf(vg: VolumeGroup): Extents {
  return sum(
    freeAreasOf(vg),
    vg.pvs.map((pv) => pv.id),
  );
}

/** PVs that may be allocated from, in the group's order: allocatable and present. */
export function allocatablePvIds(vg: VolumeGroup, missing: ReadonlySet<LvmId>): readonly LvmId[] {
  return vg.pvs
    .filter((pv) => isAllocatable(pv) && !isMissing(pv) && !missing.has(pv.id))
    .map((pv) => pv.id);
}

/** Free extents on the PVs given. */
export function freeOn(vg: VolumeGroup, pvIds: readonly LvmId[]): Extents {
  return sum(freeAreasOf(vg), pvIds);
}

function sum(areas: ReadonlyMap<LvmId, readonly FreeArea[]>, pvIds: readonly LvmId[]): Extents {
  const counts = pvIds.flatMap((id) => (areas.get(id) ?? []).map((area) => area.count));
  return extents(counts.reduce((total, count) => total + count, 0));
}
