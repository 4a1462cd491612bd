/** Everything off a PV: in the order of LVM, whose pieces are whole wherever they fit. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeGroup } from '../format/model.ts';
import { Board } from './board.ts';
import { lvmOrder } from './order.ts';
import { barred, freeIn, settle, type Target } from './settle.ts';
import type { NoPlan, Piece, Place, Planning, Ranges } from './types.ts';

export function emptyPv(
  vg: VolumeGroup,
  wish: { readonly pvId: LvmId; readonly over?: Ranges },
  planning: Planning,
): Result<Board, NoPlan> {
  const board = new Board(vg);
  const pieces = board.piecesOn(wish.pvId);
  if (pieces.length === 0) return err({ why: 'nothing' });
  const going = pieces
    .filter((piece) => board.reasonToStay(piece) === undefined)
    .sort(lvmOrder(vg));
  if (going.length === 0) return err({ why: 'all-stays' });
  const targets = targetsOf(wish, planning);
  const needed = going.reduce((sum, { count }) => sum + count, 0);
  const free = freeIn(board, targets);
  if (free < needed) return err({ why: 'short', needed, free });
  const done = settleAll(board, going, targets, planning);
  if (done.ok) return ok(board);
  // Those that may go to few places take what the others need not have.
  const again = new Board(vg);
  const choosy = hardestFirst(again, going, targets, planning);
  const second = settleAll(again, choosy, targets, planning);
  return second.ok ? ok(again) : done;
}

function targetsOf(
  { pvId: source, over }: { readonly pvId: LvmId; readonly over?: Ranges },
  { open }: Planning,
): readonly Target[] {
  const named = over ? [...over].map(([pvId, ranges]) => ({ pvId, ranges })) : undefined;
  const all: readonly Target[] = named ?? open.map((pvId) => ({ pvId }));
  return all.filter(({ pvId }) => pvId !== source && open.includes(pvId));
}

function settleAll(
  board: Board,
  pieces: readonly Piece[],
  targets: readonly Target[],
  planning: Planning,
): Result<void, NoPlan> {
  let behind: Place | undefined;
  for (const piece of pieces) {
    const done = settle(board, piece, targets, planning, behind);
    if (!done.ok) return done;
    behind = done.value;
  }
  return ok();
}

/** By the room that there is for each, then the largest first. */
function hardestFirst(
  board: Board,
  pieces: readonly Piece[],
  targets: readonly Target[],
  planning: Planning,
): readonly Piece[] {
  const judged = pieces.map((piece) => {
    const open = targets.filter(({ pvId }) => !barred(board, piece, pvId, planning));
    return { piece, room: freeIn(board, open) };
  });
  judged.sort((a, b) => a.room - b.room || b.piece.count - a.piece.count);
  return judged.map(({ piece }) => piece);
}
