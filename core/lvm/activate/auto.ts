/** Which volumes come up by themselves when a lab is opened, and how they go down. */
import type { Plan, Step } from '../../contract/plan.ts';
import type { LogicalVolume } from '../format/model.ts';
import { isVisible } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import { activateSteps, type RunningName } from './steps.ts';
import { deviceTree, type DevNoOfPv } from './tree.ts';

/** Visible, not told to stay down, complete, and of types that can be run here. */
export function autoActivationPlan(
  scanned: ScannedVg,
  devNoOf: DevNoOfPv,
  running: RunningName,
): Plan {
  const { vg } = scanned;
  const allowed = !vg.status.includes('EXPORTED') && !vg.flags.includes('NOAUTOACTIVATE');
  const steps: Step[] = [];
  const planned = new Set<string>();
  for (const lv of allowed ? vg.lvs.filter(wantsActivation) : []) {
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

const wantsActivation = (lv: LogicalVolume): boolean =>
  isVisible(lv) && !lv.flags.some((flag) => STAYS_DOWN.includes(flag));
