/** Volumes that miss a part of themselves (reference 11.1): computed here for all who ask. */
import type { LvmId } from '../../base/ids.ts';
import type { LogicalVolume, Segment, VolumeGroup } from './model.ts';
import { references } from './references.ts';
import { areasOf } from './segtypes/index.ts';
import { isSnapshot } from './snapshots.ts';

/** Keys that name a volume which is not a part: losing it leaves this one as it is. */
const NO_PART: ReadonlySet<string> = new Set(['external_origin', 'merge']);

/**
 * Names of the volumes with extents on one of these PVs, in themselves or in a part of them. An
 * origin counts its snapshots as parts; a snapshot does not count its origin, as in LVM.
 */
export function partialLvs(vg: VolumeGroup, missing: readonly LvmId[]): ReadonlySet<string> {
  const lost = new Set(missing);
  if (lost.size === 0) return new Set();
  const users = usersOf(vg);
  const partial = new Set<string>();
  const waiting = vg.lvs.filter((lv) => liesOn(vg, lv, lost)).map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (partial.has(name)) continue;
    partial.add(name);
    waiting.push(...(users.get(name) ?? []));
  }
  return partial;
}

/** With extents of its own on one of these PVs. */
export function liesOn(vg: VolumeGroup, lv: LogicalVolume, lost: ReadonlySet<LvmId>): boolean {
  return lv.segments.some((segment) =>
    areasOf(vg, segment).some((area) => area.on === 'pv' && lost.has(area.pvId)),
  );
}

/** By name of a volume those of which it is a part. */
function usersOf(vg: VolumeGroup): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  const add = (part: string, user: string): void => {
    users.set(part, [...(users.get(part) ?? []), user]);
  };
  for (const lv of vg.lvs) {
    for (const segment of lv.segments) {
      if (isSnapshot(segment)) add(segment.store, segment.origin);
      else for (const part of partsOf(vg, segment)) add(part, lv.name);
    }
  }
  return users;
}

/** Names of the volumes of which a segment is made. */
export function partsOf(vg: VolumeGroup, segment: Segment): readonly string[] {
  const isThin = segment.kind === 'foreign' && segment.type.split('+')[0] === 'thin';
  return references(vg, segment)
    .filter(({ key }) => !NO_PART.has(key) && !(isThin && key === 'origin'))
    .map(({ lv }) => lv);
}
