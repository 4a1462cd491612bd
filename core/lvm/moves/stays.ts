/** Which volumes are not moved, and why. */
import { foreignUserOf } from '../format/foreign-users.ts';
import { mirrorPartsOf } from '../format/mirror-parts.ts';
import type { LogicalVolume, VolumeGroup } from '../format/model.ts';
import type { StayReason } from './types.ts';

/** LVM refuses to move while a mirror is being converted: a leg of it could be lost. */
const LAYER = '_mimagetmp_';

/** By name; volumes that are not in it can be moved. */
export function stayReasons(vg: VolumeGroup): ReadonlyMap<string, StayReason> {
  const parts = mirrorPartsOf(vg);
  const byName = new Map(vg.lvs.map((lv) => [lv.name, lv]));
  const reasons = new Map<string, StayReason>();
  for (const lv of vg.lvs) {
    let reason: StayReason | undefined;
    let one: LogicalVolume | undefined = lv;
    while (one && reason === undefined) {
      reason = reasonOf(vg, one);
      const owner: string | undefined = parts.get(one.name)?.owner;
      one = owner === undefined ? undefined : byName.get(owner);
    }
    if (reason !== undefined) reasons.set(lv.name, reason);
  }
  return reasons;
}

function reasonOf(vg: VolumeGroup, lv: LogicalVolume): StayReason | undefined {
  if (lv.status.includes('LOCKED') || lv.status.includes('PVMOVE')) return 'locked';
  const images = lv.segments.flatMap((one) => (one.kind === 'mirror' ? one.areas : []));
  if (images.some((area) => area.on === 'lv' && area.lv.includes(LAYER))) return 'converting';
  const foreign = lv.segments.some(({ kind }) => kind === 'foreign');
  return foreign || foreignUserOf(vg, lv.name) !== undefined ? 'unsupported' : undefined;
}
