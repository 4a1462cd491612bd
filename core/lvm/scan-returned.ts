/** Disks that come back after their group was changed without them (reference 2.7, 11.4). */
import type { LvmId } from '../base/ids.ts';
import { findPv, isMissing, type PhysicalVolume, type VolumeGroup } from './format/model.ts';
import { pvRunsOf } from './format/pv-map.ts';
import type { Group } from './scan-groups.ts';
import type { FoundPv } from './scan-pv.ts';

/**
 * A PV that was written off, is there again, and carries no volume has nothing that could be old:
 * it is a member as before, and the next version says so.
 */
export function withReturned(vg: VolumeGroup, isThere: (id: LvmId) => boolean): VolumeGroup {
  const isBack = (pv: PhysicalVolume): boolean =>
    isMissing(pv) && isThere(pv.id) && (pvRunsOf(vg).get(pv.id) ?? []).length === 0;
  if (!vg.pvs.some(isBack)) return vg;
  const without = (words: readonly string[]): readonly string[] =>
    words.filter((word) => word !== 'MISSING');
  const pvs = vg.pvs.map((pv) =>
    isBack(pv) ? { ...pv, flags: without(pv.flags), status: without(pv.status) } : pv,
  );
  return { ...vg, pvs };
}

/** The group whose old text a PV carries, where the newest version no longer lists it. */
export function formerGroupOf(pv: FoundPv, groups: readonly Group[]): Group | undefined {
  const carried = new Set(pv.areas.flatMap(({ vg }) => vg?.id ?? []));
  return groups.find(({ vg }) => carried.has(vg.id) && !findPv(vg, pv.label.pvId));
}
