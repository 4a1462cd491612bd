/** Finds room for a piece and moves it there. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { cut, type Board } from './board.ts';
import { Gaps, lengthOf, within, type Gap } from './gaps.ts';
import type { Kinship, NoPlan, Piece, Place, Planning } from './types.ts';

/** A PV that may take pieces, or some of its extents. */
export interface Target {
  readonly pvId: LvmId;
  /** Default: all of it. */
  readonly ranges?: readonly Gap[];
}

/** Whom a piece would meet on a PV, where that counts against it. */
export function barred(
  board: Board,
  piece: Piece,
  pvId: LvmId,
  { together }: Pick<Planning, 'together'>,
): Kinship | undefined {
  const met = board.met(piece, pvId);
  return met === 'legs' || !together ? met : undefined;
}

export const gapsIn = (board: Board, { pvId, ranges }: Target): readonly Gap[] => {
  const { all } = board.gapsOf(pvId);
  return ranges ? within(all, ranges) : all;
};

export const freeIn = (board: Board, targets: readonly Target[]): number =>
  targets.flatMap((target) => gapsIn(board, target)).reduce((sum, gap) => sum + lengthOf(gap), 0);

interface Spot extends Gap {
  readonly pvId: LvmId;
}

/**
 * The piece goes behind the one before it, else where it fits best on the first target that holds
 * all of it, else in parts to where most of it fits.
 * @param behind where the piece before it ended
 * @returns where the last part ended
 */
export function settle(
  board: Board,
  whole: Piece,
  targets: readonly Target[],
  planning: Planning,
  behind?: Place,
): Result<Place, NoPlan> {
  let piece = whole;
  let end = behind;
  while (piece.count > 0) {
    const open = targets.filter(({ pvId }) => !barred(board, piece, pvId, planning));
    const spot = roomFor(board, piece.count, open, end) ?? largest(board, open);
    if (!spot) return err(unplaced(board, piece, targets, planning));
    const count = Math.min(piece.count, lengthOf(spot));
    const { pvId, start } = spot;
    board.move({ piece: cut(piece, 0, count), to: { pvId, start } });
    end = { pvId, start: start + count };
    piece = cut(piece, count, piece.count - count);
  }
  return ok(end ?? { pvId: whole.pvId, start: whole.start });
}

function unplaced(
  board: Board,
  piece: Piece,
  targets: readonly Target[],
  planning: Planning,
): NoPlan {
  const roomy = targets.filter((target) => gapsIn(board, target).length > 0);
  const [kin] = roomy.flatMap(({ pvId }) => barred(board, piece, pvId, planning) ?? []);
  return { why: 'unplaced', lv: piece.lv, count: piece.count, ...(kin ? { kin } : {}) };
}

/** A gap that holds so many extents, from the place where they are to be. */
export function roomFor(
  board: Board,
  count: number,
  targets: readonly Target[],
  behind?: Place,
): Spot | undefined {
  for (const target of targets) {
    if (target.pvId !== behind?.pvId) continue;
    const { start, pvId } = behind;
    const spot = { pvId, start, end: start + count };
    if (holds(board, target, spot)) return spot;
  }
  for (const target of targets) {
    const best = bestOf(board, target, count);
    if (best) return { pvId: target.pvId, ...best };
  }
  return undefined;
}

function largest(board: Board, targets: readonly Target[]): Spot | undefined {
  let best: Spot | undefined;
  for (const target of targets) {
    const gap = bestOf(board, target, 'largest');
    if (gap && (!best || lengthOf(best) < lengthOf(gap))) best = { pvId: target.pvId, ...gap };
  }
  return best;
}

function holds(board: Board, { pvId, ranges }: Target, { start, end }: Gap): boolean {
  if (!board.gapsOf(pvId).holds(start, end)) return false;
  return !ranges || ranges.some((range) => range.start <= start && end <= range.end);
}

/** The first of the smallest gaps that hold so many extents, or of the largest of all. */
function bestOf(board: Board, target: Target, count: number | 'largest'): Gap | undefined {
  if (!target.ranges) return board.gapsOf(target.pvId).best(count);
  return new Gaps(gapsIn(board, target)).best(count);
}
