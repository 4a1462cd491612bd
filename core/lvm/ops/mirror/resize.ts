/** Mirrors that grow or are cut: all of their images at once (reference 10.5). */
import { must } from '../../../base/assert.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, type Extents } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { Plan } from '../../../contract/plan.ts';
import { reloadSteps } from '../../activate/steps.ts';
import { allocate } from '../../alloc/allocate.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import type { ScannedVg } from '../../scan-types.ts';
import { refusedAfter } from '../after.ts';
import { readClingTags } from '../cling-tags.ts';
import type { OpContext } from '../context.ts';
import type { LvextendRequest } from '../lvextend.ts';
import { planChange } from '../plan-change.ts';
import {
  effectivePolicy,
  isMixed,
  mergeAdjacent,
  presentOf,
  resolveStriping,
  roomIn,
  shortened,
  sizeBase,
  type Room,
} from '../place.ts';
import { resolveSize } from '../size.ts';
import { isRefusal, Stages } from '../stages.ts';
import { imagesOf, isConverting, lvNamed, mirrorOf, withLvs } from './parts.ts';
import { imageSegments } from './place-images.ts';

/** The volume with images of so many extents, which have them at their start. */
export function cutMirror(vg: VolumeGroup, lv: LogicalVolume, total: Extents): VolumeGroup {
  const segment = must(mirrorOf(lv), 'a mirror');
  const images = imagesOf(segment).map((name) => {
    const image = lvNamed(vg, name);
    return { ...image, segments: shortened(image.segments, total) };
  });
  return withLvs(vg, { ...lv, segments: [{ ...segment, count: total }] }, ...images);
}

export function planExtendMirror(
  request: LvextendRequest,
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const names = { vg: vg.name, lv: lv.name };
  const images = imagesOf(must(mirrorOf(lv), 'a mirror'));
  // None is as good as not said.
  const same = [undefined, 0, images.length - 1].includes(request.mirrors);
  if (!same) return err({ code: 'mirrors-vary' });
  if (isConverting(lv)) return err({ code: 'already-converting', ...names });
  const room = roomIn(scanned, request.pvs);
  if (!room.ok) return room;
  const present = lvExtentCount(lv);
  const size = resolveSize(request.size, sizeBase(room.value, present), 'lvextend');
  if (!size.ok) return size;
  const notices: Notice[] = [...room.value.notices, ...size.value.notices];
  const refused = (error: VolumeError) => err(refusedAfter(notices, error));
  const { total, approximate } = size.value;
  // Percentages are of physical extents, which all images share.
  const more = approximate ? Math.floor((total - present) / images.length) : total - present;
  if (more <= 0) return refused({ code: 'not-larger', extents: total, existing: present });
  if (!request.mirrors) notices.push({ code: 'extending-images', images: images.length });
  const needed = extents(more * images.length);
  if (needed > room.value.free)
    return refused({ code: 'pvs-short', needed, free: room.value.free });
  const grown = grow(request, vg, lv, room.value, extents(more), notices);
  if (!grown.ok) return refused(grown.error);
  return planGrowth(context, scanned, lv, grown.value, notices);
}

/** Each image goes on where it ends, if it can. */
function grow(
  request: LvextendRequest,
  vg: VolumeGroup,
  lv: LogicalVolume,
  room: Room,
  more: Extents,
  notices: Notice[],
): Result<VolumeGroup, VolumeError> {
  const segment = must(mirrorOf(lv), 'a mirror');
  const images = imagesOf(segment).map((name) => lvNamed(vg, name));
  const { segments: own = [] } = images[0] ?? {};
  if (isMixed(request, own)) return err({ code: 'stripes-unsaid' });
  const striping = resolveStriping(room, request, own.at(-1));
  if (!striping.ok) return striping;
  const { stripes, stripeSize } = striping.value;
  notices.push(...striping.value.notices);
  const ends = images.map((image) => presentOf(image.segments, stripes));
  const policy = effectivePolicy(vg, request.allocation ?? lv.allocationPolicy ?? 'inherit');
  const { tags, notices: aboutTags } = readClingTags(request.clingTags);
  const each = extents(Math.ceil(more / stripes) * stripes);
  const present = lvExtentCount(lv);
  if (each > more) {
    const [from, to] = [extents(present + more), extents(present + each)];
    notices.push({ code: 'rounded-to-stripes-segment', from, to });
  }
  notices.push(...aboutTags);
  const found = allocate({
    count: extents(each * images.length),
    stripes: stripes * images.length,
    policy,
    free: room.areas,
    clingTags: tags,
    tagsOf: new Map(vg.pvs.map(({ id, tags: own }) => [id, own])),
    ...(ends.every((end) => end !== undefined)
      ? {
          present: {
            last: ends.flatMap((end) => end.last),
            first: ends.flatMap((end) => end.first),
          },
        }
      : {}),
  });
  if (!found.ok) {
    const contiguous = policy === 'contiguous';
    return err({ code: 'no-suitable-extents', lv: lv.name, contiguous, more: found.error.more });
  }
  const longer = images.map((image, index) => {
    const added = imageSegments(found.value.pieces, index, { stripes, stripeSize });
    const moved = added.map((one) => ({ ...one, start: extents(one.start + present) }));
    return { ...image, segments: mergeAdjacent([...image.segments, ...moved]) };
  });
  const status = request.nosync && !lv.status.includes('NOTSYNCED') ? ['NOTSYNCED'] : [];
  const top = {
    ...lv,
    status: [...lv.status, ...status],
    segments: [{ ...segment, count: extents(present + each) }],
  };
  return ok(withLvs(vg, top, ...longer));
}

function planGrowth(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  next: VolumeGroup,
  notices: readonly Notice[],
): Result<Plan, VolumeError> {
  const stages = new Stages(context, scanned);
  const tree = stages.tree(next, lv.name);
  if (isRefusal(tree)) return err(tree);
  const names = { vg: next.name, lv: lv.name };
  const [from, to] = [lvExtentCount(lv), lvExtentCount(lvNamed(next, lv.name))];
  return planChange(context, scanned, {
    title: `Extend mirror ${names.vg}/${names.lv}`,
    next,
    reload: reloadSteps(tree, stages.kernel),
    log: { first: [{ code: 'resizing-lv', ...names, how: 'Extending', size: tree.size }] },
    warnings: notices,
    done: [
      { code: 'lv-size-changed', ...names, from, to, extentSize: next.extentSize },
      { code: 'lv-resized', ...names },
    ],
  });
}
