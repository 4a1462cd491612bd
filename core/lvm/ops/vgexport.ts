import { err } from '../../base/result.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { Operation } from './context.ts';
import { activeLvs, vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';
import { withWord } from './vgchange.ts';

const without = ({ systemId: _mine, ...vg }: VolumeGroup): VolumeGroup => vg;

/** Makes a group unknown here, so that its disks can go to another machine. */
export interface VgexportRequest {
  readonly verb: 'vgexport';
  readonly vg: string;
}

export const planVgexport: Operation<VgexportRequest> = ({ vg: name }, context) => {
  const scanned = vgToChange(context, name);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  if (activeLvs(context, vg).length > 0)
    return err({ code: 'vg-has-active', vg: name, command: 'vgexport' });
  const pvs = vg.pvs.map((pv) => ({ ...pv, status: withWord(pv.status, 'EXPORTED', true) }));
  return planChange(context, scanned.value, {
    title: `Export volume group ${name}`,
    // Whoever imports it makes it its own.
    next: { ...without(vg), status: withWord(vg.status, 'EXPORTED', true), pvs },
    done: [{ code: 'vg-exported', vg: name }],
  });
};
