import { err, ok, type Result } from '../../base/result.ts';
import { extents, extentsToSectors, type Extents, type Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { reloadSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import {
  isVirtual,
  lvExtentCount,
  type ConfigScalar,
  type LogicalVolume,
  type Segment,
  type VolumeGroup,
} from '../format/model.ts';
import { freeCountOf } from '../format/free-areas.ts';
import type { ScannedVg } from '../scan-types.ts';
import { after, refusedAfter } from './after.ts';
import { resizeFsRefusal } from './resize-fs.ts';
import { readClingTags } from './cling-tags.ts';
import type { OpContext, Operation } from './context.ts';
import { surroundings, ownLv, vgToChange } from './find.ts';
import { mirrorOf } from './mirror/parts.ts';
import { planExtendMirror } from './mirror/resize.ts';
import { planChange } from './plan-change.ts';
import {
  isMixed,
  mergeAdjacent,
  place,
  resolveStriping,
  roomIn,
  sizeBase,
  type Room,
  type Striping,
} from './place.ts';
import { resolveSize, type SizeSpec } from './size.ts';
import { growthOf, type GrowthPolicy } from './snapshot/policy.ts';
import { refuseFamilyResize, shareOf, withinUse } from './snapshot/resize.ts';

/** Grows a volume, also while it is in use. Refused unless it gets larger. */
export interface LvextendRequest {
  readonly verb: 'lvextend';
  readonly vg: string;
  readonly lv: string;
  readonly size: SizeSpec;
  /** Default: as the last segment. */
  readonly stripes?: number;
  readonly stripeSize?: Sectors;
  /** `metadata/stripesize` as it is set. */
  readonly usualStripeSize?: Sectors;
  /** Of what is added; default: as the volume ends. */
  readonly type?: 'linear' | 'striped' | 'error' | 'zero';
  readonly allocation?: AllocationPolicy;
  readonly pvs?: readonly string[];
  /** `allocation/cling_tag_list` as it is set. */
  readonly clingTags?: readonly ConfigScalar[];
  /** `-r`: its file system, too. */
  readonly resizeFs?: true;
  /** Of a mirror: what is added counts as in sync. */
  readonly nosync?: true;
  /** `-m`: as many as there are, or none of what is no mirror. */
  readonly mirrors?: number;
  /** As far as a pool or a snapshot is to grow by its policy. */
  readonly policy?: GrowthPolicy;
}

export const planLvextend: Operation<LvextendRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) return scanned;
  const lv = ownLv(scanned.value.vg, request.lv, 'lvextend');
  if (!lv.ok) return lv;
  const { policy, ...rest } = request;
  if (policy) {
    const growth = growthOf(context, scanned.value.vg, lv.value, policy);
    if (!growth.ok) return growth;
    const { size, notices } = growth.value;
    if (!size) return ok(asIs(scanned.value.vg, lv.value, notices));
    return after(notices, planLvextend({ ...rest, size }, context));
  }
  const family = refuseFamilyResize(context, scanned.value.vg, lv.value, false);
  if (family) return err(family);
  if (mirrorOf(lv.value)) return planExtendMirror(request, context, scanned.value, lv.value);
  if (request.mirrors) return err({ code: 'mirrors-vary' });
  const refusal = request.resizeFs && resizeFsRefusal(context, scanned.value.vg, lv.value);
  const grown = grow(request, scanned.value, lv.value, refusal);
  if (!grown.ok) return grown;
  return planFor(context, scanned.value, lv.value, grown.value);
};

const asIs = (vg: VolumeGroup, { name }: LogicalVolume, warnings: readonly Notice[]): Plan => ({
  title: `Leave logical volume ${vg.name}/${name} as it is`,
  steps: [],
  commitAt: -1,
  warnings,
  questions: [],
  done: [],
});

interface Grown {
  readonly segments: readonly Segment[];
  readonly notices: readonly Notice[];
}

function grow(
  request: LvextendRequest,
  scanned: ScannedVg,
  lv: LogicalVolume,
  refusal: VolumeError | undefined,
): Result<Grown, VolumeError> {
  const last = lv.segments.at(-1);
  const room = roomIn(scanned, request.pvs);
  if (!room.ok) return room;
  const kind = kindOf(request, last);
  const linear = request.type === 'linear';
  const notices: Notice[] = [...room.value.notices];
  if (last && kind !== last.kind) {
    const [from, to] = [segmentWord(last), kind];
    notices.push({ code: 'types-mixed', vg: scanned.vg.name, lv: lv.name, from, to });
  }
  const present = lvExtentCount(lv);
  const base = { ...sizeBase(room.value, present), ...shareOf(scanned.vg, lv) };
  const asked = resolveSize(request.size, base, 'lvextend');
  const size = asked.ok ? ok(withinUse(scanned.vg, lv, asked.value)) : asked;
  const striping = resolveStriping(room.value, request, last);
  if (!striping.ok) return striping;
  if (!size.ok) return size;
  if (
    size.value.total > present &&
    (linear ? isUnsaid(request, last) : isMixed(request, lv.segments))
  ) {
    return err({ code: 'stripes-unsaid' });
  }
  notices.push(...striping.value.notices, ...size.value.notices);
  const wish = { ...size.value, request, lv, room: room.value, present, notices };
  if (refusal) return err(refusedAfter(notices, refusal));
  const grown = kind === 'striped' ? placeMore(wish, striping.value) : lengthen(wish, kind);
  return grown.ok ? grown : err(refusedAfter(notices, grown.error));
}

