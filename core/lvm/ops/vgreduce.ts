import { err, ok, type Err } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import { pvRunsOf } from '../format/pv-map.ts';
import { isPassedOver, nothingOf } from './clones.ts';
import type { Operation } from './context.ts';
import { devicesOf, directly, findVg, incompleteToo, noDevice, vgToChange } from './find.ts';
import { eraseStep, usableAreas } from './metadata-steps.ts';
import { planChange } from './plan-change.ts';
import { markStep } from './pv-steps.ts';

type BarredError = VolumeError & { readonly code: 'vg-barred' };

/** Takes an empty PV out of a group; it stays a PV. */
export interface VgreduceRequest {
  readonly verb: 'vgreduce';
  readonly vg: string;
  /** A path; empty: of a group that is to be refused. */
  readonly device: string;
  /** More of them, where it is known that the group is to be refused: that is said once. */
  readonly others?: readonly string[];
}

function withOthers(error: VolumeError, others: readonly string[]): VolumeError {
  const errors = error.code === 'several' ? error.errors : [error];
  const more = others.map((device) => ({ code: 'not-a-pv', device, command: 'vgreduce' }) as const);
  return others.length === 0 ? error : { code: 'several', errors: [...errors, ...more] };
}

/** LVM reads the group, and then comes upon the PV. */
function barredToo(error: BarredError, device: string): Err<VolumeError> {
  const { vg, why } = error;
  const refused = { code: 'pv-barred', device, vg, why } as const;
  const told = why === 'foreign' && error.localId === undefined;
  return err(told ? { code: 'several', errors: [directly(error), refused] } : refused);
}

/** The others get the new version first: until then the PV is one of the group. */
export const planVgreduce: Operation<VgreduceRequest> = (request, context) => {
  const { vg: name, device } = request;
  if (findVg(context.scan, name).length > 0 && isPassedOver(context, device))
    return ok(nothingOf(device));
  const scanned = vgToChange(context, name);
  if (!scanned.ok) {
    const { error } = scanned;
    if (device === '') return scanned;
    if (error.code === 'vg-exported') return err({ code: 'pv-exported', device, vg: name });
    if (error.code === 'vg-barred') return barredToo(error, device);
    const refused = incompleteToo(error, device, 'vgreduce');
    return err(withOthers(refused.error, request.others ?? []));
  }
  const { vg } = scanned.value;
  const member = devicesOf(scanned.value).find(({ path }) => path === device);
  if (!member) {
    return context.disks.some(({ path }) => path === device)
      ? err({ code: 'not-a-pv', device, command: 'vgreduce' })
      : err(noDevice(context, device, 'vgreduce'));
  }
  if (!vg.status.includes('RESIZEABLE')) return err({ code: 'vg-not-resizeable', vg: vg.name });
  const id = member.label.pvId;
  if ((pvRunsOf(vg).get(id) ?? []).length > 0) return err({ code: 'pv-in-use', device });
  if (vg.pvs.length === 1) return err({ code: 'vg-last-pv', vg: name, device });
  const areas = usableAreas([member]);
  const after: readonly Step[] = [
    ...(areas.length > 0 ? [eraseStep(name, areas)] : []),
    markStep(device, false),
  ];
  return planChange(context, scanned.value, {
    title: `Remove ${device} from volume group ${name}`,
    next: { ...vg, pvs: vg.pvs.filter((pv) => pv.id !== id) },
    areas: usableAreas(devicesOf(scanned.value).filter((pv) => pv !== member)),
    after,
    log: { first: [{ code: 'removing-pv', device, vg: name, by: 'vgreduce' }] },
    done: [{ code: 'vg-reduced', vg: name, device }],
  });
};
