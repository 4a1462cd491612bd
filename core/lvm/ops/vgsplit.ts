import { newLvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { findLv, type PhysicalVolume, type VolumeGroup } from '../format/model.ts';
import { checkVgName } from '../format/names.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { Copies } from './balance.ts';
import type { OpContext, Operation } from './context.ts';
import { directly, isNameTaken, unreadDisk, vgToChange } from './find.ts';
import { pvsBelow, volumesThatGo } from './split-volumes.ts';
import { planSplit } from './split-plan.ts';
import { refuseJoin, type Moving } from './two-groups.ts';

/** Moves PVs with the volumes on them into another group, which is made where there is none. */
export interface VgsplitRequest {
  readonly verb: 'vgsplit';
  readonly from: string;
  readonly to: string;
  /** PVs by path, or a volume whose PVs go. */
  readonly devices?: readonly string[];
  readonly lv?: string;
  /** For a new group only; default: as the old one has it. 0 = no limit. */
  readonly maxLv?: number;
  readonly maxPv?: number;
  readonly allocation?: AllocationPolicy;
  /** Of its metadata; default: one in every area that is not set aside. */
  readonly copies?: Copies;
}

export const planVgsplit: Operation<VgsplitRequest> = (request, context) => {
  if (request.from === request.to) return err({ code: 'vg-with-itself', vg: request.from });
  if (checkVgName(request.to)) return err({ code: 'vg-name-unfit', vg: request.to });
  const groups = bothGroups(request, context);
  if (!groups.ok) {
    const errors = [directly(groups.error), { code: 'vg-unread', vg: request.to } as const];
    return err({ code: 'several', errors });
  }
  const { from, to } = groups.value;
  // A group that cannot be read just now may have the name.
  const refused = to ? refuseExisting(request, context, from.vg, to.vg) : unreadDisk(context);
  if (refused) return err(refused);
  const moving = whatMoves(request, context, from);
  if (!moving.ok) return moving;
  const target = to?.vg ?? newGroup(request, context, from.vg);
  return planSplit(context, { from, to, target, moving: moving.value, copies: request.copies });
};

interface Groups {
  readonly from: ScannedVg;
  /** Absent: it is to be made. */
  readonly to: ScannedVg | undefined;
}

function bothGroups(request: VgsplitRequest, context: OpContext): Result<Groups, VolumeError> {
  const isThere = isNameTaken(context.scan, request.to);
  const read = {
    from: () => vgToChange(context, request.from),
    to: () => (isThere ? vgToChange(context, request.to) : ok(undefined)),
  };
  // LVM reads them in the order of their names.
  if (request.to < request.from) {
    const to = read.to();
    if (!to.ok) return to;
    const from = read.from();
    return from.ok ? ok({ from: from.value, to: to.value }) : from;
  }
  const from = read.from();
  if (!from.ok) return from;
  const to = read.to();
  return to.ok ? ok({ from: from.value, to: to.value }) : to;
}

function refuseExisting(
  request: VgsplitRequest,
  context: OpContext,
  from: VolumeGroup,
  to: VolumeGroup,
): VolumeError | undefined {
  const { maxLv, maxPv, allocation, copies } = request;
  const optioned = [maxLv, maxPv, allocation, copies].some((option) => option !== undefined);
  return optioned ? { code: 'vg-exists-optioned', vg: to.name } : refuseJoin(context, from, to);
}

function whatMoves(
  request: VgsplitRequest,
  context: OpContext,
  from: ScannedVg,
): Result<Moving, VolumeError> {
  const pvs = request.lv === undefined ? named(request, from) : ofVolume(request.lv, from.vg);
  if (!pvs.ok) return pvs;
  const lvs = volumesThatGo(context, from.vg, pvs.value);
  return lvs.ok ? ok({ pvs: pvs.value, lvs: lvs.value }) : lvs;
}

function named(
  { devices = [] }: VgsplitRequest,
  { vg, devices: disks }: ScannedVg,
): Result<readonly PhysicalVolume[], VolumeError> {
  const pvs: PhysicalVolume[] = [];
  for (const device of devices) {
    const pv = vg.pvs.find(({ id }) => disks.get(id)?.path === device);
    // The second time it is no longer in the group.
    if (!pv || pvs.includes(pv)) return err({ code: 'split-no-member', vg: vg.name, device });
    pvs.push(pv);
  }
  return ok(pvs);
}

function ofVolume(name: string, vg: VolumeGroup): Result<readonly PhysicalVolume[], VolumeError> {
  const lv = findLv(vg, name);
  if (!lv) return err({ code: 'split-no-volume', vg: vg.name, lv: name });
  const below = pvsBelow(vg, lv);
  return ok(vg.pvs.filter(({ id }) => below.has(id)));
}

function newGroup(request: VgsplitRequest, context: OpContext, from: VolumeGroup): VolumeGroup {
  const policy = request.allocation ?? from.allocationPolicy ?? 'normal';
  return {
    name: request.to,
    id: newLvmId((limit) => context.random.below(limit)),
    seqno: 0,
    format: 'lvm2',
    status: ['RESIZEABLE', 'READ', 'WRITE'],
    flags: [],
    tags: [],
    ...(from.systemId === undefined ? {} : { systemId: from.systemId }),
    extentSize: from.extentSize,
    maxLv: request.maxLv ?? from.maxLv,
    maxPv: request.maxPv ?? from.maxPv,
    ...(policy === 'normal' ? {} : { allocationPolicy: policy }),
    metadataCopies: typeof request.copies === 'number' ? request.copies : 0,
    pvs: [],
    lvs: [],
    extra: [],
  };
}
