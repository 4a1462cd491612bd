import { newLvmId, type LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import { hasAreas, type PhysicalVolume, type Segment, type VolumeGroup } from '../format/model.ts';
import { checkVgName } from '../format/names.ts';
import type { ScannedPv } from '../scan-types.ts';
import { allGroups, barOf, barredError } from '../access.ts';
import { cloneOn, type Clone } from './clones.ts';
import type { OpContext, Operation } from './context.ts';
import { directly, unreadDisk } from './find.ts';
import { metadataSteps, nextVersion, usableAreas } from './metadata-steps.ts';
import { relabelStep } from './pv-steps.ts';
import { withWord } from './vgchange.ts';

/** Gives copies of disks identifiers and a group name of their own, beside the originals. */
export interface VgimportcloneRequest {
  readonly verb: 'vgimportclone';
  /** All disks of the copy. */
  readonly devices: readonly string[];
  /** Default: the name that the copy has, and a number. */
  readonly base?: string;
  /** Also a copy of a group that was exported; it is so no more. */
  readonly exported?: true;
}

/**
 * The text first: it names the disks, so that the import can be finished where it is cut short.
 * Until its label has the new identifier a disk still counts as a duplicate.
 */
export const planVgimportclone: Operation<VgimportcloneRequest> = (request, context) => {
  const clone = cloneOn(context, request.devices);
  if (!clone.ok) return clone;
  const unread = unreadDisk(context);
  if (unread) return err(unread);
  const refused = refuse(request, context, clone.value);
  if (refused) return err(refused);
  return clone.value.unfinished
    ? finish(context, clone.value)
    : importAnew(request, context, clone.value);
};

function refuse(
  request: VgimportcloneRequest,
  context: OpContext,
  { vg, disks }: Clone,
): VolumeError | undefined {
  const why = barOf(vg, context.access);
  if (why !== undefined) {
    const barred = barredError({ vg, why, localId: context.access.systemId });
    const errors = [directly(barred), { code: 'clone-unread', vg: vg.name } as const];
    return { code: 'several', errors };
  }
  if (vg.status.includes('EXPORTED') && !request.exported) {
    return { code: 'clone-exported', vg: vg.name };
  }
  const busy = [...disks.values()].filter(({ path }) => {
    const devno = context.disks.find((disk) => disk.path === path)?.devno;
    return devno !== undefined && context.holderOf(devno) !== undefined;
  });
  if (busy.length > 0) return { code: 'clone-active', devices: busy.map(({ path }) => path) };
  const locked = context.disks.find(
    ({ path, readOnly }) => readOnly && [...disks.values()].some((pv) => pv.path === path),
  );
  if (locked) return { code: 'device-read-only', device: locked.path };
  const base = request.base;
  return base !== undefined && checkVgName(base) ? { code: 'vg-name-unfit', vg: base } : undefined;
}

function importAnew(
  request: VgimportcloneRequest,
  context: OpContext,
  { vg, disks }: Clone,
): Result<Plan, VolumeError> {
  const fresh = new Map(vg.pvs.map(({ id }) => [id, newId(context)]));
  const name = freeName(request.base ?? vg.name, request.base === undefined ? 1 : 0, context);
  const next = nextVersion({ ...withNewIds(vg, fresh, disks, newId(context)), name });
  const members = vg.pvs.flatMap(({ id }) => disks.get(id) ?? []);
  const metadata = metadataSteps(context, next, usableAreas(members), { before: [vg] });
  if (!metadata.ok) return metadata;
  const labels = vg.pvs.flatMap(({ id }) => {
    const [disk, pvId] = [disks.get(id), fresh.get(id)];
    return disk && pvId ? [relabelStep(disk, { pvId })] : [];
  });
  const { prepare, commit } = metadata.value;
  return ok({
    title: `Import the clone of volume group ${vg.name} as ${name}`,
    steps: [...prepare, commit, ...labels],
    commitAt: prepare.length,
    warnings: [],
    questions: [],
    done: [],
  });
}

const newId = ({ random }: OpContext): LvmId => newLvmId((limit) => random.below(limit));

/** `vg1`, `vg2`, ...; a name that was given is taken as it is where it is free. */
function freeName(base: string, from: number, { scan }: OpContext): string {
  const taken = new Set(allGroups(scan).map(({ vg }) => vg.name));
  for (let number = from; ; number++) {
    const name = number === 0 ? base : `${base}${number}`;
    if (!taken.has(name)) return name;
  }
}

function withNewIds(
  vg: VolumeGroup,
  fresh: ReadonlyMap<LvmId, LvmId>,
  disks: ReadonlyMap<LvmId, ScannedPv>,
  id: LvmId,
): VolumeGroup {
  const pv = (one: PhysicalVolume): PhysicalVolume => ({
    ...one,
    id: fresh.get(one.id) ?? one.id,
    deviceHint: disks.get(one.id)?.path ?? one.deviceHint,
    status: withWord(one.status, 'EXPORTED', false),
  });
  const segment = (one: Segment): Segment =>
    hasAreas(one)
      ? {
          ...one,
          areas: one.areas.map((area) =>
            area.on === 'pv' ? { ...area, pvId: fresh.get(area.pvId) ?? area.pvId } : area,
          ),
        }
      : one;
  return {
    ...vg,
    id,
    status: withWord(vg.status, 'EXPORTED', false),
    pvs: vg.pvs.map(pv),
    lvs: vg.lvs.map((lv) => ({ ...lv, segments: lv.segments.map(segment) })),
  };
}

/** The text is on some disk already: the others get it, and the labels that do not say so yet. */
function finish(context: OpContext, { vg, disks }: Clone): Result<Plan, VolumeError> {
  const late = [...disks].filter(([pvId, { label }]) => label.pvId !== pvId);
  const members = vg.pvs.flatMap(({ id }) => disks.get(id) ?? []);
  const metadata = metadataSteps(context, nextVersion(vg), usableAreas(members), {
    before: [vg],
  });
  if (!metadata.ok) return metadata;
  const { prepare, commit } = metadata.value;
  return ok({
    title: `Finish the import of volume group ${vg.name}`,
    steps: [...prepare, commit, ...late.map(([pvId, disk]) => relabelStep(disk, { pvId }))],
    commitAt: prepare.length,
    warnings: [],
    questions: [],
    done: [],
  });
}
