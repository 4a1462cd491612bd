import { err } from '../../base/result.ts';
import { activateSteps, logged } from '../activate/steps.ts';
import { dmUuid } from '../activate/names.ts';
import { deviceTree } from '../activate/tree.ts';
import { MAX_MINOR, withMinor } from '../format/device-number.ts';
import type { Operation } from './context.ts';
import { surroundings, isActive, lvToChange, vgToChange } from './find.ts';
import { removeDeviceSteps } from './lv-steps.ts';
import { planChange } from './plan-change.ts';
import { refuseFamilyOpen } from './snapshot/open.ts';

/** Gives a volume a number that its device always has; one that is up goes down for it. */
export interface LvminorRequest {
  readonly verb: 'lvminor';
  readonly vg: string;
  readonly lv: string;
  readonly minor: number;
}

export const planLvminor: Operation<LvminorRequest> = ({ vg: name, lv: of, minor }, context) => {
  const scanned = vgToChange(context, name, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const lv = lvToChange(vg, of, 'lvchange');
  if (!lv.ok) return lv;
  const names = { vg: vg.name, lv: of };
  if (minor > MAX_MINOR) return err({ code: 'minor-out-of-range', minor, max: MAX_MINOR });
  const changed = withMinor(lv.value, minor);
  const next = { ...vg, lvs: vg.lvs.map((one) => (one === lv.value ? changed : one)) };
  const parts = { title: `Give ${vg.name}/${of} the minor number ${minor}`, next, done: [] };
  if (!isActive(context, vg, lv.value)) return planChange(context, scanned.value, parts);
  const open = refuseFamilyOpen(context, vg, lv.value);
  if (open) return err(open);
  const tree = deviceTree(next, changed, surroundings(context, scanned.value));
  if (!tree.ok) return tree;
  if (context.minorTaken(minor, dmUuid(vg.id, changed.id))) {
    return err({ code: 'minor-in-use', ...names, minor });
  }
  const kernel = context.kernel();
  const down = removeDeviceSteps(context, scanned.value, lv.value, kernel);
  if (!down.ok) return down;
  const up = activateSteps(tree.value, kernel);
  return planChange(context, scanned.value, {
    ...parts,
    before: down.value,
    after: logged(up, [{ code: 'activating-lv', ...names }]),
    questions: [{ code: 'deactivate-for-minor', ...names }],
  });
};
