/** Moves of which the source or the destination is gone for good. */
import type { LvmId } from '../../../base/ids.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { partialLvs } from '../../format/partial.ts';
import type { MirrorSegment } from '../../format/model.ts';
import { pvmovesOf, runningPiece } from '../../format/pvmove.ts';
import { lvNamed, withLvs } from '../mirror/parts.ts';
import type { Stages } from '../stages.ts';
import { endMove } from './end.ts';

/**
 * Ends each as it stands: what is moved is at its destination, what waits is at the source. The
 * piece that was being copied is where a disk is left, the source before the destination. LVM
 * 2.03.16 leaves such volumes locked for good.
 * @returns layers whose source is gone, of which nobody knows how much was copied
 */
export function endLostMoves(
  stages: Stages,
  lost: readonly LvmId[],
): readonly string[] | VolumeError {
  const unsure: string[] = [];
  const partial = partialLvs(stages.vg, lost);
  for (const { name } of pvmovesOf(stages.vg).filter((lv) => partial.has(lv.name))) {
    const layer = lvNamed(stages.vg, name);
    const piece = runningPiece(layer);
    const isLost = (index: number): boolean => {
      const area = piece?.areas.at(index);
      return area?.on === 'pv' ? lost.includes(area.pvId) : area ? partial.has(area.lv) : false;
    };
    const stays = piece !== undefined && isLost(0) && !isLost(-1);
    if (stays && !stages.isSynced(layer)) unsure.push(name);
    const moved = (one: MirrorSegment): MirrorSegment => ({ ...one, extentsMoved: one.count });
    const segments = layer.segments.map((one) => (stays && one === piece ? moved(piece) : one));
    const refused = endMove(stages, withLvs(stages.vg, { ...layer, segments }), name);
    if (refused) return refused;
  }
  return unsure;
}
