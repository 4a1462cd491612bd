/**
 * A look at all disks: labels, metadata areas, and the groups they add up to. Reads as little as it
 * can (it runs at every command) and believes nothing unchecked. The newest sound text of a group
 * wins (reference 2.7, 11).
 */
import type { LvmId } from '../base/ids.ts';
import type { Notice } from '../contract/errors.ts';
import { chooseTwins, type InUse } from './scan-duplicates.ts';
import { newestGroups, type Group } from './scan-groups.ts';
import { ownersOf } from './scan-owners.ts';
import { groupNotices } from './scan-notices.ts';
import { readPv, TextCache, type FoundPv, type Trust } from './scan-pv.ts';
import { formerGroupOf, withReturned } from './scan-returned.ts';
import type { Scan, ScanDisk, ScannedPv, ScannedVg } from './scan-types.ts';

/** Before anybody has looked. */
export const NOTHING_FOUND: Scan = {
  pvs: [],
  duplicates: [],
  vgs: [],
  barred: [],
  unlabelled: [],
  notices: [],
};

/**
 * @param cache of the scans before: texts that did not change are not parsed again.
 * @param inUse of two disks with the same PV, the one that volumes run on is used.
 */
export async function scanDisks(
  disks: readonly ScanDisk[],
  cache = new TextCache(),
  trust: Trust = 'texts',
  inUse: InUse = () => false,
): Promise<Scan> {
  const look = cache.begin(trust);
  const results = await Promise.all(disks.map((disk) => readPv(disk, look)));
  const found = results.flatMap((result) => (result.kind === 'pv' ? [result.pv] : []));
  const notices: Notice[] = results.flatMap((result) => result.notices);

  const twins = chooseTwins(found, newestGroups(found), inUse);
  notices.push(...twins.notices);
  const all = newestGroups(twins.chosen);
  const owners = ownersOf(twins.chosen, all);
  const groups = all.filter((group) => isThere(group, owners));
  const pvs = twins.chosen.map((pv) => withName(pv, owners.get(pv.label.pvId), groups));
  const vgs = groups.map((group) => scannedVg(group, groups, pvs, owners));
  for (const vg of vgs) notices.push(...vg.notices);
  notices.push(...twinNames(groups));
  return {
    pvs,
    duplicates: twins.losers.map((pv) => withName(pv, owners.get(pv.label.pvId), [])),
    vgs,
    barred: [],
    unlabelled: results.flatMap((result) => (result.kind === 'none' ? [result.disk] : [])),
    notices,
  };
}

/** A group all of whose PVs another has taken over is over. */
function isThere(group: Group, owners: ReadonlyMap<LvmId, Group>): boolean {
  return group.vg.pvs.some(({ id }) => owners.get(id) === group);
}

function withName(pv: FoundPv, owner: Group | undefined, groups: readonly Group[]): ScannedPv {
  if (owner) return { ...pv, vgName: owner.vg.name };
  const former = formerGroupOf(pv, groups);
  return former ? { ...pv, vgName: former.vg.name, outdated: true } : pv;
}

function scannedVg(
  group: Group,
  groups: readonly Group[],
  pvs: readonly ScannedPv[],
  owners: ReadonlyMap<LvmId, Group>,
): ScannedVg {
  const devices = new Map<LvmId, ScannedPv>();
  for (const pv of pvs) {
    if (owners.get(pv.label.pvId) === group) devices.set(pv.label.pvId, pv);
  }
  const outdated = pvs.filter((pv) => pv.outdated && formerGroupOf(pv, groups) === group);
  return {
    vg: withReturned(group.vg, (id) => devices.has(id)),
    devices,
    ...(outdated.length > 0 ? { outdated } : {}),
    notices: groupNotices(group, devices),
  };
}

/** Groups with different ids that share a name: no name can tell which one is meant. */
function twinNames(groups: readonly Group[]): readonly Notice[] {
  const names = new Map<string, LvmId[]>();
  for (const { vg } of groups) {
    const ids = names.get(vg.name) ?? [];
    ids.push(vg.id);
    names.set(vg.name, ids);
  }
  return [...names].flatMap(([vg, vgIds]) =>
    vgIds
      .slice(1)
      .map((id) => ({ code: 'duplicate-vg-name', vg, vgIds: [vgIds[0] ?? id, id] }) as const),
  );
}
