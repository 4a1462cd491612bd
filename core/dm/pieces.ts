/**
 * Where the sectors of a device lie, as data: what a stack of targets that only place things comes
 * down to.
 */
import { must } from '../base/assert.ts';
import { sectors, type Sectors } from '../base/units.ts';
import { placeOf } from './layout.ts';

interface Span {
  /** First sector, in the device or leg that the piece is a part of. */
  readonly start: number;
  readonly count: number;
}

/** Lies in one row, wherever that is. */
export interface Row extends Span {
  /** Sector where it begins there. */
  readonly at: number;
}

/** Lies on several legs in turn. Kept as arithmetic: a volume may have millions of chunks. */
export interface Stripes<R extends Row> extends Span {
  readonly chunk: Sectors;
  /** Sectors of the target that lie before `start`. */
  readonly skip: number;
  /** What each leg consists of, from its own sector 0. */
  readonly legs: readonly (readonly Piece<R>[])[];
}

/**
 * Lists of pieces are sorted by start, with gaps where a target has to see the requests. Pieces
 * never merge: a request is split where the targets split it.
 */
export type Piece<R extends Row> = R | Stripes<R>;

/** A sector, where it lies. */
export interface Found<R extends Row> {
  readonly row: R;
  /** Of the row, sector 0 being where it begins. */
  readonly offset: number;
  /** Sectors that lie behind it in one row with it, itself included. */
  readonly left: number;
}

/** @param start counted as those of the pieces are; undefined: it lies in a gap */
export function findSector<R extends Row>(
  pieces: readonly Piece<R>[],
  start: number,
): Found<R> | undefined {
  const piece = pieceAt(pieces, start);
  if (!piece || start >= piece.start + piece.count) return undefined;
  const offset = start - piece.start;
  const left = piece.count - offset;
  if (!('legs' in piece)) return { row: piece, offset, left };
  const place = placeOf(piece, sectors(offset + piece.skip));
  const found = findSector(must(piece.legs[place.leg], 'a leg'), place.offset);
  return found && { ...found, left: Math.min(found.left, place.left, left) };
}

/** The last one that does not begin behind `start`. */
function pieceAt<P extends Span>(pieces: readonly P[], start: number): P | undefined {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return pieces[low - 1];
}

/** What of the pieces lies in a run, counted from the run's start, which may be negative. */
export function cut<R extends Row>(
  pieces: readonly Piece<R>[],
  from: number,
  count: number,
): readonly Piece<R>[] {
  return pieces.flatMap((piece): Piece<R>[] => {
    const first = Math.max(piece.start, from);
    const end = Math.min(piece.start + piece.count, from + count);
    if (first >= end) return [];
    const span = { start: first - from, count: end - first };
    const into = first - piece.start;
    if ('legs' in piece) return [{ ...piece, ...span, skip: piece.skip + into }];
    return [{ ...piece, ...span, at: piece.at + into }];
  });
}

/** The same pieces of other rows; those without one leave a gap. */
export function mapRows<R extends Row, S extends Row>(
  pieces: readonly Piece<R>[],
  change: (row: R) => S | undefined,
): readonly Piece<S>[] {
  return pieces.flatMap((piece): Piece<S>[] => {
    if ('legs' in piece) return [{ ...piece, legs: piece.legs.map((leg) => mapRows(leg, change)) }];
    const row = change(piece);
    return row ? [row] : [];
  });
}
