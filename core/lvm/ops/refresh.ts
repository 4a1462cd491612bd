/** Loads the tables of volumes that are up anew, as their metadata says. No commit. */
import { ok } from '../../base/result.ts';
import type { Step } from '../../contract/plan.ts';
import { reloadSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { isVisible } from '../format/model.ts';
import type { Operation } from './context.ts';
import { devNoOf, isActive, lvToChange, vgToChange } from './find.ts';

export interface RefreshRequest {
  readonly verb: 'refresh';
  readonly vg: string;
  /** Absent: all of the group. */
  readonly lv?: string;
}

export const planRefresh: Operation<RefreshRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const named = request.lv === undefined ? undefined : lvToChange(vg, request.lv, 'lvchange');
  if (named && !named.ok) return named;
  const chosen = named ? [named.value] : vg.lvs.filter(isVisible);
  const steps: Step[] = [];
  for (const lv of chosen.filter((one) => isActive(context, vg, one))) {
    const tree = deviceTree(vg, lv, devNoOf(context, scanned.value), true);
    if (!tree.ok) {
      if (named) return tree;
      continue;
    }
    const { preload, suspend, resume } = reloadSteps(tree.value, context.kernel());
    steps.push(...preload, ...suspend, ...resume);
  }
  const what = named ? `${vg.name}/${request.lv}` : `the volumes of ${vg.name}`;
  const title = `Refresh ${what}`;
  // Whatever fails, no device stays suspended.
  const commitAt = steps.length - 1;
  return ok({ title, steps, commitAt, warnings: [], questions: [], done: [] });
};
