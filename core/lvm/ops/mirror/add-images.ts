/** More images for a volume while it is used, and a log for a mirror (reference 10.6, 10.7). */
import { must } from '../../../base/assert.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import type { Sectors } from '../../../base/units.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { DEFAULT_REGION, fittingRegion } from '../../format/region-size.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { changeInUse, forget } from './detach.ts';
import { createLog, withLog } from './log.ts';
import {
  errorSegment,
  hiddenLv,
  imageName,
  imagesOf,
  innermost,
  layerName,
  layerOf,
  logName,
  lvNamed,
  mirrorOf,
  mirrorSegment,
  nextImageNumber,
  shown,
  sizeOf,
  withImages,
  withLvs,
  withoutLvs,
} from './parts.ts';
import type { PlacedImages } from './place-images.ts';
import { without, type Removal } from './remove-images.ts';

const NOTHING: Removal = { images: [], log: false };

/** A linear or striped volume becomes the first image of a mirror. */
export function mirrorVolume(
  stages: Stages,
  name: string,
  placed: PlacedImages,
  regionSize: Sectors,
): VolumeError | undefined {
  // Whatever was the same on all legs up to now: a new one holds nothing of it yet.
  stages.inSync = false;
  if (placed.logs.length > 0) {
    const log = { places: placed.logs, region: regionSize, synced: false };
    const refused = createLog(stages, stages.vg, name, log);
    if (refused) return refused;
  }
  const { vg, context } = stages;
  const lv = lvNamed(vg, name);
  // What a conversion that was cut short left behind keeps its names.
  const first = nextImageNumber(vg, name);
  const primary = hiddenLv(context, imageName(name, first), lv.segments);
  const images = [primary, ...newImages(stages, name, placed, first + 1)];
  const names = images.map((image) => image.name);
  const segment = mirrorSegment(lvExtentCount(lv), names, { regionSize });
  const mirror = withLvs(vg, { ...lv, segments: [segment] }, ...images);
  return reload(stages, placed.logs.length > 0 ? withLog(mirror, name) : mirror, name);
}

/**
 * Images for a mirror with its log in memory: everything is copied anew. One with a log on
 * disk gets a layer, and keeps what its log knows.
 */
export function addImages(
  stages: Stages,
  name: string,
  placed: PlacedImages,
): VolumeError | undefined {
  // The stages before may have said of fewer images that they are the same.
  stages.inSync = false;
  const lv = lvNamed(stages.vg, name);
  const segment = must(mirrorOf(lv), 'a mirror');
  if (segment.log !== undefined) return addLayer(stages, lv, placed);
  const images = newImages(stages, name, placed, nextImageNumber(stages.vg, name));
  const names = [...imagesOf(segment), ...images.map((image) => image.name)];
  const changed = { ...lv, segments: [withImages(segment, names)] };
  return reload(stages, withLvs(stages.vg, changed, ...images), name);
}

/**
 * What the mirror was goes into a layer, above which a mirror of layer and new images copies once.
 * The layer is there before anything is suspended: a device cannot be made then.
 */
function addLayer(
  stages: Stages,
  lv: LogicalVolume,
  placed: PlacedImages,
): VolumeError | undefined {
  const number = nextImageNumber(stages.vg, lv.name);
  const count = lvExtentCount(lv);
  const layer = createLayer(stages, lv, number);
  if (isRefusal(layer)) return layer;
  const old = must(mirrorOf(lv), 'a mirror');
  const images = newImages(stages, lv.name, placed, number);
  const names = [layer.name, ...images.map((image) => image.name)];
  const { regionSize } = old;
  const segment = mirrorSegment(count, names, regionSize === undefined ? {} : { regionSize });
  const next = withLvs(
    stages.vg,
    { ...lv, segments: [segment] },
    { ...layer, segments: [old] },
    ...images,
  );
  return reload(stages, next, lv.name);
}

function createLayer(
  stages: Stages,
  lv: LogicalVolume,
  number: number,
): LogicalVolume | VolumeError {
  const segments = [errorSegment(lvExtentCount(lv))];
  const layer = hiddenLv(stages.context, layerName(lv.name, number), segments);
  const next = withLvs(stages.vg, layer);
  const up = stages.isActive(lv) ? stages.activate(next, layer.name) : [];
  if (isRefusal(up)) return up;
  return stages.change({ title: `Create ${layer.name}`, next, after: up }) ?? layer;
}

