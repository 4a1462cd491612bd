/**
 * Moves pieces to given places in an order in which each place is free when its piece comes. Where
 * pieces would change places, one is put aside first and travels twice.
 */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { cut, endOf, type Board } from './board.ts';
import { within, type Gap } from './gaps.ts';
import { barred, roomFor } from './settle.ts';
import type { NoPlan, Piece, Place, Planning } from './types.ts';

export interface Transfer {
  readonly piece: Piece;
  readonly to: Place;
}

interface Pending extends Transfer {
  readonly wasAside: boolean;
}

/** More steps than this are worth a detour, where there is room for one. */
const MOST_STEPS = 4;

/** @param transfers of pieces as they are; no two of them share an extent, here or there */
export function arrange(
  board: Board,
  transfers: readonly Transfer[],
  planning: Planning,
): Result<void, NoPlan> {
  let pending: Pending[] = transfers
    .filter(({ piece, to }) => piece.pvId !== to.pvId || piece.start !== to.start)
    .map((one) => ({ ...one, wasAside: false }));
  while (pending.length > 0) {
    const left = pending.filter((one) => !goes(board, one, planning));
    if (left.length < pending.length) {
      pending = left;
      continue;
    }
    const next = turned(board, left, planning);
    if (!next) return err(whyStuck(board, left, planning));
    pending = next;
  }
  return ok();
}

function goes(board: Board, { piece, to }: Pending, planning: Planning): boolean {
  if (!board.gapsOf(to.pvId).holds(to.start, to.start + piece.count)) return false;
  if (barred(board, piece, to.pvId, planning)) return false;
  board.move({ piece, to });
  return true;
}

/** One is shifted in steps or put aside; undefined: neither can be done. */
function turned(
  board: Board,
  pending: readonly Pending[],
  planning: Planning,
): Pending[] | undefined {
  const shifted = pending.find((one) => isShift(board, one));
  if (shifted && stepsOf(shifted) <= MOST_STEPS) {
    shift(board, shifted);
    return pending.filter((one) => one !== shifted);
  }
  const wanted = pending.map(({ piece, to }) => ({ pvId: to.pvId, ...span(to.start, piece) }));
  const inTheWay = pending
    .filter(({ piece, wasAside }) => !wasAside && wanted.some((place) => meets(place, piece)))
    .toSorted((a, b) => a.piece.count - b.piece.count);
  for (const one of inTheWay) {
    const parts = putAside(board, one, wanted, planning);
    if (parts) return [...pending.filter((other) => other !== one), ...parts];
  }
  if (!shifted) return undefined;
  shift(board, shifted);
  return pending.filter((one) => one !== shifted);
}

const span = (start: number, { count }: Piece): Gap => ({ start, end: start + count });

const meets = (place: Gap & { readonly pvId: LvmId }, piece: Piece): boolean =>
  place.pvId === piece.pvId && place.start < endOf(piece) && piece.start < place.end;

/** Nothing but the piece itself is in the place that it goes to. */
function isShift(board: Board, { piece, to }: Pending): boolean {
  if (piece.pvId !== to.pvId || Math.abs(to.start - piece.start) >= piece.count) return false;
  const [start, end] =
    to.start < piece.start ? [to.start, piece.start] : [endOf(piece), to.start + piece.count];
  return board.gapsOf(to.pvId).holds(start, end);
}

const stepsOf = ({ piece, to }: Pending): number =>
  Math.ceil(piece.count / Math.abs(to.start - piece.start));

/** In steps as long as the way, the foremost extents first. */
function shift(board: Board, { piece, to }: Pending): void {
  const way = to.start - piece.start;
  const step = Math.abs(way);
  for (let done = 0; done < piece.count; done += step) {
    const count = Math.min(step, piece.count - done);
    const from = way < 0 ? done : piece.count - done - count;
    const part = cut(piece, from, count);
    board.move({ piece: part, to: { pvId: to.pvId, start: to.start + from } });
  }
}

/** Where nobody else is going: on the PV itself if it can be, in parts if it must. */
function putAside(
  board: Board,
  { piece, to }: Pending,
  wanted: readonly (Gap & { readonly pvId: LvmId })[],
  planning: Planning,
): Pending[] | undefined {
  const pvIds = [...new Set([piece.pvId, ...planning.open])];
  const targets = pvIds
    .filter((pvId) => planning.open.includes(pvId) && !barred(board, piece, pvId, planning))
    .map((pvId) => ({ pvId, ranges: without(board, pvId, wanted) }));
  const all = targets.flatMap(({ pvId, ranges }) => ranges.map((one) => ({ pvId, ...one })));
  const spot = roomFor(board, piece.count, targets);
  const spots = spot ? [spot] : all.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  if (spots.reduce((sum, { start, end }) => sum + end - start, 0) < piece.count) return undefined;
  const parts: Pending[] = [];
  let rest = piece;
  for (const { pvId, start, end } of spots) {
    if (rest.count === 0) break;
    const part = cut(rest, 0, Math.min(rest.count, end - start));
    board.move({ piece: part, to: { pvId, start }, aside: true });
    parts.push({
      piece: { ...part, pvId, start },
      to: { ...to, start: to.start + part.offset - piece.offset },
      wasAside: true,
    });
    rest = cut(rest, part.count, rest.count - part.count);
  }
  return parts;
}

/** What is free of a PV and wanted by nobody. */
function without(
  board: Board,
  pvId: LvmId,
  wanted: readonly (Gap & { readonly pvId: LvmId })[],
): readonly Gap[] {
  const taken = wanted.filter((one) => one.pvId === pvId).toSorted((a, b) => a.start - b.start);
  const open: Gap[] = [];
  let at = 0;
  for (const { start, end } of taken) {
    open.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  return within(board.gapsOf(pvId).all, [...open, { start: at, end: Infinity }]);
}

function whyStuck(board: Board, pending: readonly Pending[], planning: Planning): NoPlan {
  for (const { piece, to } of pending) {
    const kin = barred(board, piece, to.pvId, planning);
    if (kin) return { why: 'kin', lv: piece.lv, pvId: to.pvId, kin };
  }
  const count = Math.min(...pending.map(({ piece }) => piece.count));
  return { why: 'no-turning', count };
}
