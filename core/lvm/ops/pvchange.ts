import { formatLvmId, newLvmId, type LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import { hasAreas, type PhysicalVolume, type Segment, type VolumeGroup } from '../format/model.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';
import { barring } from '../access.ts';
import { refusedAfter } from './after.ts';
import type { UsableArea } from './balance.ts';
import { isPassedOver, nothingOf } from './clones.ts';
import type { OpContext, Operation } from './context.ts';
import { activeLvs, devicesOf, incompleteToo, noDevice, vgToChange } from './find.ts';
import { usableAreas } from './metadata-steps.ts';
import { planChange, type ChangeParts } from './plan-change.ts';
import { withNewIdentity } from './pv-identity.ts';
import { diskToWrite, isUsed, markStep, relabelStep } from './pv-steps.ts';
import { tagged, type TagChange } from './tags.ts';

/** Changes what the metadata says of a PV. */
export interface PvchangeRequest extends TagChange {
  readonly verb: 'pvchange';
  readonly device: string;
  readonly allocatable?: boolean;
  /** Gives it a new identifier. */
  readonly newId?: true;
  /** Sets its metadata areas aside, or takes them into use. */
  readonly metadataIgnore?: boolean;
  /** Does not ask. */
  readonly force?: true;
  /** Also a PV whose label says that it is in a group that nobody knows; it is so no more. */
  readonly orphaned?: true;
}

export const planPvchange: Operation<PvchangeRequest> = (request, context) => {
  const { device, allocatable, metadataIgnore } = request;
  if (isPassedOver(context, device)) return ok(nothingOf(device));
  const orphan = context.scan.pvs.find(({ path, vgName }) => path === device && !vgName);
  if (orphan && !orphan.outdated && !changesEntry(request))
    return changeOrphan(orphan, request, context);
  const tags = request.addTags ?? request.deleteTags;
  const what = tags ? 'tag' : allocatable === undefined ? 'other' : 'allocatable';
  const found = memberToChange(context, device, 'pvchange', what);
  if (!found.ok) return found;
  const { pv, scanned, entry } = found.value;
  if (request.newId && activeLvs(context, scanned.vg).length > 0) {
    return err({ code: 'pv-vg-active', device });
  }
  const already: Notice[] =
    allocatable === entry.status.includes('ALLOCATABLE')
      ? [{ code: 'pv-already-allocatable', device, allocatable }]
      : [];
  const others = [tags, request.newId, metadataIgnore].some((one) => one !== undefined);
  if (already.length > 0 && !others) return ok(nothingToDo(device, already));
  const copies = metadataIgnore === undefined ? undefined : withIgnored(found.value, request);
  if (copies && !copies.ok) return err(refusedAfter(already, copies.error));
  const fresh = request.newId ? newLvmId((limit) => context.random.below(limit)) : entry.id;
  const changed: PhysicalVolume = {
    ...entry,
    id: fresh,
    tags: tagged(entry.tags, request),
    status: withAllocatable(entry.status, allocatable),
  };
  const plan = planChange(context, scanned, {
    title: `Change physical volume ${device}`,
    next: withPv(scanned.vg, entry, changed, copies?.value.metadataCopies),
    warnings: already,
    done: [...(copies?.value.said ?? []), { code: 'pv-changed', device }],
    log: {
      first: [
        ...(allocatable === undefined
          ? []
          : [{ code: 'setting-allocatable', device, to: allocatable } as const]),
        { code: 'updating-pv', device },
      ],
    },
    ...copies?.value.parts,
  });
  return plan.ok && request.newId ? ok(withNewIdentity(plan.value, pv, fresh)) : plan;
};

const changesEntry = (request: PvchangeRequest): boolean =>
  request.allocatable !== undefined || (request.addTags ?? request.deleteTags) !== undefined;

/** Segments name their PV by its identifier here; in the text by its section. */
function withPv(
  vg: VolumeGroup,
  entry: PhysicalVolume,
  changed: PhysicalVolume,
  metadataCopies = vg.metadataCopies,
): VolumeGroup {
  const moved = (segment: Segment): Segment => {
    if (!hasAreas(segment)) return segment;
    const areas = segment.areas.map((area) =>
      area.on === 'pv' && area.pvId === entry.id ? { ...area, pvId: changed.id } : area,
    );
    return { ...segment, areas };
  };
  return {
    ...vg,
    ...(metadataCopies === undefined ? {} : { metadataCopies }),
    pvs: vg.pvs.map((one) => (one === entry ? changed : one)),
    lvs: vg.lvs.map((lv) => ({ ...lv, segments: lv.segments.map(moved) })),
  };
}

/** An orphan is in no text: its label and the headers of its areas say it alone. */
function changeOrphan(
  pv: ScannedPv,
  { device, newId, metadataIgnore, orphaned }: PvchangeRequest,
  context: OpContext,
): Result<Plan, VolumeError> {
  const disk = diskToWrite(context, device, 'pvchange');
  if (!disk.ok) return disk;
  const used = isUsed(pv.label);
  if (used && !orphaned) return err({ code: 'pv-used-unknown', device, command: 'pvchange' });
  const areas = metadataIgnore === undefined ? undefined : setAside(pv, metadataIgnore);
  if (areas && !areas.ok) return areas;
  const pvId = newLvmId((limit) => context.random.below(limit));
  return ok({
    title: `Change physical volume ${device}`,
    steps: [
      ...(used ? [markStep(device, false)] : []),
      ...(newId ? [relabelStep(pv, { pvId })] : []),
      ...(areas ? [areas.value] : []),
    ],
    commitAt: -1,
    warnings: [],
    questions: [],
    done: [{ code: 'pv-changed', device }],
  });
}

function setAside(pv: ScannedPv, ignored: boolean): Result<Step, VolumeError> {
  const device = pv.path;
  const before = usableAreas([pv]);
  if (!before.some((area) => area.ignored !== ignored)) {
    return err({ code: 'areas-already', device, ignored });
  }
  return ok({
    what: `${ignored ? 'set aside' : 'take into use'} the metadata areas of ${device}`,
    why: 'The header of an area says whether it takes copies of the metadata.',
    action: { kind: 'set-aside', areas: before.map((area) => ({ ...area, ignored })) },
    undo: { kind: 'set-aside', areas: before },
  });
}

interface CopiesChange {
  readonly metadataCopies?: number;
  readonly said: readonly Notice[];
  readonly parts: Pick<ChangeParts, 'areas' | 'questions'>;
}

/** As many copies are kept as there are areas left: who names a PV means just this one. */
function withIgnored(
  { pv, scanned }: Member,
  { device, metadataIgnore: ignored = false, force }: PvchangeRequest,
): Result<CopiesChange, VolumeError> {
  const { vg } = scanned;
  const own = usableAreas([pv]);
  if (!own.some((area) => area.ignored !== ignored)) {
    return err({ code: 'areas-already', device, ignored });
  }
  const areas = usableAreas(devicesOf(scanned)).map((area): UsableArea =>
    area.device === device ? { ...area, wished: ignored } : area,
  );
  const used = areas.filter((area) => !(area.wished ?? area.ignored)).length;
  if (used === 0) return err({ code: 'areas-all-ignored', device, vg: vg.name });
  const from = vg.metadataCopies ?? 0;
  if (from === 0) return ok({ said: [], parts: { areas } });
  return ok({
    metadataCopies: used,
    said: [{ code: 'metadata-copies-change', vg: vg.name, from, to: used }],
    parts: {
      areas,
      questions: force ? [] : [{ code: 'override-copies', vg: vg.name, device }],
    },
  });
}

export interface Member {
  readonly pv: ScannedPv;
  readonly scanned: ScannedVg;
  readonly entry: PhysicalVolume;
}

/** A PV that is in a group which may be changed. */
export function memberToChange(
  context: OpContext,
  device: string,
  command: string,
  how: 'allocatable' | 'tag' | 'other' = 'other',
): Result<Member, VolumeError> {
  if (!context.disks.some(({ path }) => path === device)) {
    return err(noDevice(context, device, command));
  }
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv || pv.outdated) return err({ code: 'not-a-pv', device, command });
  if (pv.vgName === undefined) return err({ code: 'pv-not-in-a-vg', device, what: how });
  // By its identifier: another group may have the name.
  const group = context.scan.vgs.find(({ devices }) => devices.get(pv.label.pvId) === pv);
  const barred = barring(context.scan, pv);
  if (barred) return err({ code: 'pv-barred', device, vg: barred.vg.name, why: barred.why });
  const scanned = vgToChange(context, group ? formatLvmId(group.vg.id) : pv.vgName);
  if (!scanned.ok) {
    const { error } = scanned;
    if (error.code !== 'duplicate-pvs') return incompleteToo(error, device, command);
    const unchanged = { code: 'pv-unchanged', device, vg: error.vg, command } as const;
    return err({ code: 'several', errors: [error, unchanged] });
  }
  const id: LvmId = pv.label.pvId;
  const entry = scanned.value.vg.pvs.find((one) => one.id === id);
  if (!entry) return err({ code: 'pv-not-in-vg', device, vg: pv.vgName });
  return { ok: true, value: { pv, scanned: scanned.value, entry } };
}

/** As LVM: it says so and succeeds. */
function nothingToDo(device: string, warnings: readonly Notice[]): Plan {
  return {
    title: `Change physical volume ${device}`,
    steps: [],
    commitAt: -1,
    warnings,
    questions: [],
    done: [{ code: 'pv-not-changed', device }],
  };
}

function withAllocatable(status: readonly string[], wish: boolean | undefined): readonly string[] {
  if (wish === undefined) return status;
  return wish ? ['ALLOCATABLE', ...status] : status.filter((word) => word !== 'ALLOCATABLE');
}
