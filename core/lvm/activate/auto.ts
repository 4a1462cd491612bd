/** Which volumes come up by themselves when a lab is opened, and how they go down. */
import type { Plan, Step } from '../../contract/plan.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import type { LogicalVolume, VolumeGroup } from '../format/model.ts';
import { seenLvs } from '../format/shown.ts';
import type { ScannedVg } from '../scan-types.ts';
import { Kernel } from './kernel.ts';
import { activateSteps } from './steps.ts';
import { deviceTree, topsOf, type Surroundings } from './tree.ts';

/** @param devices all that there are
 * @param wanted of the visible volumes; those that are complete and can be run here come up */
export function bringUpPlan(
  scanned: ScannedVg,
  around: Surroundings,
  devices: readonly DmDeviceState[],
  wanted: (lv: LogicalVolume) => boolean,
): Plan {
  const { vg } = scanned;
  const byUuid = new Map(devices.map((device) => [device.uuid, device]));
  const byNumber = new Map(devices.map((device) => [device.devno, device]));
  const kernel = new Kernel({
    byUuid: (uuid) => byUuid.get(uuid),
    byNumber: (devno) => byNumber.get(devno),
  });
  const steps: Step[] = [];
  const minors = new Set<number>();
  for (const lv of seenLvs(vg).filter(wanted)) {
    const tree = deviceTree(vg, lv, around);
    if (!tree.ok) continue;
    const numbers = topsOf(tree.value).flatMap(({ minor, uuid }) =>
      minor === undefined || kernel.find(uuid) ? [] : [{ minor, uuid }],
    );
    const isTaken = ({ minor, uuid }: (typeof numbers)[number]): boolean =>
      minors.has(minor) || isMinorTaken(devices, minor, uuid);
    if (numbers.some(isTaken)) continue;
    for (const { minor } of numbers) minors.add(minor);
    steps.push(...activateSteps(tree.value, kernel));
  }
  const title = `Activate the logical volumes of ${vg.name}`;
  return { title, steps, commitAt: -1, warnings: [], questions: [], done: [] };
}

/** Another device than this one has the number. */
export function isMinorTaken(
  devices: readonly DmDeviceState[],
  minor: number,
  uuid: string,
): boolean {
  const found = devices.find(({ devno }) => devno.endsWith(`:${minor}`));
  return found !== undefined && found.uuid !== uuid;
}

const STAYS_DOWN = ['ACTIVATION_SKIP', 'NOAUTOACTIVATE'];

/** What comes up by itself: not told to stay down, of a group that is neither. */
export function comesUp(vg: VolumeGroup): (lv: LogicalVolume) => boolean {
  const allowed = !vg.status.includes('EXPORTED') && !vg.flags.includes('NOAUTOACTIVATE');
  return (lv) => allowed && !lv.flags.some((flag) => STAYS_DOWN.includes(flag));
}
