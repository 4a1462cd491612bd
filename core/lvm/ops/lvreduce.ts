import { err, type Result } from '../../base/result.ts';
import { extents, extentsToSectors, type Extents } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import { reloadSteps } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import { refusedAfter } from './after.ts';
import { resizeFsRefusal } from './resize-fs.ts';
import type { OpContext, Operation } from './context.ts';
import { surroundings, isActive, vgToChange, ownLv } from './find.ts';
import { isConverting, lvNamed, mirrorOf, withLvs } from './mirror/parts.ts';
import { cutMirror } from './mirror/resize.ts';
import { roomIn, shortened, sizeBase } from './place.ts';
import { planChange } from './plan-change.ts';
import { resolveSize, type SizeSpec } from './size.ts';
import { refuseFamilyResize, shareOf } from './snapshot/resize.ts';

/** Cuts the end of a volume off. What was there is lost. */
export interface LvreduceRequest {
  readonly verb: 'lvreduce';
  readonly vg: string;
  readonly lv: string;
  readonly size: SizeSpec;
  /** Without asking. */
  readonly force?: boolean;
  /** `-r`: its file system, too. */
  readonly resizeFs?: true;
}

export const planLvreduce: Operation<LvreduceRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) return scanned;
  const lv = ownLv(scanned.value.vg, request.lv, 'lvreduce');
  if (!lv.ok) return lv;
  if (isConverting(lv.value)) {
    return err({ code: 'already-converting', vg: scanned.value.vg.name, lv: request.lv });
  }
  const family = refuseFamilyResize(context, scanned.value.vg, lv.value, true);
  if (family) return err(family);
  const room = roomIn(scanned.value, undefined);
  const present = lvExtentCount(lv.value);
  const base = {
    ...(room.ok
      ? sizeBase(room.value, present)
      : { vg: scanned.value.vg, free: extents(0), named: false, present }),
    ...shareOf(scanned.value.vg, lv.value),
  };
  const size = resolveSize(request.size, base, 'lvreduce');
  if (!size.ok) return size;
  const { total, notices } = size.value;
  if (request.resizeFs) {
    const refusal = resizeFsRefusal(context, scanned.value.vg, lv.value);
    return err(refusedAfter(notices, refusal));
  }
  const cut = { total, notices, force: request.force === true };
  const plan = planCut(context, scanned.value, lv.value, cut);
  return plan.ok ? plan : err(refusedAfter(notices, plan.error));
};

interface Cut {
  /** Logical extents to keep, before rounding to whole stripes. */
  readonly total: Extents;
  readonly notices: readonly Notice[];
  readonly force: boolean;
}

/** Refuses unless the volume gets smaller and something of it stays. */
export function planCut(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  cut: Cut,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const names = { vg: vg.name, lv: lv.name };
  const present = lvExtentCount(lv);
  if (cut.total <= 0) return err({ code: 'reduce-to-nothing', ...names });
  const total = wholeStripes(lv, cut.total);
  if (total >= present) {
    const rounded = total > cut.total;
    return err({ code: 'not-smaller', extents: total, existing: present, rounded });
  }
  const notices = [...cut.notices];
  if (total > cut.total) {
    notices.push({ code: 'rounded-to-stripes-segment', from: cut.total, to: total });
  }
  const next = shorter(vg, lv, total);
  const active = isActive(context, vg, lv);
  const tree = deviceTree(next, lvNamed(next, lv.name), surroundings(context, scanned));
  if (active && !tree.ok) return tree;
  const size = extentsToSectors(total, vg.extentSize);
  if (active) notices.push({ code: 'reducing-active', size });
  return planChange(context, scanned, {
    title: `Reduce logical volume ${vg.name}/${lv.name}`,
    next,
    ...(active && tree.ok ? { reload: reloadSteps(tree.value, context.kernel()) } : {}),
    log: {
      first: [
        {
          code: 'resizing-lv',
          ...names,
          how: 'Reducing',
          size,
        },
      ],
    },
    warnings: notices,
    questions: active && !cut.force ? [{ code: 'reduce-lv', ...names }] : [],
    done: [
      { code: 'lv-size-changed', ...names, from: present, to: total, extentSize: vg.extentSize },
      { code: 'lv-resized', ...names },
    ],
  });
}

/** The segment that is cut keeps whole stripes. */
function wholeStripes(lv: LogicalVolume, total: Extents): Extents {
  const cut = lv.segments.find(({ start, count }) => start < total && total < start + count);
  if (cut?.kind !== 'striped') return total;
  const stripes = cut.areas.length;
  return extents(cut.start + Math.ceil((total - cut.start) / stripes) * stripes);
}

function shorter(vg: VolumeGroup, lv: LogicalVolume, total: Extents): VolumeGroup {
  if (mirrorOf(lv)) return cutMirror(vg, lv, total);
  return withLvs(vg, { ...lv, segments: shortened(lv.segments, total) });
}
