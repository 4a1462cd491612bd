import { err } from '../../base/result.ts';
import { isMissing } from '../format/model.ts';
import type { Operation } from './context.ts';
import { vgToChange } from './find.ts';
import { usableAreas } from './metadata-steps.ts';
import { soundMembers } from './missing.ts';
import { planChange } from './plan-change.ts';

/** Takes a PV back that was written off as missing and is there again. */
export interface RestoremissingRequest {
  readonly verb: 'restoremissing';
  readonly vg: string;
  readonly device: string;
}

export const planRestoremissing: Operation<RestoremissingRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg, devices } = scanned.value;
  const { device } = request;
  const found = [...devices.values()].find(({ path }) => path === device);
  const entry = vg.pvs.find(({ id }) => id === found?.label.pvId);
  if (!found || !entry) return err({ code: 'pv-not-in-vg', device, vg: vg.name });
  if (!isMissing(entry)) return err({ code: 'pv-not-missing', device });
  const flags = entry.flags.filter((word) => word !== 'MISSING');
  const status = entry.status.filter((word) => word !== 'MISSING');
  return planChange(context, scanned.value, {
    title: `Take ${device} back into ${vg.name}`,
    next: { ...vg, pvs: vg.pvs.map((pv) => (pv === entry ? { ...pv, flags, status } : pv)) },
    areas: usableAreas([...soundMembers(scanned.value), found]),
    done: [{ code: 'vg-extended', vg: vg.name }],
  });
};
