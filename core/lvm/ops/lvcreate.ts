import { newLvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { extents, sectors, type Extents, type Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { LogRecord } from '../../contract/log.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { activateSteps, deactivateSteps, logged } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { after, refusedAfter } from './after.ts';
import { MAX_MINOR, withMinor } from '../format/device-number.ts';
import { freeCountOf } from '../format/free-areas.ts';
import {
  type ConfigScalar,
  type LogicalVolume,
  type Segment,
  type VolumeGroup,
} from '../format/model.ts';
import { seenLvs } from '../format/shown.ts';
import { hasLv } from '../format/sound-lvs.ts';
import { checkLvName, checkTag } from '../format/names.ts';
import type { ScannedVg } from '../scan-types.ts';
import { readClingTags } from './cling-tags.ts';
import type { OpContext, Operation } from './context.ts';
import { devicesOf, surroundings, vgToChange } from './find.ts';
import { asItStands } from './missing.ts';
import { metadataSteps, nextVersion, staleCopyNotices, usableAreas } from './metadata-steps.ts';
import { planNewMirror } from './mirror/lvcreate-mirror.ts';
import type { LogKind } from './mirror/parts.ts';
import { effectivePolicy, place, resolveStriping, roomIn, sizeBase, type Room } from './place.ts';
import { resolveSize, type SizeBase, type SizeSpec } from './size.ts';
import { planNewSnapshot } from './snapshot/create.ts';

/** The start of a new volume that is zeroed: where file systems look for signatures. */
export const ZEROED = sectors(8);

/** Makes a volume. Refused where its extents do not fit the policy. */
export interface LvcreateRequest {
  readonly verb: 'lvcreate';
  readonly vg: string;
  /** Absent: `lvol0`, `lvol1`, ... the first that is free. */
  readonly name?: string;
  readonly size: SizeSpec;
  /** Takes no extents of any PV: reads fail, or are zeroes. */
  readonly type?: 'error' | 'zero';
  /** Several images of the same size, each linear or striped. */
  readonly mirror?: MirrorWish;
  /** It keeps what another volume holds now. */
  readonly snapshot?: SnapshotWish;
  /** 1 (default, linear) or more. */
  readonly stripes?: number;
  /** Default 64 KiB (128 sectors); power of two from 8 sectors to the extent size. */
  readonly stripeSize?: Sectors;
  /** `metadata/stripesize` as it is set. */
  readonly usualStripeSize?: Sectors;
  readonly allocation?: AllocationPolicy;
  /** Only these PVs; empty or absent: all of the group. */
  readonly pvs?: readonly string[];
  /** `allocation/cling_tag_list` as it is set. */
  readonly clingTags?: readonly ConfigScalar[];
  readonly tags?: readonly string[];
  /** Default true. */
  readonly activate?: boolean;
  /** May not be written to once it is made. */
  readonly readOnly?: true;
  /** Zeroes the first 4 KiB. Default true; needs `activate`. */
  readonly zero?: boolean;
  /** In sectors, a multiple of 8; -1: none. Absent: LVM finds out. */
  readonly readAhead?: bigint;
  /** The number that its device always has. */
  readonly minor?: number;
  /** Stays down unless it is asked for with `-K`, also now. */
  readonly skipActivation?: true;
  /** `-K`: comes up all the same. */
  readonly ignoreSkip?: true;
  /** Default true. */
  readonly autoactivation?: boolean;
  /** Known from the line alone, and said first. */
  readonly notices?: readonly Notice[];
}

export interface MirrorWish {
  /** 2 to 8. */
  readonly images: number;
  readonly log: LogKind;
  /** The log is of a kind that LVM makes only where it was told to. */
  readonly deprecatedLog?: true;
  /** All regions count as in sync from the start, whatever is in them. */
  readonly nosync?: true;
  /** In sectors, a power of two and whole pages; default 2 MiB. Made less where it does not fit. */
  readonly regionSize?: Sectors;
}

/** What a snapshot is taken of: a volume of the group, or zeroes. */
export type SnapshotWish = (
  | { readonly origin: string }
  /** In sectors; made up to whole extents. */
  | { readonly virtualSize: Sectors }
) & {
  /** In sectors: a power of two from 8 to 1024. Default 8. */
  readonly chunkSize?: Sectors;
};

export const planLvcreate: Operation<LvcreateRequest> = (request, context) =>
  after(request.notices, planNew(request, context));

const planNew: Operation<LvcreateRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const name = request.name ?? nextLvolName(vg);
  if (request.snapshot) {
    return planNewSnapshot(request, request.snapshot, name, context, scanned.value);
  }
  const refused = refuse(request, vg, name);
  if (refused) return err(refused);
  if (request.mirror) return planNewMirror(request, request.mirror, name, context, scanned.value);
  const placed = request.type
    ? placeVirtual(request, request.type, scanned.value)
    : placeNew(request, scanned.value, name);
  if (!placed.ok) return placed;
  const lv = newVolume(request, context, name, placed.value.segments);
  return planFor(request, context, scanned.value, lv, placed.value.notices);
};

export function refuse(
  request: LvcreateRequest,
  vg: VolumeGroup,
  name: string,
): VolumeError | undefined {
  const badName = checkLvName(vg.name, name);
  if (badName) return badName;
  const { minor } = request;
  if (minor !== undefined && minor > MAX_MINOR) {
    return { code: 'minor-out-of-range', minor, max: MAX_MINOR };
  }
  const badTag = (request.tags ?? []).map(checkTag).find((refusal) => refusal !== undefined);
  if (badTag) return badTag;
  if (hasLv(vg, name)) return { code: 'lv-exists', vg: vg.name, lv: name };
  if (vg.maxLv > 0 && seenLvs(vg).length >= vg.maxLv) {
    return { code: 'vg-max-lvs', vg: vg.name, max: vg.maxLv };
  }
  return undefined;
}

/** `lvol` and the number after the highest in use (as LVM 2.03 was seen to choose). */
export function nextLvolName(vg: VolumeGroup): string {
  const numbers = vg.lvs.map((lv) => Number(/^lvol(\d+)/.exec(lv.name)?.[1] ?? -1));
  return `lvol${Math.max(-1, ...numbers) + 1}`;
}

interface NewPlace {
  readonly segments: readonly Segment[];
  readonly notices: readonly Notice[];
}

function placeVirtual(
  request: LvcreateRequest,
  kind: 'error' | 'zero',
  scanned: ScannedVg,
): Result<NewPlace, VolumeError> {
  const room = roomIn(scanned, undefined);
  if (!room.ok) return room;
  const size = resolveSize(request.size, sizeBase(room.value, extents(0)), 'lvcreate');
  if (!size.ok) return size;
  const count = size.value.total;
  const notices: readonly Notice[] = request.zero
    ? [...size.value.notices, { code: 'zeroing-ignored', type: kind }]
    : size.value.notices;
  return ok({ segments: [{ kind, start: extents(0), count, tags: [], extra: [] }], notices });
}

/** How large the store of a snapshot is to be. */
interface StoreSizing extends Pick<SizeBase, 'ofOrigin'> {
  fit(
    total: Extents,
  ): Result<Omit<NewPlace, 'segments'> & { readonly count: Extents }, VolumeError>;
}

/** @param store absent: an ordinary volume */
export function placeNew(
  request: LvcreateRequest,
  scanned: ScannedVg,
  lv: string,
  store?: StoreSizing,
): Result<NewPlace, VolumeError> {
  const { vg } = scanned;
  const room = roomIn(scanned, request.pvs);
  if (!room.ok) return room;
  const striping = resolveStriping(room.value, request);
  if (!striping.ok) return striping;
  const { stripes } = striping.value;
  const pvs = room.value.areas.size;
  const policy = request.allocation ?? 'inherit';
  const { ofOrigin } = store ?? {};
  const base = { ...sizeBase(room.value, extents(0)), ...(ofOrigin ? { ofOrigin } : {}) };
  const size = resolveSize(request.size, base, 'lvcreate');
  if (!size.ok) return size;
  const { approximate } = size.value;
  const fitted = store?.fit(size.value.total);
  if (fitted?.ok === false) return err(refusedAfter(size.value.notices, fitted.error));
  const total = fitted?.value.count ?? size.value.total;
  const count = wholeStripes(total, stripes, approximate ? freeCountOf(vg) : Infinity);
  const notices: Notice[] = [...room.value.notices, ...striping.value.notices];
  const refused = (error: VolumeError) => err(refusedAfter(notices, error));
  if (stripes === 1 && request.stripeSize !== undefined) {
    notices.push({ code: 'stripe-size-ignored' });
  }
  notices.push(...size.value.notices, ...(fitted?.value.notices ?? []));
  if (count > total) {
    notices.push({
      code: 'rounded-to-stripes',
      from: total,
      to: count,
      extentSize: vg.extentSize,
    });
  }
  if (count < total) notices.push({ code: 'rounded-down-to-stripes', from: total, to: count });
  if (count === 0) return refused({ code: 'size-comes-to-zero', rounded: true });
  // As LVM: who wants them on one PV has to say so here, whatever the group's policy is.
  if (stripes > 1 && stripes > pvs && policy !== 'anywhere') {
    return refused({ code: 'stripes-exceed-pvs', stripes, pvs });
  }
  if (approximate && room.value.free === 0) {
    const contiguous = effectivePolicy(vg, policy) === 'contiguous';
    return refused({ code: 'no-suitable-extents', lv, contiguous });
  }
  const short = refuseShort(vg, room.value, count, approximate);
  if (short) return refused(short);
  const { tags, notices: aboutTags } = readClingTags(request.clingTags);
  notices.push(...aboutTags);
  const segments = place({
    room: room.value,
    lv,
    count,
    striping: striping.value,
    policy,
    approximate,
    segments: [],
    clingTags: tags,
  });
  return segments.ok ? ok({ segments: segments.value, notices }) : refused(segments.error);
}

/** Up to the next whole stripe; down where that is more than `most`. */
export function wholeStripes(total: number, stripes: number, most: number): Extents {
  const up = Math.ceil(total / stripes) * stripes;
  return extents(up <= most ? up : Math.floor(total / stripes) * stripes);
}

function refuseShort(
  vg: VolumeGroup,
  room: Room,
  needed: ReturnType<typeof extents>,
  approximate: boolean,
): VolumeError | undefined {
  if (needed <= room.free || approximate) return undefined;
  const free = freeCountOf(vg);
  return needed > free
    ? { code: 'vg-short', vg: vg.name, needed, free }
    : { code: 'pvs-short', needed, free: room.free };
}

export function newVolume(
  request: LvcreateRequest,
  context: OpContext,
  name: string,
  segments: readonly Segment[],
): LogicalVolume {
  const policy = request.allocation ?? 'inherit';
  const { readAhead } = request;
  const flags = request.skipActivation ? ['ACTIVATION_SKIP'] : [];
  const lv: LogicalVolume = {
    name,
    id: newLvmId((limit) => context.random.below(limit)),
    status: request.readOnly ? ['READ', 'VISIBLE'] : ['READ', 'WRITE', 'VISIBLE'],
    flags: request.autoactivation === false ? [...flags, 'NOAUTOACTIVATE'] : flags,
    tags: request.tags ?? [],
    creationTime: BigInt(context.header.creationTime),
    creationHost: context.header.creationHost,
    ...(policy === 'inherit' ? {} : { allocationPolicy: policy }),
    ...(readAhead === undefined ? {} : { readAhead }),
    segments,
    extra: [],
  };
  return withMinor(lv, request.minor);
}

function planFor(
  request: LvcreateRequest,
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  notices: readonly Notice[],
): Result<Plan, VolumeError> {
  const next = nextVersion(asItStands({ ...scanned.vg, lvs: [...scanned.vg.lvs, lv] }, scanned));
  const areas = usableAreas(devicesOf(scanned));
  const metadata = metadataSteps(context, next, areas, { before: [scanned.vg] });
  if (!metadata.ok) return metadata;
  const tree = deviceTree(next, lv, surroundings(context, scanned));
  if (!tree.ok) return tree;
  const activate =
    (request.activate ?? true) && (!request.skipActivation || request.ignoreSkip === true);
  // There is nothing that could hold what was there before.
  const writable = request.type === undefined && !request.readOnly;
  const zero = writable && (request.zero ?? true);
  const names = { vg: next.name, lv: lv.name };
  const { minor, uuid } = tree.value;
  if (activate && minor !== undefined && context.minorTaken(minor, uuid)) {
    return err({ code: 'minor-in-use', ...names, minor, creating: true });
  }
  const kernel = context.kernel();
  const devices = activate
    ? logged(activateSteps(tree.value, kernel), [{ code: 'activating-lv', ...names }])
    : [];
  const size = sectors(Math.min(ZEROED, tree.value.size));
  const zeroing =
    activate && zero
      ? logged(
          [zeroStep(tree.value.name, size)],
          [
            { code: 'wiping-lv', ...names },
            { code: 'zeroing-lv', ...names, size },
          ],
        )
      : [];
  const unwiped: LogRecord[] = zeroing.length > 0 ? [] : [{ code: 'not-wiping-lv', ...names }];
  const down: LogRecord[] = activate ? [] : [{ code: 'deactivating-lv', ...names }];
  const fallback = activate
    ? takeBack(context, scanned, next, deactivateSteps(tree.value, kernel))
    : ok(undefined);
  if (!fallback.ok) return fallback;
  const warnings = [...staleCopyNotices(scanned, next.seqno), ...notices];
  if (request.type === undefined && (!activate || !zero)) {
    warnings.push({ code: 'lv-not-zeroed', vg: next.name, lv: lv.name });
  }
  return ok({
    title: `Create logical volume ${next.name}/${lv.name}`,
    steps: [
      ...metadata.value.prepare,
      ...logged([metadata.value.commit, ...devices, ...zeroing], [], [...down, ...unwiped]),
    ],
    log: { first: [{ code: 'creating-lv', lv: lv.name }] },
    commitAt: metadata.value.prepare.length,
    warnings,
    questions: [],
    done: [{ code: 'lv-created', lv: lv.name }],
    ...(fallback.value ? { fallback: fallback.value } : {}),
  });
}

export function zeroStep(device: string, count: Sectors): Step {
  return {
    what: `zero the start of ${device}`,
    why: 'What the extents held before must not be taken for a file system of the new volume.',
    action: { kind: 'zero-start', device, count },
    undo: { kind: 'none', because: 'the extents belong to nobody else' },
  };
}

/**
 * A new volume that cannot be activated is removed again, as LVM does.
 * @param name of the volume, where the group has it by now
 */
export function takeBack(
  context: OpContext,
  scanned: ScannedVg,
  withLv: VolumeGroup,
  down: readonly Step[],
  name?: string,
): Result<Plan, VolumeError> {
  const lvs = scanned.vg.lvs.filter((one) => one.name !== name);
  const back = nextVersion({ ...withLv, lvs });
  const metadata = metadataSteps(context, back, usableAreas(devicesOf(scanned)), {
    before: [scanned.vg],
  });
  if (!metadata.ok) return metadata;
  const steps = [...down, ...metadata.value.prepare, metadata.value.commit];
  return ok({
    title: 'Take the new volume back',
    steps,
    commitAt: steps.length - 1,
    warnings: [],
    questions: [],
    done: [],
  });
}
