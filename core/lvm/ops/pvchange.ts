import { newLvmId, type LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import type { PhysicalVolume } from '../format/model.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { activeLvs, vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';
import { relabelStep } from './pv-steps.ts';
import { tagged, type TagChange } from './tags.ts';

/** Changes what the metadata says of a PV. */
export interface PvchangeRequest extends TagChange {
  readonly verb: 'pvchange';
  readonly device: string;
  readonly allocatable?: boolean;
  /** Gives it a new identifier. */
  readonly newId?: true;
}

export const planPvchange: Operation<PvchangeRequest> = (request, context) => {
  const found = memberToChange(
    context,
    request.device,
    'pvchange',
    request.allocatable === undefined ? 'other' : 'allocatable',
  );
  if (!found.ok) return found;
  const { pv, scanned, entry } = found.value;
  if (request.allocatable === entry.status.includes('ALLOCATABLE')) {
    return ok(nothingToDo(request.device, request.allocatable));
  }
  const fresh = request.newId ? newLvmId((limit) => context.random.below(limit)) : entry.id;
  if (request.newId && activeLvs(context, scanned.vg).length > 0) {
    return err({ code: 'pv-vg-active', device: request.device });
  }
  const changed: PhysicalVolume = {
    ...entry,
    id: fresh,
    tags: tagged(entry.tags, request),
    status: withAllocatable(entry.status, request.allocatable),
  };
  const relabel: readonly Step[] = request.newId ? [relabelStep(pv, { pvId: fresh })] : [];
  return planChange(context, scanned, {
    title: `Change physical volume ${request.device}`,
    next: {
      ...scanned.vg,
      pvs: scanned.vg.pvs.map((one) => (one === entry ? changed : one)),
      lvs: scanned.vg.lvs.map((lv) => ({ ...lv, segments: lv.segments.map(moved) })),
    },
    before: relabel,
    done: [{ code: 'pv-changed', device: request.device }],
  });

  /** Segments name their PV by its identifier here; in the text by its section. */
  function moved<S extends (typeof scanned.vg.lvs)[number]['segments'][number]>(segment: S): S {
    if (segment.kind !== 'striped') return segment;
    const areas = segment.areas.map((area) =>
      area.on === 'pv' && area.pvId === entry.id ? { ...area, pvId: fresh } : area,
    );
    return { ...segment, areas };
  }
};

interface Member {
  readonly pv: ScannedPv;
  readonly scanned: ScannedVg;
  readonly entry: PhysicalVolume;
}

/** A PV that is in a group which may be changed. */
export function memberToChange(
  context: OpContext,
  device: string,
  command: string,
  how: 'allocatable' | 'other' = 'other',
): Result<Member, VolumeError> {
  if (!context.disks.some(({ path }) => path === device)) {
    return err({ code: 'device-not-found', device, command });
  }
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv) return err({ code: 'not-a-pv', device, command });
  if (pv.vgName === undefined) return err({ code: 'pv-not-in-a-vg', device, what: how });
  const scanned = vgToChange(context, pv.vgName);
  if (!scanned.ok) return scanned;
  const id: LvmId = pv.label.pvId;
  const entry = scanned.value.vg.pvs.find((one) => one.id === id);
  if (!entry) return err({ code: 'pv-not-in-vg', device, vg: pv.vgName });
  return { ok: true, value: { pv, scanned: scanned.value, entry } };
}

/** As LVM: it says so and succeeds. */
function nothingToDo(device: string, allocatable: boolean): Plan {
  return {
    title: `Change physical volume ${device}`,
    steps: [],
    commitAt: -1,
    warnings: [{ code: 'pv-already-allocatable', device, allocatable }],
    questions: [],
    done: [{ code: 'pv-not-changed', device }],
  };
}

function withAllocatable(status: readonly string[], wish: boolean | undefined): readonly string[] {
  if (wish === undefined) return status;
  return wish ? ['ALLOCATABLE', ...status] : status.filter((word) => word !== 'ALLOCATABLE');
}
