import { newLvmId } from '../../base/ids.ts';
import { err, ok } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import type { VolumeGroup } from '../format/model.ts';
import { checkTag, checkVgName } from '../format/names.ts';
import type { Copies } from './balance.ts';
import type { OpContext, Operation } from './context.ts';
import { addRefusal } from './extent-limits.ts';
import { isNameTaken } from './find.ts';
import { extentSizeRefusal } from './extent-size.ts';
import { metadataSteps } from './metadata-steps.ts';
import type { PvCreation } from './pv-layout.ts';
import {
  joinSteps,
  memberPvs,
  newMemberRecords,
  newMembers,
  onlyMade,
  refuseBeyondLimit,
  type NewMember,
} from './pv-steps.ts';

const DEFAULT_EXTENT = sectors(8192);

/** Makes a volume group of disks or orphan PVs; disks become PVs on the way. */
export interface VgcreateRequest extends PvCreation {
  readonly verb: 'vgcreate';
  readonly vg: string;
  readonly devices: readonly string[];
  /** Default 4 MiB (8192 sectors). */
  readonly extentSize?: Sectors;
  readonly allocation?: AllocationPolicy;
  /** 0 = no limit (default). */
  readonly maxLv?: number;
  readonly maxPv?: number;
  readonly tags?: readonly string[];
  /** How many copies of the metadata are kept; default: one in every area that is not set aside. */
  readonly copies?: Copies;
  /** Default true. */
  readonly autoactivation?: boolean;
  /** Of the machine that is to use it; empty: any. Default: this machine's own. */
  readonly systemId?: string;
}

export const planVgcreate: Operation<VgcreateRequest> = (request, context) => {
  const refused = refuse(request, context);
  if (refused) return err(refused);
  const members = newMembers(context, request, 'vgcreate');
  if (!members.ok) return members;
  const limit = { name: request.vg, max: request.maxPv ?? 0, present: 0 };
  const full = refuseBeyondLimit(members.value, limit);
  if (full) return ok(full);
  const vg = firstVersion(request, members.value, context);
  const tooLarge = addRefusal({ ...vg, pvs: [] }, vg.pvs);
  if (tooLarge) return ok(onlyMade(members.value, vg.name, tooLarge));
  const areas = members.value.flatMap((member) => member.areas);
  const metadata = metadataSteps(
    context,
    vg,
    areas,
    request.copies === undefined ? {} : { copies: request.copies },
  );
  if (!metadata.ok) return metadata;
  const steps = [
    ...joinSteps(members.value, vg.name),
    ...metadata.value.prepare,
    metadata.value.commit,
  ];
  return ok({
    title: `Create volume group ${vg.name}`,
    steps,
    log: { first: newMemberRecords(members.value) },
    commitAt: steps.length - 1,
    warnings: idNotices(request.systemId, context),
    questions: [],
    done: [
      {
        code: 'vg-created',
        vg: vg.name,
        ...(vg.systemId === undefined ? {} : { systemId: vg.systemId }),
      },
    ],
  });
};

function refuse(request: VgcreateRequest, context: OpContext): VolumeError | undefined {
  const name = checkVgName(request.vg);
  if (name) return name;
  if (isNameTaken(context.scan, request.vg)) {
    return { code: 'vg-exists', vg: request.vg };
  }
  const badTag = (request.tags ?? []).map(checkTag).find((refusal) => refusal !== undefined);
  if (badTag) return badTag;
  return extentSizeRefusal(request.extentSize ?? DEFAULT_EXTENT, true);
}

/** LVM goes through the option twice, and says what it thinks of it each time. */
function idNotices(given: string | undefined, { access }: OpContext): readonly Notice[] {
  const { systemId: localId } = access;
  if (given === undefined || given === localId) return [];
  const empty: Notice = { code: 'system-id-none-given' };
  const unsafe: Notice = { code: 'system-id-empty' };
  if (localId === undefined) return given === '' ? [empty, empty, unsafe] : [];
  const unlike: Notice = { code: 'system-id-new-unlike', id: given, localId };
  return given === '' ? [empty, unsafe, empty, unsafe, unlike] : [unlike, unlike];
}

function firstVersion(
  request: VgcreateRequest,
  members: readonly NewMember[],
  context: OpContext,
): VolumeGroup {
  const extentSize = request.extentSize ?? DEFAULT_EXTENT;
  const policy = request.allocation ?? 'normal';
  const systemId = request.systemId ?? context.access.systemId ?? '';
  return {
    name: request.vg,
    id: newLvmId((limit) => context.random.below(limit)),
    seqno: 1,
    format: 'lvm2',
    status: ['RESIZEABLE', 'READ', 'WRITE'],
    flags: request.autoactivation === false ? ['NOAUTOACTIVATE'] : [],
    tags: request.tags ?? [],
    ...(systemId === '' ? {} : { systemId }),
    extentSize,
    maxLv: request.maxLv ?? 0,
    maxPv: request.maxPv ?? 0,
    ...(policy === 'normal' || policy === 'inherit' ? {} : { allocationPolicy: policy }),
    metadataCopies: typeof request.copies === 'number' ? request.copies : 0,
    pvs: memberPvs(members, extentSize, (index) => `pv${index}`),
    lvs: [],
    extra: [],
  };
}
