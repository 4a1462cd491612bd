/** More or fewer images, another kind of log (reference 10.6-10.8). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { LvmId } from '../../../base/ids.ts';
import { extents, type Sectors } from '../../../base/units.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { lvExtentCount, type LogicalVolume } from '../../format/model.ts';
import { snapshotsTaken } from '../../format/snapshots.ts';
import { DEFAULT_REGION, fittingRegion } from '../../format/region-size.ts';
import { copyingOf, type Conversion, type Converted, type LvconvertRequest } from '../lvconvert.ts';
import { readPlaces } from '../pv-places.ts';
import { resolveStriping, roomIn } from '../place.ts';
import type { Stages } from '../stages.ts';
import { abandon, addImages, addLog, mirrorVolume } from './add-images.ts';
import {
  allImages,
  COPIES,
  innermost,
  layerOf,
  logExtents,
  logKindOf,
  lvNamed,
  mirrorOf,
  MOST_IMAGES,
  sizeOf,
} from './parts.ts';
import { placeImages, pvsUnder, type PlacedImages } from './place-images.ts';
import { reduceImages, reduceLog, removeImages } from './remove-images.ts';

type Images = Extract<Conversion, { kind: 'images' }>;
type Log = Extract<Conversion, { kind: 'log' }>;
type Done = Result<Converted, VolumeError>;

export function convertImages(
  request: LvconvertRequest,
  to: Images,
  stages: Stages,
  lv: LogicalVolume,
): Done {
  const names = { vg: stages.vg.name, lv: lv.name };
  const present = Math.max(1, allImages(stages.vg, lv).length);
  const { sign, count } = to;
  const isMirror = mirrorOf(lv) !== undefined;
  if (to.log !== undefined && sign === undefined && count === 0) {
    return err({ code: 'log-of-no-mirror', lv: lv.name, isMirror });
  }
  const wanted = sign === '-' ? present - count : (sign === '+' ? present : 1) + count;
  if (wanted < 1) return err({ code: 'too-few-images', lv: lv.name });
  if (wanted > MOST_IMAGES) return err({ code: 'too-many-images', most: MOST_IMAGES });
  if (!isMirror && wanted === 1) {
    return ok({
      warnings: [{ code: 'image-count-same', ...names, images: 1 }],
      done: [{ code: 'lv-successfully-converted', ...names }],
    });
  }
  if (!isMirror && !to.fromLinear) return err({ code: 'type-not-yet', type: 'raid1' });
  if (!isMirror) return toMirror(request, to, wanted, stages, lv);
  const layer = layerOf(stages.vg, lv);
  if (layer) return giveUp(wanted, stages, lv);
  const changed =
    to.log === undefined || wanted === 1
      ? undefined
      : convertLog(request, { ...to, log: to.log }, stages, lv, wanted === present);
  if (changed && !changed.ok) return changed;
  if (wanted > present && snapshotsTaken(stages.vg, lv.name).length > 0) {
    return err({ code: 'origin-under-snapshots', ...names });
  }
  if (wanted < present) return fewer(request, present - wanted, stages, lv);
  if (wanted > present) return more(request, wanted - present, stages, lvNamed(stages.vg, lv.name));
  return changed ?? ok({ done: [] });
}

/** While a layer copies only its own images can be taken back; all else waits for its end. */
function giveUp(wanted: number, stages: Stages, lv: LogicalVolume): Done {
  const names = { vg: stages.vg.name, lv: lv.name };
  const inner = allImages(stages.vg, innermost(stages.vg, lv)).length;
  if (wanted !== inner) return err({ code: 'already-converting', ...names });
  const refused = abandon(stages, lv.name);
  return refused ? err(refused) : ok({ done: [{ code: 'lv-converted', ...names }] });
}

function toMirror(
  request: LvconvertRequest,
  to: Images,
  images: number,
  stages: Stages,
  lv: LogicalVolume,
): Done {
  const region = fittingRegion(to.regionSize ?? DEFAULT_REGION, sizeOf(stages.vg, lv));
  const logs = { copies: COPIES[to.log ?? 'disk'], region };
  const placed = placeFor(request, stages, lv, { images: images - 1, logs, striping: to });
  if (!placed.ok) return placed;
  const refused = mirrorVolume(stages, lv.name, placed.value, region);
  return refused ? err(refused) : begun(request, stages, lv, true);
}

function more(request: LvconvertRequest, images: number, stages: Stages, lv: LogicalVolume): Done {
  if (lv.status.includes('NOTSYNCED')) return err({ code: 'mirror-out-of-sync' });
  const placed = placeFor(request, stages, lv, { images });
  if (!placed.ok) return placed;
  const refused = addImages(stages, lv.name, placed.value);
  return refused ? err(refused) : begun(request, stages, lv, false);
}

