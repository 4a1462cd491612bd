import type { Operation } from './context.ts';
import { vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';
import { outdatedNotices, outdatedSteps } from './pv-steps.ts';

/**
 * Writes the newest version to every area, so that all copies are one again, and makes orphans of
 * PVs that left the group while they were away.
 */
export interface VgckRequest {
  readonly verb: 'vgck';
  readonly vg: string;
}

export const planVgck: Operation<VgckRequest> = ({ vg: name }, context) => {
  const scanned = vgToChange(context, name, { missing: true });
  if (!scanned.ok) return scanned;
  return planChange(context, scanned.value, {
    title: `Update the metadata of ${name}`,
    next: scanned.value.vg,
    after: outdatedSteps(scanned.value),
    warnings: outdatedNotices(scanned.value),
    done: [],
  });
};
