/**
 * From a group and a wish to moves: which extents go where, one after the other, what stays, and
 * what travels twice. Pure: nothing is moved, and the same group always gets the same plan.
 */
import type { LvmId } from '../../base/ids.ts';
import { ok, type Result } from '../../base/result.ts';
import type { VolumeGroup } from '../format/model.ts';
import { Board } from './board.ts';
import { compactPv } from './compact-pv.ts';
import { makeContiguous } from './contiguous.ts';
import { emptyPv } from './empty-pv.ts';
import { moveRun } from './move-run.ts';
import { spread } from './spread.ts';
import type { Move, NoPlan, Piece, Planning, StayReason, Wish } from './types.ts';

export interface Stay {
  readonly piece: Piece;
  readonly reason: StayReason;
}

export interface MovePlan {
  /** In the order in which they are to be made. */
  readonly moves: readonly Move[];
  /** PVs on which something changes, in the group's order. */
  readonly touched: readonly LvmId[];
  /** Pieces of one of them in PE order, before all moves. */
  readonly before: (pvId: LvmId) => readonly Piece[];
  readonly after: (pvId: LvmId) => readonly Piece[];
  /** What was wished away and is not moved. */
  readonly stays: readonly Stay[];
  /** Extents that change their place, and how many of them travel twice. */
  readonly extents: number;
  readonly twice: number;
}

/** @param vg sound, and with all of its PVs */
export function planMoves(
  vg: VolumeGroup,
  wish: Wish,
  planning: Planning,
): Result<MovePlan, NoPlan> {
  const made = boardFor(vg, wish, planning);
  if (!made.ok) return made;
  const board = made.value;
  const { moves } = board;
  const ids = new Set(moves.flatMap(({ piece, to }) => [piece.pvId, to.pvId]));
  const start = new Board(vg);
  const travelled = (some: readonly Move[]): number =>
    some.reduce((sum, { piece }) => sum + piece.count, 0);
  return ok({
    moves,
    touched: vg.pvs.map(({ id }) => id).filter((id) => ids.has(id)),
    before: (pvId) => start.piecesOn(pvId),
    after: (pvId) => board.piecesOn(pvId),
    stays: staysOf(start, wish),
    extents: travelled(moves.filter(({ aside }) => !aside)),
    twice: travelled(moves.filter(({ aside }) => aside)),
  });
}

function boardFor(vg: VolumeGroup, wish: Wish, planning: Planning): Result<Board, NoPlan> {
  switch (wish.kind) {
    case 'empty':
      return emptyPv(vg, wish, planning);
    case 'contiguous':
      return makeContiguous(vg, wish, planning);
    case 'compact':
      return compactPv(vg, wish, planning);
    case 'spread':
      return spread(vg, wish, planning);
    case 'run':
      return moveRun(vg, wish, planning);
  }
}

function staysOf(board: Board, wish: Wish): readonly Stay[] {
  if (wish.kind !== 'empty' && wish.kind !== 'run') return [];
  const pieces =
    wish.kind === 'empty'
      ? board.piecesOn(wish.pvId)
      : board.piecesOn(wish.from.pvId, {
          start: wish.from.start,
          end: wish.from.start + wish.from.count,
        });
  return pieces.flatMap((piece) => {
    const reason = board.reasonToStay(piece);
    return reason ? [{ piece, reason }] : [];
  });
}
