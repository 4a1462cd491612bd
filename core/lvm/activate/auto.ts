/** Which volumes come up by themselves when a lab is opened, and how they go down. */
import type { Plan, Step } from '../../contract/plan.ts';
import type { LogicalVolume, VolumeGroup } from '../format/model.ts';
import { isVisible } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import { activateSteps, type RunningName } from './steps.ts';
import { deviceTree, type DevNoOfPv } from './tree.ts';

/** @param wanted of the visible volumes; those that are complete and can be run here come up */
export function bringUpPlan(
  scanned: ScannedVg,
  devNoOf: DevNoOfPv,
  running: RunningName,
  wanted: (lv: LogicalVolume) => boolean,
): Plan {
  const { vg } = scanned;
  const steps: Step[] = [];
  const planned = new Set<string>();
  for (const lv of vg.lvs.filter((one) => isVisible(one) && wanted(one))) {
    const tree = deviceTree(vg, lv, devNoOf);
    if (!tree.ok) continue;
    const there: RunningName = (node) => (planned.has(node.uuid) ? node.name : running(node));
    for (const step of activateSteps(tree.value, there)) {
      steps.push(step);
      if (step.action.kind === 'create-device') planned.add(step.action.uuid);
    }
  }
  const title = `Activate the logical volumes of ${vg.name}`;
  return { title, steps, commitAt: -1, warnings: [], questions: [], done: [] };
}

const STAYS_DOWN = ['ACTIVATION_SKIP', 'NOAUTOACTIVATE'];

/** What comes up by itself: not told to stay down, of a group that is neither. */
export function comesUp(vg: VolumeGroup): (lv: LogicalVolume) => boolean {
  const allowed = !vg.status.includes('EXPORTED') && !vg.flags.includes('NOAUTOACTIVATE');
  return (lv) => allowed && !lv.flags.some((flag) => STAYS_DOWN.includes(flag));
}
