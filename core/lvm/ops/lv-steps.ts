/** Device steps of one volume as operations need them. */
import { ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import type { Kernel } from '../activate/kernel.ts';
import { deactivateSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import type { LogicalVolume } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import { deviceOf, surroundings } from './find.ts';

/** Takes the devices of a volume down; nothing to do for one that is not active. */
export function removeDeviceSteps(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  kernel: Kernel = context.kernel(),
): Result<readonly Step[], VolumeError> {
  const device = deviceOf(context, scanned.vg, lv);
  if (!device) return ok([]);
  // Pieces that are missing now may have been there when it went up, or been stood in for.
  const tree = deviceTree(scanned.vg, lv, surroundings(context, scanned), true);
  return tree.ok ? ok(deactivateSteps(tree.value, kernel)) : tree;
}

/** The first mapped device whose tables use a disk. */
export function holderOf(devices: readonly DmDeviceState[], devno: string): string | undefined {
  return devices.find(({ live, inactive }) =>
    [...(live ?? []), ...(inactive ?? [])].some((target) =>
      target.ranges.some((range) => range.devno === devno),
    ),
  )?.name;
}