/** What a repair leaves of a layer for images that find no room: two versions, as in LVM. */
export function layerForNothing(stages: Stages, name: string): VolumeError | undefined {
  const layer = createLayer(stages, lvNamed(stages.vg, name), nextImageNumber(stages.vg, name));
  if (isRefusal(layer)) return layer;
  const down = stages.deactivate(stages.vg, layer.name);
  if (isRefusal(down)) return down;
  const next = withoutLvs(stages.vg, [layer.name]);
  return stages.change({ title: `Remove ${layer.name}`, next, before: down });
}

/** A version in which nothing changes: where a repair finds that no image is missing. */
export const sameAgain = (stages: Stages, name: string): VolumeError | undefined =>
  reload(stages, stages.vg, name);

/**
 * The new images join those of the layer, which is left with an error and forgotten.
 * @param removal what leaves the mirror at the same moment
 */
export function collapse(
  stages: Stages,
  name: string,
  removal: Removal = NOTHING,
): VolumeError | undefined {
  const { vg } = stages;
  const lv = lvNamed(vg, name);
  const layer = must(layerOf(vg, lv), 'a layer');
  const added = imagesOf(must(mirrorOf(lv), 'a mirror')).slice(1);
  const inner = must(mirrorOf(layer), 'the mirror in the layer');
  const segment = withImages(inner, [...imagesOf(inner), ...added]);
  return dissolve(stages, lv, { layer, segment, gone: [], removal });
}

/**
 * The conversion is given up: the volume is what its layer is, the new images go.
 * @param removal what leaves the mirror at the same moment
 */
export function abandon(
  stages: Stages,
  name: string,
  removal: Removal = NOTHING,
): VolumeError | undefined {
  const { vg } = stages;
  const lv = lvNamed(vg, name);
  const layer = must(layerOf(vg, lv), 'a layer');
  const added = imagesOf(must(mirrorOf(lv), 'a mirror')).slice(1);
  const segment = must(mirrorOf(layer), 'the mirror in the layer');
  return dissolve(stages, lv, { layer, segment, gone: added, removal });
}

interface Dissolution {
  readonly layer: LogicalVolume;
  /** Of the volume without its layer. */
  readonly segment: ReturnType<typeof withImages>;
  /** Images that go with the layer. */
  readonly gone: readonly string[];
  readonly removal: Removal;
}

/**
 * In one version with what is removed: a mirror that begins with an image that is lost would take
 * it for the one that is right, wherever the log does not call it clean.
 */
function dissolve(
  stages: Stages,
  lv: LogicalVolume,
  { layer, segment, gone, removal }: Dissolution,
): VolumeError | undefined {
  const { vg } = stages;
  const left = shown({ ...layer, segments: [errorSegment(lvExtentCount(layer))] });
  const losing = gone.map((name) => shown(lvNamed(vg, name)));
  const dissolved = withLvs(vg, { ...lv, segments: [segment] }, left, ...losing);
  const isRemoved = removal.images.length > 0 || removal.log;
  const { next, gone: removed } = isRemoved
    ? without(dissolved, lvNamed(dissolved, lv.name), removal)
    : { next: dissolved, gone: [] };
  const names = [...removed, ...gone, layer.name];
  // Without its log the mirror would have to be made the same all over.
  if (removal.log) stages.inSync = stages.isSynced(layer);
  const title = `Take the layer ${layer.name} away`;
  return changeInUse(stages, lv.name, { title, next }, names) ?? forget(stages, lv.name, names);
}

/**
 * A log for a mirror that has none, in the innermost of its layers. Filled it calls nothing clean,
 * where LVM fills the log of a mirror in sync with ones: that the regions are, the table says when
 * it goes live. Up to then a leg may fail a write, and what the legs have is not flushed.
 */
export function addLog(
  stages: Stages,
  name: string,
  places: PlacedImages['logs'],
  inSync: boolean,
): VolumeError | undefined {
  const owner = innermost(stages.vg, lvNamed(stages.vg, name));
  const segment = must(mirrorOf(owner), 'a mirror');
  // Where the metadata does not say it, the log has to: a bit of it stands for a region.
  const region = segment.regionSize ?? fittingRegion(DEFAULT_REGION, sizeOf(stages.vg, owner));
  stages.inSync = inSync;
  const refused = createLog(stages, stages.vg, name, { places, region, synced: false });
  if (refused) return refused;
  const sized = { ...owner, segments: [{ ...segment, regionSize: region }] };
  return reload(stages, withLog(withLvs(stages.vg, sized), owner.name, logName(name)), name);
}

const newImages = (
  { context }: Stages,
  name: string,
  { images }: PlacedImages,
  first: number,
): readonly LogicalVolume[] =>
  images.map((segments, index) => hiddenLv(context, imageName(name, first + index), segments));

const reload = (stages: Stages, next: VolumeGroup, name: string): VolumeError | undefined =>
  changeInUse(stages, name, { title: `Change ${name}`, next });
