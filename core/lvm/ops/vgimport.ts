import { err } from '../../base/result.ts';
import type { Operation } from './context.ts';
import { vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';
import { withWord } from './vgchange.ts';

/** Makes an exported group known again. */
export interface VgimportRequest {
  readonly verb: 'vgimport';
  readonly vg: string;
}

export const planVgimport: Operation<VgimportRequest> = ({ vg: name }, context) => {
  const scanned = vgToChange(context, name, { exported: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  if (!vg.status.includes('EXPORTED')) return err({ code: 'vg-not-exported', vg: name });
  const { systemId } = context.access;
  const pvs = vg.pvs.map((pv) => ({ ...pv, status: withWord(pv.status, 'EXPORTED', false) }));
  return planChange(context, scanned.value, {
    title: `Import volume group ${name}`,
    next: {
      ...vg,
      ...(systemId === undefined ? {} : { systemId }),
      status: withWord(vg.status, 'EXPORTED', false),
      pvs,
    },
    done: [{ code: 'vg-imported', vg: name }],
  });
};
