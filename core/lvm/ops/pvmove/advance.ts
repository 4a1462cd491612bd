/** The next version of a move: the piece that was copied is where it shall be. */
import type { VolumeError } from '../../../contract/errors.ts';
import type { Step } from '../../../contract/plan.ts';
import { dmName } from '../../activate/names.ts';
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
  const lastLook = lookAgain(stages, name);
  if (!runningPiece(layer) || next?.areas[0]?.on === 'lv') {
    return endMove(stages, moved, name, lastLook);
  }
  const reload = reloadAll(stages, moved, [name]);
  if (isRefusal(reload)) return reload;
  return stages.change({ title: `Move the next piece of ${name}`, next: moved, reload, lastLook });
}

/** A write may have failed at the destination since it was seen that all is there. */
function lookAgain(stages: Stages, name: string): readonly Step[] {
  const { vg } = stages;
  const layer = lvNamed(vg, name);
  if (!runningPiece(layer) || !stages.isActive(layer)) return [];
  const device = dmName(vg.name, name);
  return [
    {
      what: `look at ${device} once more`,
      why: 'What its destination did not take since the copy was complete is at its source alone.',
      action: { kind: 'expect-in-sync', device },
      undo: { kind: 'none', because: 'nothing was changed' },
    },
  ];
}

function withPieceMoved(vg: VolumeGroup, name: string): VolumeGroup {
  const layer = lvNamed(vg, name);
  const running = runningPiece(layer);
  const segments = layer.segments.map((one) =>
    one === running ? { ...running, extentsMoved: running.count } : one,
  );
  return withLvs(vg, { ...layer, segments });
}
