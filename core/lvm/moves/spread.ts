/** A volume on given PVs alone, as evenly as room and its own parts allow. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { findLv, type VolumeGroup } from '../format/model.ts';
import { Board, cut } from './board.ts';
import { lengthOf } from './gaps.ts';
import { barred, freeIn, roomFor, settle } from './settle.ts';
import { tracksOf } from './tracks.ts';
import type { NoPlan, Piece, Planning } from './types.ts';

export function spread(
  vg: VolumeGroup,
  { lv: name, over }: { readonly lv: string; readonly over: readonly LvmId[] },
  planning: Planning,
): Result<Board, NoPlan> {
  const lv = findLv(vg, name);
  if (!lv) return err({ why: 'no-such-lv', lv: name });
  const closed = over.find((pvId) => !planning.open.includes(pvId));
  if (closed !== undefined) return err({ why: 'not-open', pvId: closed });
  const board = new Board(vg);
  const pieces = tracksOf(vg, lv, { first: 0, count: Infinity }).flat();
  if (pieces.length === 0) return err({ why: 'nothing' });
  for (const piece of pieces) {
    const reason = board.reasonToStay(piece);
    if (reason) return err({ why: 'stays', piece, reason });
  }
  const work = new Spreading(board, pieces, over, planning);
  const { outside, free } = work;
  if (outside > free) return err({ why: 'short', needed: outside, free });
  const done = work.bringIn();
  if (!done.ok) return done;
  work.even();
  return ok(board);
}

class Spreading {
  /** Extents of the volume by PV, and how many it is to have there. */
  private readonly has = new Map<LvmId, number>();
  private readonly wanted: ReadonlyMap<LvmId, number>;

  constructor(
    private readonly board: Board,
    private readonly pieces: readonly Piece[],
    private readonly over: readonly LvmId[],
    private readonly planning: Planning,
  ) {
    for (const pvId of over) this.has.set(pvId, 0);
    for (const { pvId, count } of pieces) this.has.set(pvId, this.hasOn(pvId) + count);
    const total = pieces.reduce((sum, { count }) => sum + count, 0);
    const most = over.map((pvId) => this.hasOn(pvId) + board.gapsOf(pvId).total);
    const shares = evenShares(total, most);
    this.wanted = new Map(over.map((pvId, index) => [pvId, shares[index] ?? 0]));
  }

  /** Extents that lie on other PVs. */
  get outside(): number {
    return this.pieces
      .filter(({ pvId }) => !this.over.includes(pvId))
      .reduce((sum, { count }) => sum + count, 0);
  }

  get free(): number {
    return freeIn(
      this.board,
      this.over.map((pvId) => ({ pvId })),
    );
  }

  /** All that lies elsewhere has to come, be it uneven. */
  bringIn(): Result<void, NoPlan> {
    for (const piece of this.pieces) {
      if (this.over.includes(piece.pvId)) continue;
      const left = this.hand(piece);
      if (left.count === 0) continue;
      const targets = this.over.map((pvId) => ({ pvId }));
      const done = settle(this.board, left, targets, this.planning);
      if (!done.ok) return done;
    }
    return ok();
  }

  /** From where there is too much: the last extents first, so that the rest stays in one piece. */
  even(): void {
    for (const piece of this.pieces.toReversed()) {
      const surplus = this.hasOn(piece.pvId) - this.wantedOn(piece.pvId);
      if (!this.over.includes(piece.pvId) || surplus <= 0) continue;
      const count = Math.min(surplus, piece.count);
      const tail = cut(piece, piece.count - count, count);
      this.hand(tail);
    }
  }

  /** Gives a piece to where extents are lacking. @returns what is left of it */
  private hand(whole: Piece): Piece {
    let piece = whole;
    while (piece.count > 0) {
      const open = this.over
        .filter((pvId) => pvId !== piece.pvId && this.lackOn(pvId) > 0)
        .filter((pvId) => !barred(this.board, piece, pvId, this.planning))
        .filter((pvId) => this.board.gapsOf(pvId).total > 0)
        .toSorted((a, b) => this.lackOn(b) - this.lackOn(a));
      const [pvId] = open;
      if (pvId === undefined) return piece;
      const most = Math.min(piece.count, this.lackOn(pvId));
      const [longest = most] = roomFor(this.board, most, [{ pvId }])
        ? [most]
        : this.board
            .gapsOf(pvId)
            .all.map(lengthOf)
            .sort((a, b) => b - a);
      const part = cut(piece, 0, longest);
      const done = settle(this.board, part, [{ pvId }], this.planning);
      if (!done.ok) return piece;
      this.has.set(pvId, this.hasOn(pvId) + longest);
      this.has.set(piece.pvId, this.hasOn(piece.pvId) - longest);
      piece = cut(piece, longest, piece.count - longest);
    }
    return piece;
  }

  private hasOn(pvId: LvmId): number {
    return this.has.get(pvId) ?? 0;
  }

  private wantedOn(pvId: LvmId): number {
    return this.wanted.get(pvId) ?? 0;
  }

  private lackOn(pvId: LvmId): number {
    return this.wantedOn(pvId) - this.hasOn(pvId);
  }
}

/** Shares of a total that differ by one at most, unless one can take no more. */
function evenShares(total: number, most: readonly number[]): readonly number[] {
  const shares = most.map(() => 0);
  // The smallest first: what it cannot take is for all the others.
  const order = most.map((_, index) => index).sort((a, b) => (most[a] ?? 0) - (most[b] ?? 0));
  let left = total;
  for (const [done, index] of order.entries()) {
    const even = Math.ceil(left / (order.length - done));
    const share = Math.min(even, most[index] ?? 0);
    shares[index] = share;
    left -= share;
  }
  return shares;
}
