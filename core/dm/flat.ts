/**
 * The fast path: where no target between a device and its disks needs to see an I/O, the stack is
 * resolved once into pieces of disks, and a request that lies in one piece goes straight to it.
 */
import { must } from '../base/assert.ts';
import { sectors, type Sectors } from '../base/units.ts';
import type { BlockDevice, DataIo, IoResult } from '../block/device.ts';
import { placeOf } from './layout.ts';
import type { LoadedTarget, Table } from './table.ts';

/** Of a whole stack: what was resolved under an earlier number may be wrong by now. */
export class Epoch {
  number = 0;

  /** At every suspend, resume, table swap and removal. */
  next(): void {
    this.number++;
  }
}

/** A device that a request passes without being seen; it is counted there all the same. */
export interface Passed {
  began(): void;
  ended(): void;
}

interface Span {
  /** First sector, in the device or leg that the piece is a part of. */
  readonly start: number;
  readonly count: number;
}

/** Lies on one disk, in one row. */
interface Row extends Span {
  readonly disk: BlockDevice;
  /** Sector of the disk where it begins. */
  readonly at: number;
  /** From the top down. */
  readonly through: readonly Passed[];
  /** A device on the way refuses writes. */
  readonly readOnly: boolean;
}

/** Lies on several legs in turn. Kept as arithmetic: a volume may have millions of chunks. */
interface Stripes extends Span {
  readonly chunk: Sectors;
  /** Sectors of the target that lie before `start`. */
  readonly skip: number;
  /** What each leg consists of, from its own sector 0. */
  readonly legs: readonly (readonly Piece[])[];
}

/**
 * Lists of pieces are sorted by start, with gaps where a target has to see the requests. Pieces
 * never merge: a request is split where the targets split it.
 */
export type Piece = Row | Stripes;

/** Where a request goes. */
export interface Straight extends Pick<Row, 'disk' | 'through' | 'readOnly'> {
  readonly start: Sectors;
}

/** A disk, as what lies on it sees it. */
export function onDisk(disk: BlockDevice, start: number, count: number): readonly Piece[] {
  return [{ start: 0, count, disk, at: start, through: [], readOnly: false }];
}

/** One device's live table, resolved target by target as requests come. */
export class FlatTable {
  private readonly resolved = new Map<LoadedTarget, readonly Piece[]>();

  constructor(
    private readonly table: Table,
    private readonly device: Passed,
  ) {}

  /** For a request inside the table; undefined where a target must see or split it. */
  find(start: number, count: number): Straight | undefined {
    const target = this.table.at(start);
    return find(this.piecesOf(target), start - target.start, count);
  }

  /** Of a run of the device, counted from the run's start. */
  pieces(start: number, count: number): readonly Piece[] {
    return this.table
      .between(start, count)
      .flatMap((target) => cut(this.piecesOf(target), start - target.start, count));
  }

  private piecesOf(target: LoadedTarget): readonly Piece[] {
    const known = this.resolved.get(target);
    if (known) return known;
    const pieces = this.resolve(target);
    this.resolved.set(target, pieces);
    return pieces;
  }

  private resolve({ length, target }: LoadedTarget): readonly Piece[] {
    if (!target.layout) return [];
    const { chunk, legs } = target.layout;
    const below = legs.map(({ device, start, count }) => {
      const lower = this.table.lower(device);
      return lower.pieces(start, count).map((piece) => above(piece, this.device, lower.readOnly));
    });
    if (chunk >= length) return must(below[0], 'the one leg');
    return [{ start: 0, count: length, chunk, skip: 0, legs: below }];
  }
}

/** The request counts as in flight in every device it passes, and in all of them until it ends. */
export function goStraight(io: DataIo, { disk, start, through }: Straight): Promise<IoResult> {
  for (const device of through) device.began();
  return disk.submit({ ...io, start }).then((result) => {
    for (let at = through.length - 1; at >= 0; at--) through[at]?.ended();
    return result;
  });
}

function find(pieces: readonly Piece[], start: number, count: number): Straight | undefined {
  const piece = pieceAt(pieces, start);
  if (!piece || start + count > piece.start + piece.count) return undefined;
  if (!('legs' in piece)) {
    const { disk, at, through, readOnly } = piece;
    return { disk, start: sectors(at + start - piece.start), through, readOnly };
  }
  const place = placeOf(piece, sectors(start - piece.start + piece.skip));
  if (count > place.left) return undefined;
  return find(must(piece.legs[place.leg], 'a leg'), place.offset, count);
}

/** The last one that does not begin behind `start`. */
function pieceAt(pieces: readonly Piece[], start: number): Piece | undefined {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return pieces[low - 1];
}

/** What of the pieces lies in a run, counted from the run's start, which may be negative. */
function cut(pieces: readonly Piece[], from: number, count: number): readonly Piece[] {
  return pieces.flatMap((piece): Piece[] => {
    const first = Math.max(piece.start, from);
    const end = Math.min(piece.start + piece.count, from + count);
    if (first >= end) return [];
    const span = { start: first - from, count: end - first };
    const into = first - piece.start;
    if ('legs' in piece) return [{ ...piece, ...span, skip: piece.skip + into }];
    return [{ ...piece, ...span, at: piece.at + into }];
  });
}

/** @param readOnly whether the device right below refuses writes. */
function above(piece: Piece, device: Passed, readOnly: boolean): Piece {
  if ('legs' in piece) {
    const legs = piece.legs.map((leg) => leg.map((one) => above(one, device, readOnly)));
    return { ...piece, legs };
  }
  const through = [device, ...piece.through];
  return { ...piece, through, readOnly: piece.readOnly || readOnly };
}
