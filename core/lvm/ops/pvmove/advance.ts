/** The next version of a move: the piece that was copied is where it shall be. */
import type { VolumeError } from '../../../contract/errors.ts';
import type { VolumeGroup } from '../../format/model.ts';
import { movingPieces, runningPiece } from '../../format/pvmove.ts';
import { lvNamed, withLvs } from '../mirror/parts.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { endMove } from './end.ts';
import { reloadAll } from './layer.ts';

/** Only the device of the layer changes, until the last piece is done. */
export function advanceMove(stages: Stages, name: string): VolumeError | undefined {
  const moved = withPieceMoved(stages.vg, name);
  const layer = lvNamed(moved, name);
  const [next] = movingPieces(layer);
  if (!runningPiece(layer) || next?.areas[0]?.on === 'lv') return endMove(stages, moved, name);
  const reload = reloadAll(stages, moved, [name]);
  if (isRefusal(reload)) return reload;
  return stages.change({ title: `Move the next piece of ${name}`, next: moved, reload });
}

function withPieceMoved(vg: VolumeGroup, name: string): VolumeGroup {
  const layer = lvNamed(vg, name);
  const running = runningPiece(layer);
  const segments = layer.segments.map((one) =>
    one === running ? { ...running, extentsMoved: running.count } : one,
  );
  return withLvs(vg, { ...layer, segments });
}
