/** Mirrors go on with what is left of them when PVs are gone for good (reference 11.3). */
import type { LvmId } from '../../../base/ids.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { partialLvs } from '../../format/partial.ts';
import type { Stages } from '../stages.ts';
import { findLv, isVisible, type LogicalVolume } from '../../format/model.ts';
import { allImages, imagesOf, innermost, isConverting, mirrorOf } from './parts.ts';
import { removeImages } from './remove-images.ts';
import { drop, type Failure } from './repair.ts';

/**
 * Images and logs that lie on one of these PVs leave their mirrors, each mirror in versions of its
 * own. One that has no image left is left as it is, and named. A conversion that goes on ends: what
 * is left of the images that were complete before is the volume, and where nothing is left of them,
 * as in LVM, what was copied of it.
 */
export function reduceMirrors(
  stages: Stages,
  lost: readonly LvmId[],
): { readonly unusable: readonly string[] } | VolumeError {
  const unusable: string[] = [];
  for (const { name } of stages.vg.lvs) {
    const lv = findLv(stages.vg, name);
    const segment = lv && mirrorOf(lv);
    if (!segment) continue;
    const partial = partialLvs(stages.vg, lost);
    const failure = isConverting(lv) ? lostOf(stages, lv, partial) : undefined;
    if (failure) {
      const refused = drop(stages, lv, failure);
      if (refused) return refused;
      continue;
    }
    const all = imagesOf(segment);
    const images = all.filter((image) => partial.has(image));
    const log = segment.log !== undefined && partial.has(segment.log);
    if (images.length === all.length && isVisible(lv)) unusable.push(name);
    if (images.length === all.length || (images.length === 0 && !log)) continue;
    const refused = removeImages(stages, name, { images: images.toReversed(), log });
    if (refused) return refused;
  }
  return { unusable };
}

/** Of a mirror with a layer; undefined: nothing, or all that was complete. */
function lostOf(
  { vg }: Stages,
  lv: LogicalVolume,
  partial: ReadonlySet<string>,
): Failure | undefined {
  const owner = innermost(vg, lv);
  const segment = mirrorOf(owner);
  const complete = segment ? imagesOf(segment) : [];
  const images = complete.filter((image) => partial.has(image));
  if (images.length === complete.length) return undefined;
  const added = allImages(vg, lv).filter(
    (image) => !complete.includes(image) && partial.has(image),
  );
  const log = segment?.log !== undefined && partial.has(segment.log);
  const isLost = images.length > 0 || added.length > 0 || log;
  return isLost ? { images, added, log } : undefined;
}
