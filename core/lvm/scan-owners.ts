/** Which group each PV is in. */
import type { LvmId } from '../base/ids.ts';
import type { VolumeGroup } from './format/model.ts';
import type { Group } from './scan-groups.ts';
import type { FoundPv } from './scan-pv.ts';

/**
 * The one whose text it carries, else the first that lists it. A merge or a split that was cut
 * short leaves PVs that two groups list and that carry the texts of both: they are all with the
 * group that was taking them over.
 */
export function ownersOf(
  pvs: readonly FoundPv[],
  groups: readonly Group[],
): ReadonlyMap<LvmId, Group> {
  const carried = new Map(
    pvs.map((pv) => [pv.label.pvId, new Set(pv.areas.flatMap(({ vg }) => vg?.id ?? []))]),
  );
  const carries = (pv: LvmId, group: Group): boolean => carried.get(pv)?.has(group.vg.id) === true;
  const owners = new Map<LvmId, Group>();
  const contested = new Map<string, readonly [Group, Group]>();
  for (const group of groups) {
    for (const { id } of group.vg.pvs) {
      const other = owners.get(id);
      if (other) contested.set(`${other.vg.id} ${group.vg.id}`, [other, group]);
      if (!other || carries(id, group)) owners.set(id, group);
    }
  }
  for (const [one, other] of contested.values()) {
    for (const [taking, losing] of [
      [one, other],
      [other, one],
    ] as const) {
      const shared = sharedPvs(taking.vg, losing.vg);
      if (!takesOver(taking.vg, losing.vg, shared)) continue;
      if (!shared.some((id) => carries(id, taking))) continue;
      for (const id of shared) if (owners.get(id) === losing) owners.set(id, taking);
    }
  }
  return owners;
}

function sharedPvs(a: VolumeGroup, b: VolumeGroup): readonly LvmId[] {
  const ids = new Set(b.pvs.map(({ id }) => id));
  return a.pvs.flatMap(({ id }) => (ids.has(id) ? [id] : []));
}

/** A split writes its target exported first; a merge makes one group that lists all of both. */
function takesOver(taking: VolumeGroup, losing: VolumeGroup, shared: readonly LvmId[]): boolean {
  const [one, other] = [isExported(taking), isExported(losing)];
  if (one !== other) return one;
  return shared.length === losing.pvs.length && taking.pvs.length > shared.length;
}

const isExported = (vg: VolumeGroup): boolean => vg.status.includes('EXPORTED');
