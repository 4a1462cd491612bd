import type { Notice } from '../contract/errors.ts';
import { isUsed } from '../lvm/ops/pv-steps.ts';
import type { Scan } from '../lvm/scan-types.ts';

/** PVs whose labels say that they are in a group which nobody knows: a lost disk had its text. */
export function strayNotices({ pvs }: Scan): readonly Notice[] {
  const stray = pvs.filter(({ vgName, label }) => vgName === undefined && isUsed(label));
  return stray.map(({ path: device }) => ({ code: 'pv-stray', device }));
}
