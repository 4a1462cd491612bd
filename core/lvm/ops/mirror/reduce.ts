/** Mirrors go on with what is left of them when PVs are gone for good (reference 11.3). */
import type { LvmId } from '../../../base/ids.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { findLv, isVisible } from '../../format/model.ts';
import { partialLvs } from '../../format/partial.ts';
import type { Stages } from '../stages.ts';
import { imagesOf, mirrorOf } from './parts.ts';
import { removeImages } from './remove-images.ts';

/**
 * Images and logs that lie on one of these PVs leave their mirrors, each mirror in versions of its
 * own. One that has no image left is left as it is, and named.
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
