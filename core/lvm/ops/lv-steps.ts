/** Device steps of one volume as operations need them. */
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import type { Kernel } from '../activate/kernel.ts';
import { deactivateSteps } from '../activate/steps.ts';
import { dmUuid } from '../activate/names.ts';
import { deviceTree } from '../activate/tree.ts';
import type { LogicalVolume } from '../format/model.ts';
import { besideMoving } from '../format/pvmove.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import { surroundings } from './find.ts';

interface TakenDown {
  readonly steps: readonly Step[];
  /** What stays up, because somebody has it open. */
  readonly open: readonly VolumeError[];
}

/**
 * Takes the devices of a volume down; nothing to do for one that is not active. As in LVM all that
 * moves through the same volume goes with it, but what something else stands on.
 */
export function takeDown(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  kernel: Kernel = context.kernel(),
): Result<TakenDown, VolumeError> {
  const { vg } = scanned;
  if (!kernel.find(dmUuid(vg.id, lv.id))) return ok({ steps: [], open: [] });
  // Pieces that are missing now may have been there when it went up, or been stood in for.
  const treeOf = (one: LogicalVolume) => deviceTree(vg, one, surroundings(context, scanned), true);
  const tree = treeOf(lv);
  if (!tree.ok) return tree;
  const beside = besideMoving(vg, lv).flatMap((one) => {
    const other = treeOf(one);
    return other.ok ? [other.value] : [];
  });
  const open: VolumeError[] = [];
  const steps = deactivateSteps(tree.value, kernel, beside, ({ name, uuid }) => {
    const { openCount = 0, devno = '' } = context.device(uuid) ?? {};
    const held = context.holderOf(devno) === undefined ? {} : { held: true as const };
    const device = `${name} (${devno})`;
    open.push({ code: 'lv-in-use', vg: vg.name, lv: lv.name, openCount, ...held, device });
  });
  return ok({ steps, open });
}

/** The same where nothing of it may stay. */
export function removeDeviceSteps(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  kernel?: Kernel,
): Result<readonly Step[], VolumeError> {
  const down = takeDown(context, scanned, lv, kernel);
  if (!down.ok) return down;
  const [open] = down.value.open;
  return open ? err(open) : ok(down.value.steps);
}

/** The first mapped device whose tables use a disk. */
export function holderOf(devices: readonly DmDeviceState[], devno: string): string | undefined {
  return devices.find(({ live, inactive }) =>
    [...(live ?? []), ...(inactive ?? [])].some((target) =>
      target.ranges.some((range) => range.devno === devno),
    ),
  )?.name;
}
