import { err, ok, type Result } from '../../base/result.ts';
import { extents, sectors, type Sectors } from '../../base/units.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import { pvRunsOf } from '../format/pv-map.ts';
import type { ScannedPv } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { pvSizeRefusal } from './extent-limits.ts';
import { planChange } from './plan-change.ts';
import { diskToWrite, relabelStep } from './pv-steps.ts';
import { memberToChange } from './pvchange.ts';

/** Takes the size of the device over, or one that is given. */
export interface PvresizeRequest {
  readonly verb: 'pvresize';
  readonly device: string;
  /** Default, and what zero means: the device's own. */
  readonly size?: Sectors;
}

export const planPvresize: Operation<PvresizeRequest> = (request, context) => {
  const { device } = request;
  const disk = diskToWrite(context, device, 'pvresize');
  if (!disk.ok) return disk;
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv) return err({ code: 'not-a-pv', device, command: 'pvresize' });
  const { size: wished = sectors(0) } = request;
  const size = wished > 0 ? wished : disk.value.size;
  // The second metadata area would have to move with the end of the device.
  if (pv.label.metadataAreas.length > 1) return err({ code: 'pv-two-areas', device });
  return pv.vgName === undefined ? resizeOrphan(pv, size) : resizeMember(context, pv, size);
};

function resizeOrphan(pv: ScannedPv, size: Sectors): Result<Plan, VolumeError> {
  return ok({
    title: `Resize physical volume ${pv.path}`,
    steps: [relabelStep(pv, { deviceSize: size })],
    log: { first: [{ code: 'resizing-pv', device: pv.path, size }] },
    commitAt: -1,
    warnings: pretending(pv, size),
    questions: unlike(pv, size),
    done: [{ code: 'pv-changed', device: pv.path }],
  });
}

function resizeMember(context: OpContext, pv: ScannedPv, size: Sectors): Result<Plan, VolumeError> {
  const found = memberToChange(context, pv.path, 'pvresize');
  if (!found.ok) return found;
  const { scanned, entry } = found.value;
  const { vg } = scanned;
  const count = extents(Math.max(0, Math.floor((size - entry.peStart) / vg.extentSize)));
  const tooLarge = pvSizeRefusal(pv.path, count, vg.extentSize);
  if (tooLarge) return err(tooLarge);
  const runs = pvRunsOf(vg).get(entry.id) ?? [];
  const used = runs.reduce((end, run) => Math.max(end, run.start + run.count), 0);
  if (count < used) {
    const allocated = extents(runs.reduce((sum, run) => sum + run.count, 0));
    return err({ code: 'pv-shrink-below-use', device: pv.path, count, allocated });
  }
  const changed = { ...entry, deviceSize: sectors(size), peCount: count };
  return planChange(context, scanned, {
    title: `Resize physical volume ${pv.path}`,
    next: { ...vg, pvs: vg.pvs.map((one) => (one === entry ? changed : one)) },
    warnings: pretending(pv, size),
    questions: unlike(pv, size),
    after: [relabelStep(pv, { deviceSize: size })],
    log: {
      first: [
        { code: 'resizing-pv', device: pv.path, size },
        { code: 'pv-extents', device: pv.path, from: entry.peCount, to: count },
      ],
    },
    done: [{ code: 'pv-changed', device: pv.path }],
  });
}

function unlike({ path: device, device: disk }: ScannedPv, size: Sectors): Question[] {
  const deviceSize = disk.size;
  return size === deviceSize ? [] : [{ code: 'resize-unlike-device', device, size, deviceSize }];
}

function pretending(
  { path: device, device: { size: deviceSize } }: ScannedPv,
  size: Sectors,
): Notice[] {
  const beyond: Notice = { code: 'overriding-size', device, deviceSize };
  return size === deviceSize
    ? []
    : [
        ...(size > deviceSize ? [beyond] : []),
        { code: 'pretending-size', device, size, deviceSize },
      ];
}
