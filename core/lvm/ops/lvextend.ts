import { err, ok, type Result } from '../../base/result.ts';
import { extents, type Extents, type Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { reloadSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { lvExtentCount, type LogicalVolume, type Segment } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { devNoOf, running, ownLv, namedPvs, vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';
import { place, resolveStriping, roomIn, sizeBase } from './place.ts';
import { resolveSize, type SizeSpec } from './size.ts';

/** Grows a volume, also while it is in use. Refused unless it gets larger. */
export interface LvextendRequest {
  readonly verb: 'lvextend';
  readonly vg: string;
  readonly lv: string;
  readonly size: SizeSpec;
  /** Default: as the last segment. */
  readonly stripes?: number;
  readonly stripeSize?: Sectors;
  readonly allocation?: AllocationPolicy;
  readonly pvs?: readonly string[];
}

export const planLvextend: Operation<LvextendRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) return scanned;
  const lv = ownLv(scanned.value.vg, request.lv, 'lvextend');
  if (!lv.ok) return lv;
  const grown = grow(request, scanned.value, lv.value);
  if (!grown.ok) return grown;
  return planFor(context, scanned.value, lv.value, grown.value);
};

interface Grown {
  readonly segments: readonly Segment[];
  readonly notices: readonly Notice[];
}

function grow(
  request: LvextendRequest,
  scanned: ScannedVg,
  lv: LogicalVolume,
): Result<Grown, VolumeError> {
  const named = namedPvs(scanned, request.pvs);
  if (!named.ok) return named;
  const room = roomIn(scanned, named.value);
  if (!room.ok) return room;
  const striping = resolveStriping(room.value, request, lv.segments.at(-1));
  if (!striping.ok) return striping;
  const present = lvExtentCount(lv);
  const size = resolveSize(request.size, sizeBase(room.value, present), 'lvextend');
  if (!size.ok) return size;
  const { approximate, total } = size.value;
  const { stripes } = striping.value;
  const notices: Notice[] = [...room.value.notices, ...striping.value.notices];
  notices.push(...size.value.notices);
  const most = approximate ? room.value.free : Infinity;
  const target = wholeStripes(present, total, stripes, most);
  if (target > total) {
    notices.push({ code: 'rounded-to-stripes-segment', from: total, to: target });
  }
  if (target <= present) return err({ code: 'not-larger', extents: target, existing: present });
  const needed = extents(target - present);
  if (needed > room.value.free && !(approximate && room.value.free > 0)) {
    return err({ code: 'pvs-short', needed, free: room.value.free });
  }
  const segments = place({
    room: room.value,
    lv: lv.name,
    count: needed,
    striping: striping.value,
    policy: request.allocation ?? 'inherit',
    approximate,
    segments: lv.segments,
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

function planFor(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  grown: Grown,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const larger = { ...lv, segments: grown.segments };
  const lvs = vg.lvs.map((one) => (one === lv ? larger : one));
  const tree = deviceTree({ ...vg, lvs }, larger, devNoOf(context, scanned));
  if (!tree.ok) return tree;
  const [from, to] = [lvExtentCount(lv), lvExtentCount(larger)];
  const changed = { vg: vg.name, lv: lv.name };
  return planChange(context, scanned, {
    title: `Extend logical volume ${vg.name}/${lv.name}`,
    next: { ...vg, lvs },
    reload: reloadSteps(tree.value, running(context)),
    warnings: grown.notices,
    done: [
      { code: 'lv-size-changed', ...changed, from, to, extentSize: vg.extentSize },
      { code: 'lv-resized', ...changed },
    ],
  });
}
