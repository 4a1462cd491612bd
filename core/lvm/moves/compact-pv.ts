/**
 * A PV made to fit fewer extents: what lies behind the new end goes into the gaps before it.
 * Nothing else travels, and nothing twice.
 */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { findPv, type VolumeGroup } from '../format/model.ts';
import { Board, endOf } from './board.ts';
import { settle } from './settle.ts';
import type { NoPlan, Planning } from './types.ts';

export function compactPv(
  vg: VolumeGroup,
  { pvId, to }: { readonly pvId: LvmId; readonly to?: number },
  planning: Planning,
): Result<Board, NoPlan> {
  const board = new Board(vg);
  const pieces = board.piecesOn(pvId);
  const used = pieces.reduce((sum, { count }) => sum + count, 0);
  const peCount = findPv(vg, pvId)?.peCount ?? 0;
  const fixed = pieces.findLast((piece) => board.reasonToStay(piece) !== undefined);
  const least = Math.max(used, fixed ? endOf(fixed) : 0);
  const end = to ?? least;
  if (end > peCount) return err({ why: 'outside', first: 0, last: end - 1 });
  if (end < used) return err({ why: 'below-use', pvId, to: end, used });
  const reason = fixed && board.reasonToStay(fixed);
  if (fixed && reason && endOf(fixed) > end) return err({ why: 'stays', piece: fixed, reason });
  const behind = board.piecesOn(pvId, { start: end, end: Infinity });
  if (behind.length > 0 && !planning.open.includes(pvId)) return err({ why: 'not-open', pvId });
  board.gapsOf(pvId).closeFrom(end);
  // The largest first: smaller ones still fit into what those leave.
  for (const piece of behind.toSorted((a, b) => b.count - a.count)) {
    const done = settle(board, piece, [{ pvId }], planning);
    if (!done.ok) return done;
  }
  return ok(board);
}
