/** Volumes and groups that miss a part of themselves. */
import type { LogicalVolume } from '../lvm/format/model.ts';
import { partialLvs } from '../lvm/format/partial.ts';
import { missingPvs } from '../lvm/ops/missing.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';

/** PVs without a device, and those marked missing until they are restored. */
export const missingPvCount = (vg: ScannedVg): number => missingPvs(vg).length;

export const isVgPartial = (vg: ScannedVg): boolean => missingPvCount(vg) > 0;

const partialOf = new WeakMap<ScannedVg, ReadonlySet<string>>();

/** True for a volume with an extent on a missing PV, in itself or in a part of it. */
export function isLvPartial(vg: ScannedVg, lv: LogicalVolume): boolean {
  const names = partialOf.get(vg) ?? partialLvs(vg.vg, missingPvs(vg));
  partialOf.set(vg, names);
  return names.has(lv.name);
}
