/** PVs that are not there: which volumes miss something, and how a version marks them. */
import type { LvmId } from '../../base/ids.ts';
import type { VolumeGroup } from '../format/model.ts';
import { isMissing } from '../format/model.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';

/** PVs of the group that no disk carries, or that were once written off as missing. */
export function missingPvs({ vg, devices }: ScannedVg): readonly LvmId[] {
  return vg.pvs.filter((pv) => !devices.has(pv.id) || isMissing(pv)).map((pv) => pv.id);
}

/** The disks whose copies count: those of a PV that was written off are old. */
export function soundMembers({ vg, devices }: ScannedVg): readonly ScannedPv[] {
  return vg.pvs.flatMap((pv) => (isMissing(pv) ? [] : (devices.get(pv.id) ?? [])));
}

/**
 * A version that is written without a PV says so: when its disk comes back it is known to be old
 * (reference 11.1).
 */
export function withMissingMarked(next: VolumeGroup, { vg, devices }: ScannedVg): VolumeGroup {
  const absent = new Set(vg.pvs.filter(({ id }) => !devices.has(id)).map(({ id }) => id));
  const pvs = next.pvs.map((pv) =>
    absent.has(pv.id) && !isMissing(pv)
      ? { ...pv, deviceHint: '[unknown]', flags: [...pv.flags, 'MISSING'] }
      : pv,
  );
  return { ...next, pvs };
}
