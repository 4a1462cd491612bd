/** A run of extents of one PV to another place: what a drag on the extent map means. */
import { err, ok, type Result } from '../../base/result.ts';
import { findPv, type VolumeGroup } from '../format/model.ts';
import { arrange } from './arrange.ts';
import { Board, endOf } from './board.ts';
import { barred, freeIn, settle } from './settle.ts';
import type { NoPlan, Piece, Place, Planning, Wish } from './types.ts';

type RunWish = Extract<Wish, { kind: 'run' }>;

export function moveRun(
  vg: VolumeGroup,
  { from, to }: RunWish,
  planning: Planning,
): Result<Board, NoPlan> {
  const board = new Board(vg);
  const end = from.start + from.count;
  if (from.count < 1 || end > (findPv(vg, from.pvId)?.peCount ?? 0)) {
    return err({ why: 'outside', first: from.start, last: end - 1 });
  }
  const pieces = board.piecesOn(from.pvId, { start: from.start, end });
  if (pieces.length === 0) return err({ why: 'nothing' });
  const going = pieces.filter((piece) => board.reasonToStay(piece) === undefined);
  if (going.length === 0) return err({ why: 'all-stays' });
  if (!planning.open.includes(to.pvId)) return err({ why: 'not-open', pvId: to.pvId });
  for (const piece of going) {
    const kin = barred(board, piece, to.pvId, planning);
    if (kin) return err({ why: 'kin', lv: piece.lv, pvId: to.pvId, kin });
  }
  const done =
    to.start === undefined
      ? toPv(board, going, to.pvId, planning)
      : toPlace(board, going, { pvId: to.pvId, start: to.start }, planning);
  return done.ok ? ok(board) : done;
}

function toPv(
  board: Board,
  pieces: readonly Piece[],
  pvId: Piece['pvId'],
  planning: Planning,
): Result<void, NoPlan> {
  if (pieces[0]?.pvId === pvId) return err({ why: 'onto-itself' });
  const needed = pieces.reduce((sum, { count }) => sum + count, 0);
  const free = freeIn(board, [{ pvId }]);
  if (free < needed) return err({ why: 'short', needed, free });
  let behind: Place | undefined;
  for (const piece of pieces) {
    const done = settle(board, piece, [{ pvId }], planning, behind);
    if (!done.ok) return done;
    behind = done.value;
  }
  return ok();
}

/** One behind the other, whatever lay between them. */
function toPlace(
  board: Board,
  pieces: readonly Piece[],
  { pvId, start }: Place,
  planning: Planning,
): Result<void, NoPlan> {
  let at = start;
  const transfers = pieces.map((piece) => {
    const to = { pvId, start: at };
    at += piece.count;
    return { piece, to };
  });
  if (at > (findPv(board.vg, pvId)?.peCount ?? 0)) {
    return err({ why: 'outside', first: start, last: at - 1 });
  }
  if (transfers.every(({ piece, to }) => piece.pvId === pvId && piece.start === to.start)) {
    return err({ why: 'onto-itself' });
  }
  const taken = board
    .piecesOn(pvId, { start, end: at })
    .flatMap((there) => othersIn(there, pieces))[0];
  if (taken) return err({ why: 'taken', by: taken });
  return arrange(board, transfers, planning);
}

/** The parts of a piece that are not among those that go. */
function othersIn(there: Piece, going: readonly Piece[]): readonly Piece[] {
  const parts: Piece[] = [];
  let at = there.start;
  const until = (end: number): void => {
    if (end > at) parts.push({ ...there, start: at, count: end - at });
    at = Math.max(at, end);
  };
  for (const one of going) {
    if (one.pvId !== there.pvId || endOf(one) <= there.start || one.start >= endOf(there)) continue;
    until(one.start);
    at = Math.max(at, endOf(one));
  }
  until(endOf(there));
  return parts;
}
