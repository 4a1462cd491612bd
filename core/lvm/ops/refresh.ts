/** Loads the tables of volumes that are up anew, as their metadata says. No commit. */
import { err, ok } from '../../base/result.ts';
import type { Notice } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import { reloadSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { findLv, type LogicalVolume } from '../format/model.ts';
import { isSeen, seenLvs } from '../format/shown.ts';
import { partialLvs } from '../format/partial.ts';
import type { Operation } from './context.ts';
import { surroundings, isActive, lvToChange, vgToChange } from './find.ts';
import { missingPvs } from './missing.ts';
import { mergesOf } from './snapshot/merge.ts';
import { refuseFamilyOpen } from './snapshot/open.ts';

export interface RefreshRequest {
  readonly verb: 'refresh';
  readonly vg: string;
  /** Absent: all of the group. */
  readonly lv?: string;
  /** Devices that fail all I/O stand for missing pieces; otherwise who misses one is left alone. */
  readonly partial?: boolean;
}

export const planRefresh: Operation<RefreshRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const part = request.lv === undefined ? undefined : findLv(vg, request.lv);
  if (part && !isSeen(vg, part)) return err({ code: 'lv-hidden', vg: vg.name, lv: part.name });
  const named = request.lv === undefined ? undefined : lvToChange(vg, request.lv, 'lvchange');
  if (named && !named.ok) return named;
  const chosen = named ? [named.value] : seenLvs(vg);
  const steps: Step[] = [];
  const refreshed: LogicalVolume[] = [];
  const notices: Notice[] = [];
  const incomplete = partialLvs(vg, request.partial ? [] : missingPvs(scanned.value));
  for (const lv of chosen.filter((one) => isActive(context, vg, one))) {
    if (incomplete.has(lv.name)) {
      const error = { code: 'refresh-partial', vg: vg.name, lv: lv.name } as const;
      if (named) return err(error);
      notices.push({ code: 'lv-skipped', error });
      continue;
    }
    const tree = deviceTree(vg, lv, surroundings(context, scanned.value), true);
    if (!tree.ok) {
      if (named) return tree;
      continue;
    }
    const { preload, suspend, resume } = reloadSteps(tree.value, context.kernel());
    steps.push(...preload, ...suspend, ...resume);
    refreshed.push(lv);
  }
  const what = named ? `${vg.name}/${request.lv}` : `the volumes of ${vg.name}`;
  const title = `Refresh ${what}`;
  // Whatever fails, no device stays suspended.
  const commitAt = steps.length - 1;
  const short = notices.length > 0 ? { short: { code: 'incomplete', vg: vg.name } as const } : {};
  const begins = mergesOf(
    context,
    vg,
    refreshed,
    (origin) => !refuseFamilyOpen(context, vg, origin),
  );
  const none = { warnings: notices, questions: [], done: [] };
  return ok({ title, steps, commitAt, ...none, begins, ...short });
};
