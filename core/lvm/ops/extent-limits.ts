/** How many extents a group may have (reference 1.8), and how large it may be here. */
import type { Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { PhysicalVolume, VolumeGroup } from '../format/model.ts';
import { MAX_EXTENTS, extentTotal, isCountable } from '../format/totals.ts';

/** Whether a PV can join the group as it then is, with the extents that it would bring. */
export function addRefusal(
  vg: Pick<VolumeGroup, 'name' | 'extentSize' | 'pvs'>,
  added: readonly PhysicalVolume[],
): VolumeError | undefined {
  const pvs = [...vg.pvs];
  for (const pv of added) {
    const device = pv.deviceHint;
    const tooLarge = pvSizeRefusal(device, pv.peCount, vg.extentSize, vg.name);
    if (tooLarge) return tooLarge;
    pvs.push(pv);
    const count = extentTotal({ ...vg, pvs });
    if (count > MAX_EXTENTS) return { code: 'vg-extents-exceeded', vg: vg.name, count, device };
    if (!isCountable({ ...vg, pvs })) return { code: 'vg-too-large', vg: vg.name, device };
  }
  return undefined;
}

/** @param vg the group it would join; absent: it is in one. */
export function pvSizeRefusal(
  device: string,
  count: number,
  extentSize: Sectors,
  vg?: string,
): VolumeError | undefined {
  if (count <= MAX_EXTENTS) return undefined;
  return { code: 'pv-extents-exceeded', device, extentSize, ...(vg === undefined ? {} : { vg }) };
}
