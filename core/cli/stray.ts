/** PVs whose labels say that they are in a group which nobody knows: a lost disk had its text. */
import type { OutputLine } from '../contract/events.ts';
import { isUsed } from '../lvm/ops/pv-steps.ts';
import type { Scan } from '../lvm/scan-types.ts';
import { noticeLine } from '../report/notices.ts';
import { indented } from './output.ts';

/** Said where LVM looks at PVs in no group: by pvs, and where disks join a group. */
export function strayLines({ pvs }: Scan): readonly OutputLine[] {
  const stray = pvs.filter(({ vgName, label }) => vgName === undefined && isUsed(label));
  return stray.map(({ path: device }) => indented(noticeLine({ code: 'pv-stray', device })));
}