/** The type of what is added: as said, else as the volume ends. */
function kindOf({ type }: LvextendRequest, last: Segment | undefined): 'striped' | Virtual {
  if (type !== undefined) return type === 'linear' ? 'striped' : type;
  return last && isVirtual(last) ? last.kind : 'striped';
}

type Virtual = 'error' | 'zero';

const segmentWord = (segment: Segment): string =>
  segment.kind === 'foreign' ? segment.type : segment.kind;
const stripesOf = (segment: Segment | undefined): number | undefined =>
  segment?.kind === 'striped' ? segment.areas.length : undefined;

/** A linear end for what is striped. */
const isUnsaid = ({ stripes }: LvextendRequest, last: Segment | undefined): boolean =>
  stripes === undefined && (stripesOf(last) ?? 1) > 1;

interface Wish {
  readonly request: LvextendRequest;
  readonly lv: LogicalVolume;
  readonly room: Room;
  readonly present: Extents;
  readonly total: Extents;
  readonly approximate: boolean;
  readonly notices: Notice[];
}

/** Takes no extents of any PV: as much as one likes. */
function lengthen(
  { lv, present, total, notices }: Wish,
  kind: Virtual,
): Result<Grown, VolumeError> {
  if (total <= present) return err({ code: 'not-larger', extents: total, existing: present });
  const count = extents(total - present);
  const added = { kind, start: present, count, tags: [], extra: [] };
  return ok({ segments: mergeAdjacent([...lv.segments, added]), notices });
}

function placeMore(wish: Wish, striping: Striping): Result<Grown, VolumeError> {
  const { request, lv, room, present, total, approximate, notices } = wish;
  const most = approximate ? freeCountOf(room.vg) : Infinity;
  const target = wholeStripes(present, total, striping.stripes, most);
  if (target > total) {
    notices.push({ code: 'rounded-to-stripes-segment', from: total, to: target });
  }
  if (target < total) {
    notices.push({ code: 'rounded-down-to-stripes', from: total, to: target, extending: true });
  }
  if (
    (total === present && isAtMost(wish)) ||
    (approximate && room.free === 0 && total > present)
  ) {
    return ok({ segments: lv.segments, notices });
  }
  if (target <= present) {
    return err({ code: 'not-larger', extents: target, existing: present, rounded: target < total });
  }
  const needed = extents(target - present);
  if (needed > room.free && !(approximate && room.free > 0)) {
    return err({ code: 'pvs-short', needed, free: room.free });
  }
  const { tags, notices: aboutTags } = readClingTags(request.clingTags);
  notices.push(...aboutTags);
  const segments = place({
    room,
    lv: lv.name,
    count: needed,
    striping,
    policy: request.allocation ?? lv.allocationPolicy ?? 'inherit',
    approximate,
    segments: lv.segments,
    clingTags: tags,
  });
  return segments.ok ? ok({ segments: segments.value, notices }) : segments;
}

/**
 * Up, or down where that is more than fits at most.
 * Only the new part has to divide among the stripes (a shorter last segment may precede it).
 */
function wholeStripes(present: Extents, total: Extents, stripes: number, most: number): Extents {
  if (total <= present) return extents(Math.ceil(total / stripes) * stripes);
  const up = Math.ceil((total - present) / stripes) * stripes;
  return extents(present + (up <= most ? up : Math.floor((total - present) / stripes) * stripes));
}

/** A store that is as large as it can be of use. */
const isAtMost = ({ notices }: Pick<Grown, 'notices'>): boolean =>
  notices.some(({ code }) => code === 'store-at-most');

/** No new version. */
function unchanged(vg: VolumeGroup, lv: LogicalVolume, { notices }: Grown): Plan {
  const names = { vg: vg.name, lv: lv.name };
  const { extentSize } = vg;
  return {
    title: `Leave logical volume ${vg.name}/${lv.name} as it is`,
    steps: [],
    commitAt: -1,
    warnings: notices,
    questions: [],
    done: [
      { code: 'lv-size-unchanged', ...names, count: lvExtentCount(lv), extentSize },
      { code: 'lv-resized', ...names },
    ],
  };
}

function planFor(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  grown: Grown,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const larger = { ...lv, segments: grown.segments };
  const lvs = vg.lvs.map((one) => (one === lv ? larger : one));
  if (lvExtentCount(lv) === lvExtentCount(larger) && isAtMost(grown))
    return ok(unchanged(vg, lv, grown));
  const tree = deviceTree({ ...vg, lvs }, larger, surroundings(context, scanned));
  if (!tree.ok) return tree;
  const [from, to] = [lvExtentCount(lv), lvExtentCount(larger)];
  const changed = { vg: vg.name, lv: lv.name };
  const size = extentsToSectors(to, vg.extentSize);
  return planChange(context, scanned, {
    title: `Extend logical volume ${vg.name}/${lv.name}`,
    next: { ...vg, lvs },
    reload: reloadSteps(tree.value, context.kernel()),
    log: { first: [{ code: 'resizing-lv', ...changed, how: 'Extending', size }] },
    warnings: grown.notices,
    done: [
      from === to
        ? { code: 'lv-size-unchanged', ...changed, count: to, extentSize: vg.extentSize }
        : { code: 'lv-size-changed', ...changed, from, to, extentSize: vg.extentSize },
      { code: 'lv-resized', ...changed },
    ],
  });
}
