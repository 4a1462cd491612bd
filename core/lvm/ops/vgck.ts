import type { Operation } from './context.ts';
import { vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';

/** Writes the newest version to every area, so that all copies are one again. */
export interface VgckRequest {
  readonly verb: 'vgck';
  readonly vg: string;
}

export const planVgck: Operation<VgckRequest> = ({ vg: name }, context) => {
  const scanned = vgToChange(context, name);
  if (!scanned.ok) return scanned;
  return planChange(context, scanned.value, {
    title: `Update the metadata of ${name}`,
    next: scanned.value.vg,
    done: [],
  });
};
