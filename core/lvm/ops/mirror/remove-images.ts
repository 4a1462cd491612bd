/** A mirror with fewer images, or without its log (reference 10.8). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { LvmId } from '../../../base/ids.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { must } from '../../../base/assert.ts';
import { isInSync } from '../../activate/mirror-status.ts';
import { realDeviceOf } from '../find.ts';
import type { Stages } from '../stages.ts';
import { isRefusal } from '../stages.ts';
import { asParts, forget, reloadWith } from './detach.ts';
import { errorSegment, imagesOf, lvNamed, mirrorOf, shown, withImages, withLvs } from './parts.ts';
import { pvsUnder } from './place-images.ts';

/** What a mirror is to lose. */
export interface Removal {
  readonly images: readonly string[];
  readonly log: boolean;
}

/**
 * The images to remove: those on the named PVs where some are named, else from the end. The primary
 * goes last, and only where all are in sync.
 */
export function chooseImages(
  vg: VolumeGroup,
  lv: LogicalVolume,
  count: number,
  { pvs, inSync }: { readonly pvs?: ReadonlySet<LvmId>; readonly inSync: boolean },
): Result<readonly string[], VolumeError> {
  const images = imagesOf(must(mirrorOf(lv), 'a mirror'));
  const open = pvs
    ? images.filter((name) => {
        const under = [...pvsUnder(vg, lvNamed(vg, name))];
        return under.length > 0 && under.every((id) => pvs.has(id));
      })
    : images;
  // Those on named PVs in their order, as many as there are; then from the end.
  const named = pvs ? open.slice(0, count) : [];
  const others = images.filter((name) => !named.includes(name));
  const more = count - named.length;
  const chosen = more === 0 ? named : [...named, ...others.slice(-more)];
  const [primary] = images;
  if (!inSync && primary !== undefined && chosen.includes(primary)) {
    return err({ code: 'primary-out-of-sync' });
  }
  return ok(chosen);
}

/**
 * Without a second image it is no mirror any more: it takes over what the only one lies on.
 * @param isLast nothing else is changed behind it
 */
export function removeImages(
  stages: Stages,
  name: string,
  removal: Removal,
  isLast = true,
): VolumeError | undefined {
  const { vg } = stages;
  const { next, gone } = without(vg, lvNamed(vg, name), removal);
  const active = stages.isActive(lvNamed(vg, name));
  // Without its log the mirror would have to be made the same all over.
  if (removal.log) stages.inSync = isInSync(realDeviceOf(stages.context, vg, lvNamed(vg, name)));
  const reload = active ? reloadWith(stages, next, name, gone) : undefined;
  if (reload && isRefusal(reload)) return reload;
  const title = `Take ${gone.join(', ')} out of ${name}`;
  return stages.change({ title, next, ...asParts(reload) }) ?? forget(stages, name, gone, isLast);
}

/** The version, and what belongs to nobody in it, in the order in which LVM removes it. */
export function without(
  vg: VolumeGroup,
  lv: LogicalVolume,
  { images, log }: Removal,
): { readonly next: VolumeGroup; readonly gone: readonly string[] } {
  const segment = must(mirrorOf(lv), 'a mirror');
  const kept = imagesOf(segment).filter((name) => !images.includes(name));
  const only = kept.length === 1 ? kept[0] : undefined;
  const losing = images.map((name) => shown(lvNamed(vg, name)));
  const dropsLog = segment.log !== undefined && (log || kept.length === 1);
  const oldLog = dropsLog ? [shown(lvNamed(vg, segment.log))] : [];
  const names = (lvs: readonly LogicalVolume[]) => lvs.map((one) => one.name);
  if (only === undefined) {
    const { log: _log, ...rest } = segment;
    const left = withImages(dropsLog ? rest : segment, kept);
    const changed = { ...lv, segments: [left] };
    const next = withLvs(vg, changed, ...losing, ...oldLog);
    return { next, gone: [...names(losing), ...names(oldLog)] };
  }
  const below = lvNamed(vg, only);
  const status = lv.status.filter((word) => word !== 'NOTSYNCED');
  const changed = { ...lv, status, segments: below.segments };
  // What the volume took over is no longer the image's: it is an error until it is gone.
  const layer = shown({ ...below, segments: [errorSegment(lvExtentCount(below))] });
  const next = withLvs(vg, changed, ...losing, layer, ...oldLog);
  return { next, gone: [...names(losing), layer.name, ...names(oldLog)] };
}

/** Only the log. */
export function removeLog(stages: Stages, name: string, isLast: boolean): VolumeError | undefined {
  return removeImages(stages, name, { images: [], log: true }, isLast);
}
