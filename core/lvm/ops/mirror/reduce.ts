/** Mirrors go on with what is left of them when PVs are gone for good (reference 11.3). */
import type { LvmId } from '../../../base/ids.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { partialLvs } from '../../format/partial.ts';
import type { Stages } from '../stages.ts';
import { findLv, isVisible, type LogicalVolume } from '../../format/model.ts';
import { drop, failureIn, isSome } from './failure.ts';
import { allImages, imagesOf, innermost, isConverting, isLayer, mirrorOf } from './parts.ts';
import { removeImages } from './remove-images.ts';

interface Reduction {
  /** Mirrors without any image left, as they were. */
  readonly unusable: readonly string[];
  /** They lost their first image, and nobody knows what the others have: they are not active. */
  readonly unsure: readonly string[];
}

/**
 * Images and logs that lie on one of these PVs leave their mirrors, each mirror in versions of its
 * own. One that has no image left is left as it is, and named. A conversion that goes on ends: what
 * is left of the images that were complete before is the volume, and where nothing is left of them,
 * as in LVM, what was copied of it.
 */
export function reduceMirrors(stages: Stages, lost: readonly LvmId[]): Reduction | VolumeError {
  const unusable: string[] = [];
  const unsure: string[] = [];
  for (const { name } of stages.vg.lvs) {
    const lv = findLv(stages.vg, name);
    const segment = lv && mirrorOf(lv);
    if (!segment || isLayer(name)) continue;
    const partial = partialLvs(stages.vg, lost);
    const losesFirst = (mirror: LogicalVolume): void => {
      const [first = ''] = imagesOf(mirrorOf(mirror) ?? segment);
      if (partial.has(first) && !stages.isActive(lv)) unsure.push(mirror.name);
    };
    const failure = failureIn(stages.vg, lv, partial);
    const owner = innermost(stages.vg, lv);
    const someComplete = failure.images.length < allImages(stages.vg, owner).length;
    if (isConverting(lv) && isSome(failure) && someComplete) {
      losesFirst(owner);
      const refused = drop(stages, lv, failure);
      if (refused) return refused;
      continue;
    }
    const all = imagesOf(segment);
    const images = all.filter((image) => partial.has(image));
    const log = segment.log !== undefined && partial.has(segment.log);
    if (images.length === all.length && isVisible(lv)) unusable.push(name);
    if (images.length === all.length || (images.length === 0 && !log)) continue;
    losesFirst(lv);
    const refused = removeImages(stages, name, { images: images.toReversed(), log });
    if (refused) return refused;
  }
  return { unusable, unsure };
}
