import { err } from '../../base/result.ts';
import type { Step } from '../../contract/plan.ts';
import { dmName } from '../activate/names.ts';
import { resume, suspend } from '../activate/steps.ts';
import { checkVgName } from '../format/names.ts';
import type { Operation } from './context.ts';
import { activeLvs, vgToChange } from './find.ts';
import { renameStep } from './lv-steps.ts';
import { planChange } from './plan-change.ts';

/** Gives a group another name; programs that have its volumes open go on. */
export interface VgrenameRequest {
  readonly verb: 'vgrename';
  /** Its name, or its identifier with dashes. */
  readonly from: string;
  readonly to: string;
}

export const planVgrename: Operation<VgrenameRequest> = ({ from: wanted, to }, context) => {
  if (wanted === to) return err({ code: 'same-vg-name' });
  const badName = checkVgName(to);
  if (badName) return err({ ...badName, isNew: true });
  const scanned = vgToChange(context, wanted, { exported: true });
  if (!scanned.ok) return scanned;
  if (context.scan.vgs.some(({ vg }) => vg.name === to)) {
    return err({ code: 'vg-rename-exists', vg: to });
  }
  const { vg } = scanned.value;
  const from = vg.name;
  const active = activeLvs(context, vg).map((lv) => dmName(from, lv.name));
  const lvNames = activeLvs(context, vg).map((lv) => dmName(to, lv.name));
  const renames: readonly Step[] = active.map((device, index) =>
    renameStep(device, lvNames[index] ?? device),
  );
  return planChange(context, scanned.value, {
    title: `Rename volume group ${from} to ${to}`,
    next: { ...vg, name: to },
    reload: { preload: [], suspend: active.map((device) => suspend(device)), resume: [] },
    after: [...renames, ...lvNames.map((device) => resume(device))],
    done: [{ code: 'vg-renamed', from, to }],
  });
};
