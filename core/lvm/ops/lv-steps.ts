/** Device steps of one volume as operations need them. */
import { ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import { deactivateSteps, removeDevice } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import type { LogicalVolume } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import { deviceOf, devNoOf, running } from './find.ts';

/** Takes the devices of a volume down; nothing to do for one that is not active. */
export function removeDeviceSteps(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
): Result<readonly Step[], VolumeError> {
  const device = deviceOf(context, scanned.vg, lv);
  if (!device) return ok([]);
  const tree = deviceTree(scanned.vg, lv, devNoOf(context, scanned));
  if (tree.ok) return ok(deactivateSteps(tree.value, running(context)));
  // Its table can no longer be made, but the device that is there can go.
  return tree.error.code === 'vg-missing-pvs' ? ok([removeDevice(device.name)]) : tree;
}

/** The first mapped device whose tables use a disk. */
export function holderOf(devices: readonly DmDeviceState[], devno: string): string | undefined {
  return devices.find(({ live, inactive }) =>
    [...(live ?? []), ...(inactive ?? [])].some((target) =>
      target.ranges.some((range) => range.devno === devno),
    ),
  )?.name;
}