/** @param wasLinear LVM calls one that is made a mirror in the background converted at once */
function begun(
  request: LvconvertRequest,
  stages: Stages,
  lv: LogicalVolume,
  wasLinear: boolean,
): Done {
  const names = { vg: stages.vg.name, lv: lv.name };
  if (!stages.isActive(lv)) {
    const done = [
      { code: 'lv-being-converted', ...names } as const,
      { code: 'conversion-after-activation' } as const,
    ];
    return ok({ done });
  }
  const code = wasLinear && request.background ? 'lv-converted' : 'lv-being-converted';
  return ok({ done: [{ code, ...names }], begins: copyingOf(stages, lv) });
}

function fewer(request: LvconvertRequest, count: number, stages: Stages, lv: LogicalVolume): Done {
  const pvs = namedPvs(request, stages);
  if (!pvs.ok) return pvs;
  const refused = reduceImages(stages, lv.name, count, pvs.value);
  if (refused) return err(refused);
  return ok({ done: [{ code: 'lv-converted', vg: stages.vg.name, lv: lv.name }] });
}

/**
 * The old log goes before the new one comes: in between the regions are kept in memory. Whether
 * mirrored logs are allowed LVM asks only here, and not where a volume is first made a mirror.
 * @param isLast the number of images stays
 */
export function convertLog(
  request: LvconvertRequest,
  { log, mirroredLogs }: Pick<Log, 'log' | 'mirroredLogs'>,
  stages: Stages,
  lv: LogicalVolume,
  isLast = true,
): Done {
  const present = logKindOf(stages.vg, lv);
  if (present === log) return ok({ done: [] });
  if (log === 'mirrored' && !mirroredLogs) return err({ code: 'mirrored-log-deprecated' });
  const warnings = log === 'mirrored' ? [{ code: 'mirrored-log-unsupported' } as const] : [];
  const done = [{ code: 'lv-converted', vg: stages.vg.name, lv: lv.name } as const];
  const owner = mirrorOf(innermost(stages.vg, lv));
  if (present === 'mirrored' && log === 'disk' && owner?.log !== undefined) {
    const refused = reduceLog(stages, lv.name, owner.log);
    return refused ? err(refused) : ok({ done });
  }
  const inSync = stages.isSynced(lv);
  const isEnd = isLast && log === 'core';
  if (present !== 'core') {
    const refused = removeImages(stages, lv.name, { images: [], log: true }, isEnd);
    if (refused) return err(refused);
  }
  if (log === 'core') return ok({ done });
  const logs = { copies: COPIES[log], region: owner?.regionSize ?? DEFAULT_REGION };
  const placed = placeFor(request, stages, lv, { images: 0, logs });
  if (!placed.ok) return placed;
  const refused = addLog(stages, lv.name, placed.value.logs, inSync);
  return refused ? err(refused) : ok({ warnings, done });
}

/** Images and logs for a volume, away from what it lies on. */
export function placeFor(
  request: Pick<LvconvertRequest, 'pvs' | 'allocation'>,
  stages: Stages,
  lv: LogicalVolume,
  wish: {
    readonly images: number;
    readonly logs?: { readonly copies: number; readonly region: Sectors };
    readonly striping?: Pick<Images, 'stripes' | 'stripeSize'>;
    /** PVs that nothing new goes to. */
    readonly failed?: ReadonlySet<LvmId>;
  },
): Result<PlacedImages, VolumeError> {
  const { vg } = stages;
  const { images, logs, failed = [] } = wish;
  const room = roomIn(stages.scanned, request.pvs);
  if (!room.ok) return room;
  const striping = resolveStriping(room.value, { verb: 'lvconvert', ...wish.striping });
  if (!striping.ok) return striping;
  const count = lvExtentCount(lv);
  const log = {
    count: logs?.copies ?? 0,
    extents: logs ? logExtents(sizeOf(vg, lv), logs.region, vg.extentSize) : extents(0),
  };
  const needed = extents(count * images + log.count * log.extents);
  const { free } = room.value;
  if (needed > free) return noRoom(images, { code: 'pvs-short', needed, free });
  const placed = placeImages({
    room: room.value,
    lv: '',
    count,
    images,
    striping: striping.value,
    logs: { ...log, withImages: true },
    policy: request.allocation ?? lv.allocationPolicy ?? 'inherit',
    avoid: new Set([...pvsUnder(vg, lv), ...failed]),
  });
  return placed.ok ? placed : noRoom(images, placed.error);
}

function noRoom(images: number, why: VolumeError): Result<never, VolumeError> {
  // The log's own want of room says what it was for.
  if (why.code === 'several') return err(why);
  const code = images > 0 ? 'no-room-for-images' : 'no-room-for-log';
  return err({ code: 'several', errors: [why, { code }] });
}

/** Images that leave come from these PVs first. */
export function namedPvs(
  { pvs: words }: LvconvertRequest,
  stages: Stages,
): Result<ReadonlySet<LvmId> | undefined, VolumeError> {
  if (!words || words.length === 0) return ok(undefined);
  const places = readPlaces(stages.scanned, words);
  return places.ok ? ok(new Set(places.value.ranges.keys())) : places;
}
