import { err, ok, type Result } from '../../base/result.ts';
import { extents, sectors, type Sectors } from '../../base/units.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import { pvRunsOf } from '../format/pv-map.ts';
import type { ScannedPv } from '../scan-types.ts';
import { isPassedOver, nothingOf } from './clones.ts';
import type { OpContext, Operation } from './context.ts';
import { pvSizeRefusal } from './extent-limits.ts';
import { devicesOf } from './find.ts';
import { usableAreas } from './metadata-steps.ts';
import { planChange } from './plan-change.ts';
import { areasWith, endOfExtents, moveOf, moveSteps, withMove } from './pv-end-area.ts';
import { diskToWrite, relabelStep } from './pv-steps.ts';
import { MIN_DEVICE } from './pv-layout.ts';
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
  if (isPassedOver(context, device)) return ok(nothingOf(device));
  const disk = diskToWrite(context, device, 'pvresize');
  if (!disk.ok) return disk;
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv) return err({ code: 'not-a-pv', device, command: 'pvresize' });
  const { size: wished = sectors(0) } = request;
  const size = wished > 0 ? wished : disk.value.size;
  return pv.vgName === undefined ? resizeOrphan(pv, size) : resizeMember(context, pv, size);
};

function resizeOrphan(pv: ScannedPv, size: Sectors): Result<Plan, VolumeError> {
  const least = tooSmall(pv.path, size);
  if (least) return ok(refusedPlan(pv, size, least));
  const move = moveOf(pv, pv.label.dataAreas[0]?.start ?? sectors(0), size);
  if (!move.ok) return move;
  return ok({
    title: `Resize physical volume ${pv.path}`,
    steps: move.value ? moveSteps(pv, size, move.value) : [relabelStep(pv, { deviceSize: size })],
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
  const least = tooSmall(pv.path, size);
  if (least) return ok(refusedPlan(pv, size, least));
  const moved = moveOf(pv, entry.peStart, size);
  if (!moved.ok) return moved;
  const move = moved.value;
  const end = endOfExtents(size, entry.peStart, pv, move);
  const count = extents(Math.max(0, Math.floor((end - entry.peStart) / vg.extentSize)));
  const tooLarge = pvSizeRefusal(pv.path, count, vg.extentSize);
  if (tooLarge) return err(tooLarge);
  const runs = pvRunsOf(vg).get(entry.id) ?? [];
  const used = runs.reduce((end, run) => Math.max(end, run.start + run.count), 0);
  if (count < 1) {
    const { extentSize } = vg;
    return ok(refusedPlan(pv, size, { code: 'pv-without-extent', device: pv.path, extentSize }));
  }
  if (count < used) {
    const allocated = extents(runs.reduce((sum, run) => sum + run.count, 0));
    return ok(
      refusedPlan(pv, size, {
        code: 'pv-shrink-below-use',
        device: pv.path,
        count,
        allocated,
      }),
    );
  }
  // LVM's pv_resize leaves out what lies before the first extent, unlike pvcreate.
  const deviceSize = sectors(size - entry.peStart);
  const changed = { ...entry, deviceSize, peCount: count };
  const plan = planChange(context, scanned, {
    title: `Resize physical volume ${pv.path}`,
    next: { ...vg, pvs: vg.pvs.map((one) => (one === entry ? changed : one)) },
    warnings: pretending(pv, size),
    questions: unlike(pv, size),
    ...(move
      ? { areas: areasWith(usableAreas(devicesOf(scanned)), pv.path, move) }
      : { after: [relabelStep(pv, { deviceSize: size })] }),
    log: {
      first: [
        { code: 'resizing-pv', device: pv.path, size },
        { code: 'pv-extents', device: pv.path, from: entry.peCount, to: count },
      ],
    },
    done: [{ code: 'pv-changed', device: pv.path }],
  });
  return plan.ok && move ? ok(withMove(plan.value, pv, size, move)) : plan;
}

const tooSmall = (device: string, size: Sectors): VolumeError | undefined =>
  size < MIN_DEVICE ? { code: 'pv-below-minimum', device, least: MIN_DEVICE } : undefined;

/** LVM asks and warns before it counts. */
function refusedPlan(pv: ScannedPv, size: Sectors, short: VolumeError): Plan {
  return {
    title: `Resize physical volume ${pv.path}`,
    steps: [],
    commitAt: -1,
    warnings: pretending(pv, size),
    questions: unlike(pv, size),
    done: [],
    short,
  };
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
