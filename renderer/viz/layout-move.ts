/** Where the running piece of a move lies on the strips of the extent map. Pure arithmetic. */
import type { MirrorState } from '../../core/contract/mirrors.ts';
import { LABEL_ROOM } from './draw-strip.ts';
import type { PlacedRun, Strip } from './layout-extents.ts';
import type { Flight, Move, MovePlace } from './moves.ts';
import { sectorsOf } from './region-cells.ts';

/** A run of pixels on the strip of a PV. */
export interface OnStrip {
  readonly pvId: string;
  readonly x: number;
  readonly width: number;
}

/** A cell of the piece, or what of it is one owner's. */
export interface CellPlace {
  readonly cell: number;
  readonly from: OnStrip;
  readonly to: OnStrip;
  readonly owner: string;
}

export interface PieceLayout {
  /** In the order of the cells. */
  readonly cells: readonly CellPlace[];
  /** Strips that have a part in it, by their PVs. */
  readonly strips: ReadonlyMap<string, Strip>;
  /** Runs that it arrives in, with room for words. */
  readonly targets: readonly PlacedRun[];
  /** Where a share of the piece, 0 to 1, lies on both sides. */
  at(share: number): { readonly from: OnStrip; readonly to: OnStrip } | undefined;
}

/** @param extentSize in sectors */
export function layoutMove(
  move: Move,
  mirror: MirrorState,
  extentSize: number,
  strips: readonly Strip[],
): PieceLayout | undefined {
  const piece = move.pieces[move.running];
  if (!piece || piece.start * extentSize !== mirror.start) return undefined;
  const flights = move.flights.filter((flight) => flight.piece === move.running);
  const byPv = new Map(strips.map((strip) => [strip.pv.id, strip]));
  const place = ({ pvId, start }: MovePlace, offset: number, count: number): OnStrip => {
    const strip = byPv.get(pvId);
    const px = strip ? strip.end / Math.max(1, strip.pv.extentCount) : 0;
    return { pvId, x: (start + offset) * px, width: count * px };
  };
  const sides = (flight: Flight, at: number, count: number) => ({
    from: place(flight.from, at - flight.at, count),
    to: place(flight.to, at - flight.at, count),
  });
  const used = new Set(flights.flatMap(({ from, to }) => [from.pvId, to.pvId]));
  return {
    cells: cellsOf(mirror, extentSize, flights, sides),
    strips: new Map([...byPv].filter(([id]) => used.has(id))),
    targets: targetsOf(flights, byPv),
    at(share) {
      const extent = piece.start + share * piece.count;
      const flight = flights.find(({ at, count }) => extent < at + count) ?? flights.at(-1);
      return flight && sides(flight, extent, 0);
    },
  };
}

function targetsOf(
  flights: readonly Flight[],
  strips: ReadonlyMap<string, Strip>,
): readonly PlacedRun[] {
  const starts = new Set(flights.map(({ to }) => `${to.pvId} ${to.start}`));
  return [...strips.values()].flatMap(({ runs }) =>
    runs.filter(
      ({ moves, width, pvId, start }) =>
        moves?.as === 'awaited' && width >= LABEL_ROOM && starts.has(`${pvId} ${start}`),
    ),
  );
}

function cellsOf(
  mirror: MirrorState,
  extentSize: number,
  flights: readonly Flight[],
  sides: (flight: Flight, at: number, count: number) => Pick<CellPlace, 'from' | 'to'>,
): readonly CellPlace[] {
  const cells: CellPlace[] = [];
  let index = 0;
  for (let cell = 0; cell < mirror.cells.length; cell++) {
    const [first, last] = sectorsOf(mirror, cell);
    const [start, end] = [first / extentSize, (last + 1) / extentSize];
    for (;;) {
      const flight = flights[index];
      if (!flight || flight.at >= end) break;
      const ends = flight.at + flight.count;
      const [at, to] = [Math.max(start, flight.at), Math.min(end, ends)];
      const both = sides(flight, at, to - at);
      // Of many that share a pixel one is drawn.
      const before = cells.at(-1);
      const shown = before?.cell !== cell || both.from.width >= 0.5 || !touches(before, both);
      if (to > at && shown) cells.push({ cell, ...both, owner: flight.owner.lv });
      if (ends > end) break;
      index++;
    }
  }
  return cells;
}

const touches = (before: CellPlace, { from, to }: Pick<CellPlace, 'from' | 'to'>): boolean =>
  [before.from, before.to].every((one, side) => {
    const other = side === 0 ? from : to;
    return one.pvId === other.pvId && Math.floor(one.x) === Math.floor(other.x);
  });
