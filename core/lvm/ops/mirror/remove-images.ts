/** A mirror with fewer images, or without its log (reference 10.8). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { LvmId } from '../../../base/ids.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { must } from '../../../base/assert.ts';
import type { Stages } from '../stages.ts';
import { changeInUse, forget } from './detach.ts';
import { errorSegment, imagesOf, lvNamed, mirrorOf, shown, withImages, withLvs } from './parts.ts';
import { pvsUnder } from './place-images.ts';

/** What a mirror is to lose. */
export interface Removal {
  readonly images: readonly string[];
  readonly log: boolean;
}

export const primaryOutOfSync = (stages: Stages, lv: LogicalVolume): VolumeError => ({
  code: 'primary-out-of-sync',
  vg: stages.vg.name,
  lv: lv.name,
  ...(!stages.isActive(lv) && { inactive: true }),
});

/**
 * The images to remove: those on named PVs, as many as there are, from the end; then the last. Only
 * of those that are all the same may the primary go.
 */
export function chooseImages(
  stages: Stages,
  lv: LogicalVolume,
  count: number,
  pvs: ReadonlySet<LvmId> | undefined,
): Result<readonly string[], VolumeError> {
  const images = imagesOf(must(mirrorOf(lv), 'a mirror'));
  const named = pvs ? imagesOn(stages.vg, images, pvs).toReversed().slice(0, count) : [];
  const others = images.filter((name) => !named.includes(name));
  const more = count - named.length;
  const chosen = more === 0 ? named : [...named, ...others.slice(-more)];
  const [primary] = images;
  if (primary !== undefined && chosen.includes(primary) && !stages.isSynced(lv)) {
    return err(primaryOutOfSync(stages, lv));
  }
  return ok(chosen);
}

/** The images that lie on these PVs alone. */
export const imagesOn = (vg: VolumeGroup, images: readonly string[], pvs: ReadonlySet<LvmId>) =>
  images.filter((name) => {
    const under = [...pvsUnder(vg, lvNamed(vg, name))];
    return under.length > 0 && under.every((id) => pvs.has(id));
  });

/**
 * So many images fewer. Where PVs are named those on them go first and what is still missing after
 * them, which takes versions of its own even if nothing lay on the PVs (as LVM 2.03 was seen to).
 */
export function reduceImages(
  stages: Stages,
  name: string,
  count: number,
  pvs: ReadonlySet<LvmId> | undefined,
): VolumeError | undefined {
  const { vg } = stages;
  const lv = lvNamed(vg, name);
  const chosen = chooseImages(stages, lv, count, pvs);
  if (!chosen.ok) return chosen.error;
  const on = pvs ? imagesOn(vg, chosen.value, pvs) : chosen.value;
  const rest = chosen.value.filter((one) => !on.includes(one));
  const log = imagesOf(must(mirrorOf(lv), 'a mirror')).length - count === 1;
  const refused = removeImages(stages, name, { images: on, log }, rest.length === 0);
  if (refused || rest.length === 0) return refused;
  return removeImages(stages, name, { images: rest, log: false });
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
  // Without its log the mirror would have to be made the same all over.
  const lv = lvNamed(stages.vg, name);
  if (removal.log) stages.inSync = stages.isSynced(lv);
  return takeOut(stages, name, without(stages.vg, lv, removal), isLast);
}

/** One copy of a mirrored log is a log on disk: nothing that it knows is lost. */
export function reduceLog(stages: Stages, name: string, log: string): VolumeError | undefined {
  const lv = lvNamed(stages.vg, log);
  const images = imagesOf(must(mirrorOf(lv), 'a mirrored log')).slice(1);
  return takeOut(stages, name, without(stages.vg, lv, { images, log: false }));
}

/** @param name the volume that is in use */
function takeOut(
  stages: Stages,
  name: string,
  { next, gone }: ReturnType<typeof without>,
  isLast = true,
): VolumeError | undefined {
  const title = `Take ${gone.join(', ')} out of ${name}`;
  return changeInUse(stages, name, { title, next }, gone) ?? forget(stages, name, gone, isLast);
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
