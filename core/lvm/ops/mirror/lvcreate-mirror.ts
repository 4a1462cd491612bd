/** A new mirror: its images and its log at once, and the log filled before it is used. */
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, sectors, type Extents, type Sectors } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { Plan, Step } from '../../../contract/plan.ts';
import { dmName, dmUuid } from '../../activate/names.ts';
import { logged } from '../../activate/steps.ts';
import { freeCountOf } from '../../format/free-areas.ts';
import { lvExtentCount, type VolumeGroup } from '../../format/model.ts';
import { DEFAULT_REGION, fittingRegion } from '../../format/region-size.ts';
import type { ScannedVg } from '../../scan-types.ts';
import { refusedAfter } from '../after.ts';
import { readClingTags } from '../cling-tags.ts';
import type { OpContext } from '../context.ts';
import {
  newVolume,
  wholeStripes,
  ZEROED,
  zeroStep,
  type LvcreateRequest,
  type MirrorWish,
} from '../lvcreate.ts';
import { resolveStriping, roomIn, sizeBase, type Room } from '../place.ts';
import { planChange } from '../plan-change.ts';
import { resolveSize } from '../size.ts';
import { isRefusal, Stages } from '../stages.ts';
import { createLog, withLog } from './log.ts';
import {
  COPIES,
  hiddenLv,
  imageName,
  logExtents,
  lvNamed,
  mirrorSegment,
  nextImageNumber,
  sizeOf,
  withLvs,
} from './parts.ts';
import { placeImages, type PlacedImages } from './place-images.ts';

export function planNewMirror(
  request: LvcreateRequest,
  wish: MirrorWish,
  name: string,
  context: OpContext,
  scanned: ScannedVg,
): Result<Plan, VolumeError> {
  const notices: Notice[] = wish.nosync ? [{ code: 'mirror-not-synced' }] : [];
  const placed = place(request, wish, name, scanned, notices);
  if (!placed.ok) {
    return isAboutLog(placed.error) ? planWithout(name, context, scanned, placed.error) : placed;
  }
  if (wish.deprecatedLog) {
    const refusal = refusedAfter(notices, { code: 'mirrored-log-deprecated' });
    return planWithout(name, context, scanned, refusal);
  }
  if (wish.log === 'mirrored') notices.push({ code: 'mirrored-log-unsupported' });
  const { images, logs, regionSize } = placed.value;
  const first = nextImageNumber(scanned.vg, name);
  const parts = images.map((segments, index) =>
    hiddenLv(context, imageName(name, first + index), segments, request.allocation),
  );
  const count = extents(Math.min(...parts.map(lvExtentCount)));
  const names = parts.map((part) => part.name);
  const top = newVolume(request, context, name, [mirrorSegment(count, names, { regionSize })]);
  const status = wish.nosync ? [...top.status, 'NOTSYNCED'] : top.status;
  const stages = new Stages(context, scanned);
  stages.inSync = wish.nosync === true;
  const begun = withLvs(scanned.vg, { ...top, status }, ...parts);
  const log = { places: logs, region: regionSize, policy: request.allocation };
  const refused =
    logs.length === 0
      ? attach(stages, request, begun, name)
      : (createLog(stages, begun, name, { ...log, synced: wish.nosync === true }) ??
        attach(stages, request, withLog(stages.vg, name), name));
  if (refused) return err(refused);
  const isZeroed = (request.activate ?? true) && (request.zero ?? true);
  if (!isZeroed) notices.push({ code: 'lv-not-zeroed', vg: scanned.vg.name, lv: name });
  return ok(
    stages.plan({
      title: `Create mirror ${scanned.vg.name}/${name}`,
      log: { first: [{ code: 'creating-lv', lv: name }] },
      warnings: notices,
      done: [{ code: 'lv-created', lv: name }],
    }),
  );
}

const isAboutLog = (error: VolumeError): boolean =>
  error.code === 'several' && error.errors.some(({ code }) => code === 'no-room-for-log');

/**
 * LVM makes the images first and takes them back when there is to be no log: a version of the group
 * that is like the one before (as LVM 2.03 was seen to).
 */
