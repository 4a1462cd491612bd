/** PVs that are not there: which volumes miss something, and how a version marks them. */
import type { LvmId } from '../../base/ids.ts';
import { findLv, isMissing, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { liesOn, partialLvs, partsOf } from '../format/partial.ts';
import type { ScannedVg } from '../scan-types.ts';

/** PVs of the group that no disk carries, or that were once written off as missing. */
export function missingPvs({ vg, devices }: ScannedVg): readonly LvmId[] {
  return vg.pvs.filter((pv) => !devices.has(pv.id) || isMissing(pv)).map((pv) => pv.id);
}

/**
 * A version says where its PVs are now. One that is written without a PV says that too: when its
 * disk comes back it is known to be old (reference 11.1).
 */
export function asItStands(next: VolumeGroup, { vg, devices }: ScannedVg): VolumeGroup {
  const absent = new Set(vg.pvs.filter(({ id }) => !devices.has(id)).map(({ id }) => id));
  const pvs = next.pvs.map((pv) => {
    const isAbsent = absent.has(pv.id);
    const deviceHint = isAbsent ? '[unknown]' : (devices.get(pv.id)?.path ?? pv.deviceHint);
    const flags = isAbsent && !isMissing(pv) ? [...pv.flags, 'MISSING'] : pv.flags;
    const same = deviceHint === pv.deviceHint && flags === pv.flags;
    return same ? pv : { ...pv, deviceHint, flags };
  });
  return pvs.every((pv, index) => pv === next.pvs[index]) ? next : { ...next, pvs };
}

/** The volume itself, or the one below it, that misses a piece of its own. */
export function incompletePart(scanned: ScannedVg, lv: LogicalVolume): string | undefined {
  const { vg } = scanned;
  const missing = missingPvs(scanned);
  if (!partialLvs(vg, missing).has(lv.name)) return undefined;
  const lost = new Set(missing);
  const seen = new Set<LogicalVolume>();
  const visit = (one: LogicalVolume): string | undefined => {
    if (seen.has(one)) return undefined;
    seen.add(one);
    for (const name of one.segments.flatMap((segment) => partsOf(vg, segment))) {
      const below = findLv(vg, name);
      const found = below && visit(below);
      if (found !== undefined) return found;
    }
    return liesOn(vg, one, lost) ? one.name : undefined;
  };
  return visit(lv);
}
