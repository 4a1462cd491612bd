import { err, ok } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Notice, Question } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import type { OpContext, Operation } from './context.ts';
import { layoutPv, type PvCreation } from './pv-layout.ts';
import { diskToWrite, initStep, isUsed } from './pv-steps.ts';

/** Makes disks physical volumes. Refuses those of a group unless forced twice. */
export interface PvcreateRequest extends PvCreation {
  readonly verb: 'pvcreate';
  /** Paths as `/dev/sda`; one or more. */
  readonly devices: readonly string[];
  /** How often `-f` was given: 2 initialises a PV that belongs to a volume group. */
  readonly force?: number;
}

/** Each device stands for itself: what was made before a failure stays made. */
export const planPvcreate: Operation<PvcreateRequest> = (request, context) => {
  const steps: Step[] = [];
  const questions: Question[] = [];
  const again: Notice[] = [];
  for (const [index, device] of request.devices.entries()) {
    if (request.devices.indexOf(device) !== index) {
      // LVM makes it once and says so each time.
      again.push({ code: 'pv-created', device });
      continue;
    }
    const disk = diskToWrite(context, device, 'pvcreate');
    if (!disk.ok) return disk;
    const taken = refuseUsed(context, device, request.force ?? 0);
    if (taken) return err(taken);
    const vg = context.scan.pvs.find(({ path }) => path === device)?.vgName;
    if (vg !== undefined) questions.push({ code: 'initialize-used-pv', device, vg });
    const layout = layoutPv(disk.value, request, context.random);
    if (!layout.ok) return layout;
    steps.push(initStep(disk.value, layout.value));
  }
  const title = `Make ${request.devices.join(', ')} physical volumes`;
  return ok({ title, steps, commitAt: -1, warnings: [], questions, done: again });
};

/** A PV of a group needs `-ff`, and is never taken from under running volumes. */
function refuseUsed(context: OpContext, device: string, force: number): VolumeError | undefined {
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv) return undefined;
  const devno = context.disks.find(({ path }) => path === device)?.devno;
  const { vgName: vg } = pv;
  if (vg === undefined) {
    return isUsed(pv.label) && force < 2 ? { code: 'pv-used-unknown', device } : undefined;
  }
  if (force < 2) return { code: 'pv-of-vg', device, vg, command: 'pvcreate' };
  const holder = context.holderOf(devno ?? '');
  return holder === undefined ? undefined : { code: 'claimed', what: device, holder };
}
