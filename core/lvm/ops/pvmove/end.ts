/** The last versions of a move: volumes on PVs again, no layer. */
import { must } from '../../../base/assert.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import type { Step } from '../../../contract/plan.ts';
import { lvExtentCount, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { isMoved, moversOf, movingPieces } from '../../format/pvmove.ts';
import { reloadWith, forget } from '../mirror/detach.ts';
import { errorSegment, imagesOf, lvNamed, shown, withLvs, withoutLvs } from '../mirror/parts.ts';
import { mergeAdjacent } from '../place.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { reloadAll, withoutLayer } from './layer.ts';

/**
 * What is moved stays at its destination, all else where it was (reference 10.9 d, e).
 * @param vg the group in its last version, with what is moved by now
 * @param lastLook before that version is valid
 */
export function endMove(
  stages: Stages,
  vg: VolumeGroup,
  name: string,
  lastLook: readonly Step[] = [],
): VolumeError | undefined {
  const [piece] = movingPieces(lvNamed(vg, name));
  const images = piece ? imagesOf(piece) : [];
  if (piece && images.length > 0) {
    const kept = isMoved(piece) ? images.at(-1) : images[0];
    const refused = reduceToImage(stages, vg, name, { kept: must(kept, 'an image'), lastLook });
    if (refused) return refused;
    return removeLayer(stages, stages.vg, name, []);
  }
  return removeLayer(stages, vg, name, lastLook);
}

export const abortMove = (stages: Stages, name: string): VolumeError | undefined =>
  endMove(stages, stages.vg, name);

function removeLayer(
  stages: Stages,
  vg: VolumeGroup,
  name: string,
  lastLook: readonly Step[],
): VolumeError | undefined {
  const movers = moversOf(vg, name);
  const next = withoutLayer(vg, lvNamed(vg, name));
  const reload = reloadAll(stages, next, movers, [name]);
  if (isRefusal(reload)) return reload;
  const title = `Take what moved off ${name}`;
  const refused = stages.change({ title, next, reload, lastLook });
  if (refused) return refused;
  const down = stages.deactivate(stages.vg, name);
  if (isRefusal(down)) return down;
  const without = withoutLvs(stages.vg, [name]);
  return stages.change({ title: `Remove ${name}`, next: without, before: down });
}

/** A move of all pieces as one has images: the layer becomes what one of them was. */
function reduceToImage(
  stages: Stages,
  vg: VolumeGroup,
  name: string,
  { kept, lastLook }: { readonly kept: string; readonly lastLook: readonly Step[] },
): VolumeError | undefined {
  const layer = lvNamed(vg, name);
  const images = movingPieces(layer).flatMap(imagesOf);
  const gone = images.filter((one) => one !== kept);
  const next = withLvs(
    vg,
    { ...layer, segments: lvNamed(vg, kept).segments },
    ...gone.map((one) => detached(lvNamed(vg, one))),
    shown({
      ...lvNamed(vg, kept),
      segments: [errorSegment(lvExtentCount(lvNamed(vg, kept)))],
    }),
  );
  const names = [...gone, kept];
  const reload = stages.isActive(layer) ? reloadWith(stages, next, name, names) : undefined;
  if (reload && isRefusal(reload)) return reload;
  const title = `Make ${name} what ${kept} is`;
  const refused = stages.change({ title, next, lastLook, ...(reload ? { reload } : {}) });
  return refused ?? forget(stages, name, names, false);
}

const detached = (lv: LogicalVolume): LogicalVolume =>
  shown({ ...lv, segments: mergeAdjacent(lv.segments) });