function planWithout(
  name: string,
  context: OpContext,
  scanned: ScannedVg,
  refusal: VolumeError,
): Result<Plan, VolumeError> {
  return planChange(context, scanned, {
    title: `Create mirror ${scanned.vg.name}/${name}`,
    next: scanned.vg,
    log: { first: [{ code: 'creating-lv', lv: name }] },
    done: [],
    short: refusal,
  });
}

interface Placed extends PlacedImages {
  readonly regionSize: Sectors;
}

function place(
  request: LvcreateRequest,
  wish: MirrorWish,
  lv: string,
  scanned: ScannedVg,
  notices: Notice[],
): Result<Placed, VolumeError> {
  const { vg } = scanned;
  const room = roomIn(scanned, request.pvs);
  if (!room.ok) return room;
  const striping = resolveStriping(room.value, request);
  if (!striping.ok) return striping;
  notices.push(...room.value.notices, ...striping.value.notices);
  const size = resolveSize(request.size, sizeBase(room.value, extents(0)), 'lvcreate');
  if (!size.ok) return size;
  const { approximate, total } = size.value;
  notices.push(...size.value.notices);
  // Percentages are of physical extents, which all images share.
  const each = approximate ? Math.floor(total / wish.images) : total;
  const { stripes } = striping.value;
  const count = wholeStripes(each, stripes, approximate ? each : Infinity);
  const refused = (error: VolumeError) => err(refusedAfter(notices, error));
  if (count === 0) return refused({ code: 'size-comes-to-zero', rounded: true });
  if (count > each) {
    const { extentSize } = vg;
    notices.push({ code: 'rounded-to-stripes', from: extents(each), to: count, extentSize });
  }
  const wanted = wish.regionSize ?? DEFAULT_REGION;
  const regionSize = fittingRegion(wanted, sectors(count * vg.extentSize));
  if (regionSize < wanted) notices.push({ code: 'region-size-reduced', size: regionSize });
  const copies = wish.deprecatedLog ? 0 : COPIES[wish.log];
  const logs = {
    count: copies,
    extents: logExtents(sectors(count * vg.extentSize), regionSize, vg.extentSize),
  };
  const short = refuseShort(room.value, count, wish.images, approximate);
  if (short) return refused(short);
  const { tags, notices: aboutTags } = readClingTags(request.clingTags);
  notices.push(...aboutTags);
  const placed = placeImages({
    room: room.value,
    lv,
    count,
    images: wish.images,
    striping: striping.value,
    logs,
    policy: request.allocation ?? 'inherit',
    approximate,
    clingTags: tags,
    avoid: new Set(),
  });
  return placed.ok ? ok({ ...placed.value, regionSize }) : refused(placed.error);
}

/** @param count of one image: of all of them only the PVs are asked */
function refuseShort(
  { vg, free: room }: Room,
  count: Extents,
  images: number,
  approximate: boolean,
): VolumeError | undefined {
  const needed = extents(count * images);
  if (approximate || needed <= room) return undefined;
  const free = freeCountOf(vg);
  return count > free
    ? { code: 'vg-short', vg: vg.name, needed: count, free }
    : { code: 'pvs-short', needed, free: room };
}

/** The last version, and the mirror brought up. */
function attach(
  stages: Stages,
  request: LvcreateRequest,
  next: VolumeGroup,
  name: string,
): VolumeError | undefined {
  const title = `Create ${name}`;
  const wanted = (request.activate ?? true) && (!request.skipActivation || request.ignoreSkip);
  if (!wanted) return stages.change({ title, next });
  const up = stages.activate(next, name);
  if (isRefusal(up)) return up;
  return stages.change({ title, next, after: [...up, ...zeroing(stages, request, next, name)] });
}

function zeroing(
  stages: Stages,
  request: LvcreateRequest,
  vg: VolumeGroup,
  name: string,
): readonly Step[] {
  if (!(request.zero ?? true) || request.readOnly) return [];
  const lv = lvNamed(vg, name);
  const size = sectors(Math.min(ZEROED, sizeOf(vg, lv)));
  const device = stages.kernel.find(dmUuid(vg.id, lv.id))?.name ?? dmName(vg.name, name);
  const names = { vg: vg.name, lv: name };
  return logged(
    [zeroStep(device, size)],
    [
      { code: 'wiping-lv', ...names },
      { code: 'zeroing-lv', ...names, size },
    ],
  );
}
