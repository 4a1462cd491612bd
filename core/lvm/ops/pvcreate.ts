import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Step } from '../../contract/plan.ts';
import { diskToWrite, initStep, isUsed } from './pv-steps.ts';
import type { OpContext, OpDisk, Operation } from './context.ts';
import { hasTwin } from './find.ts';
import { formerPv, type RestoreFile } from './former-pv.ts';
import { LEAST_SIZE, layoutPv, type FormerPv, type PvCreation } from './pv-layout.ts';

/** Makes disks physical volumes. Refuses those of a group unless forced twice. */
export interface PvcreateRequest extends PvCreation {
  readonly verb: 'pvcreate';
  /** Paths as `/dev/sda`; one or more. */
  readonly devices: readonly string[];
  /** How often `-f` was given: 2 initialises a PV that belongs to a volume group. */
  readonly force?: number;
  /** Instead of a new identifier: a lost PV is made again, on one device only. */
  readonly pvId?: LvmId;
  /** Where the extents of the PV of that identifier were. */
  readonly restore?: RestoreFile;
  /** Instead of the size of the device. */
  readonly size?: Sectors;
}

/** What is known of the whole line before the devices are looked at. */
interface Wish extends PvcreateRequest {
  readonly former?: FormerPv;
}

interface Made {
  readonly steps: readonly Step[];
  readonly questions: readonly Question[];
  /** Once the questions are answered. */
  readonly said: readonly Notice[];
  /** Known already, but LVM asks first. */
  readonly short?: VolumeError;
}

/** Each device stands for itself: what was made before a failure stays made. */
export const planPvcreate: Operation<PvcreateRequest> = (request, context) => {
  const former = request.restore && formerPv(request.pvId, request.restore);
  if (former && !former.ok) return former;
  const warnings: Notice[] = [...(former?.value.warnings ?? [])];
  const wish = { ...request, ...(former ? { former: former.value.pv } : {}) };
  const ignored = former && alignmentIgnored(request, former.value.pv);
  if (ignored) warnings.push(ignored);
  const twin = context.scan.pvs.find(({ label }) => label.pvId === request.pvId);
  if (twin && !request.devices.includes(twin.path)) {
    return err({ code: 'pv-id-used', pvId: twin.label.pvId, device: twin.path });
  }
  const made: Made[] = [];
  const again: Notice[] = [];
  const twins: VolumeError[] = [];
  for (const [index, device] of request.devices.entries()) {
    if (request.devices.indexOf(device) !== index) {
      // LVM makes it once and says so each time.
      again.push({ code: 'pv-created', device });
      continue;
    }
    // LVM makes the others all the same.
    if (hasTwin(context.scan, device)) {
      twins.push({ code: 'device-duplicate', device });
      continue;
    }
    const one = makePv(device, wish, context);
    if (!one.ok) return one;
    made.push(one.value);
  }
  const [twinned] = twins;
  const refused = twins.length > 1 ? ({ code: 'several', errors: twins } as const) : twinned;
  if (made.length === 0 && refused) return err(refused);
  const short = made.find((one) => one.short)?.short ?? refused;
  return ok({
    title: `Make ${request.devices.join(', ')} physical volumes`,
    steps: made.flatMap(({ steps }) => steps),
    log: {
      first: made
        .flatMap(({ steps }) => steps)
        .flatMap(({ action }) =>
          action.kind === 'init-pv' ? [{ code: 'wiping-signatures', device: action.device }] : [],
        ),
    },
    commitAt: -1,
    warnings,
    questions: made.flatMap(({ questions }) => questions),
    done: [...made.flatMap(({ said }) => said), ...again],
    ...(short ? { short } : {}),
  });
};

function makePv(device: string, wish: Wish, context: OpContext): Result<Made, VolumeError> {
  const disk = diskToWrite(context, device, 'pvcreate');
  if (!disk.ok) return disk;
  const taken = refuseUsed(context, device, wish.force ?? 0);
  if (taken) return err(taken);
  const pv = context.scan.pvs.find(({ path }) => path === device);
  const questions: Question[] = [];
  const said: Notice[] = [];
  if (pv && (pv.vgName !== undefined || isUsed(pv.label))) {
    questions.push({ code: 'initialize-used-pv', device, vg: pv.vgName ?? '<unknown>' });
  }
  const deviceSize = disk.value.size;
  const size = wish.size === undefined || wish.size === 0 ? deviceSize : wish.size;
  if (!pv && size > deviceSize) said.push({ code: 'real-size-overridden', device });
  if (pv && size !== deviceSize) {
    questions.push({ code: 'fake-size', device, deviceSize, size });
    said.push({ code: 'faking-size', device, larger: size > deviceSize });
  }
  if (context.holderOf(disk.value.devno) !== undefined) {
    return ok({ steps: [], questions, said, short: { code: 'pv-held', device } });
  }
  const sized: OpDisk = { ...disk.value, size };
  const why = { kind: 'size-below-minimum', least: LEAST_SIZE } as const;
  const layout =
    size < LEAST_SIZE && deviceSize >= LEAST_SIZE
      ? err<VolumeError>({ code: 'pv-layout-refused', device, why })
      : layoutPv(sized, wish, context.random);
  if (layout.ok) return ok({ steps: [initStep(sized, layout.value)], questions, said });
  return questions.length === 0 ? layout : ok({ steps: [], questions, said, short: layout.error });
}

/** A PV of a group needs `-ff`. */
function refuseUsed(context: OpContext, device: string, force: number): VolumeError | undefined {
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv || force > 1) return undefined;
  const { vgName: vg } = pv;
  if (vg !== undefined) return { code: 'pv-of-vg', device, vg, command: 'pvcreate' };
  return isUsed(pv.label) ? { code: 'pv-used-unknown', device, command: 'pvcreate' } : undefined;
}

function alignmentIgnored(wish: PvCreation, { peStart }: FormerPv): Notice | undefined {
  const alignment = wish.dataAlignment;
  if (!alignment || peStart % alignment === 0) return undefined;
  return { code: 'alignment-ignored', alignment, peStart };
}
