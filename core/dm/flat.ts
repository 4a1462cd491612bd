/**
 * The fast path: where no target between a device and its disks needs to see an I/O, the stack is
 * resolved once into pieces of disks, and a request that lies in one piece goes straight to it.
 */
import { must } from '../base/assert.ts';
import { sectors, type Sectors } from '../base/units.ts';
import type { BlockDevice, DataIo, IoResult } from '../block/device.ts';
import { cut, findSector, mapRows, type Piece, type Row } from './pieces.ts';
import type { LoadedTarget, Table } from './table.ts';
import type { Gated, TargetRange } from './target.ts';

/** Of a whole stack: what was resolved under an earlier number may be wrong by now. */
export class Epoch {
  number = 0;
  private readonly listeners = new Set<() => void>();

  /** At every suspend, resume, table swap and removal. */
  next(): void {
    this.number++;
    for (const listener of [...this.listeners]) listener();
  }

  /** @returns what ends it */
  onNext(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** A device that a request passes without being seen; it is counted there all the same. */
export interface Passed {
  began(): void;
  ended(): void;
  /** Somebody may read and write past it, without telling: it cannot be suspended meanwhile. */
  lent(): void;
  givenBack(): void;
}

/** The other legs of a target with a gate: the row it belongs to is the first one. */
export interface BesideRow {
  readonly by: Gated;
  /** Sector of the row's disk where the target begins. */
  readonly origin: number;
  readonly legs: readonly {
    readonly disk: BlockDevice;
    /** From a sector of the row to the same one here. */
    readonly shift: number;
    readonly through: readonly Passed[];
  }[];
}

/** Lies on one disk, or is read there. */
export interface DiskRow extends Row {
  readonly disk: BlockDevice;
  /** Absent: it lies nowhere else. */
  readonly beside?: BesideRow;
  /** From the top down. */
  readonly through: readonly Passed[];
  /** A device on the way refuses writes. */
  readonly readOnly: boolean;
}

export type DiskPiece = Piece<DiskRow>;

/** Where a request goes. */
export interface Straight extends Pick<DiskRow, 'disk' | 'through' | 'readOnly'> {
  readonly start: Sectors;
}

/** A disk, as what lies on it sees it. */
export function onDisk(disk: BlockDevice, start: number, count: number): readonly DiskPiece[] {
  return [{ start: 0, count, disk, at: start, through: [], readOnly: false }];
}

/** One device's live table, resolved target by target as requests come. */
class FlatTable {
  private readonly resolved = new Map<LoadedTarget, readonly DiskPiece[]>();

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
  pieces(start: number, count: number): readonly DiskPiece[] {
    return this.table
      .between(start, count)
      .flatMap((target) => cut(this.piecesOf(target), start - target.start, count));
  }

  private piecesOf(target: LoadedTarget): readonly DiskPiece[] {
    const known = this.resolved.get(target);
    if (known) return known;
    const pieces = this.resolve(target);
    this.resolved.set(target, pieces);
    return pieces;
  }

  private resolve({ length, target }: LoadedTarget): readonly DiskPiece[] {
    if (target.gated) return this.gated(target.gated, length);
    if (!target.layout) return [];
    const { chunk, legs } = target.layout;
    const below = legs.map(({ device, start, count }) => {
      const lower = this.table.lower(device);
      return above(lower.pieces(start, count), this.device, lower.readOnly);
    });
    if (chunk >= length) return must(below[0], 'the one leg');
    return [{ start: 0, count: length, chunk, skip: 0, legs: below }];
  }

  /** The one leg may lie in several runs: the regions of the gate are those of the whole. */
  private throughGate(by: Gated, { device, start, count }: TargetRange): readonly DiskPiece[] {
    const lower = this.table.lower(device);
    const pieces = above(lower.pieces(start, count), this.device, lower.readOnly);
    return pieces.flatMap((piece) => {
      if ('legs' in piece || piece.beside) return [];
      return [{ ...piece, beside: { by, origin: piece.at - piece.start, legs: [] } }];
    });
  }

  /** Where each leg is one run of a disk; else requests go through the target. */
  private gated(by: Gated, length: number): readonly DiskPiece[] {
    const [only, second] = by.legs;
    if (only && !second) return this.throughGate(by, only);
    const rows = by.legs.flatMap(({ device, start, count }) => {
      const lower = this.table.lower(device);
      const row = plainRow(above(lower.pieces(start, count), this.device, lower.readOnly), length);
      return row ?? [];
    });
    const [first, ...others] = rows;
    if (!first || rows.length < by.legs.length) return [];
    const legs = others.map(({ disk, at, through }) => ({ disk, shift: at - first.at, through }));
    const readOnly = rows.some((row) => row.readOnly);
    return [{ ...first, readOnly, beside: { by, origin: first.at, legs } }];
  }
}

/** Of one device's tables: the one that holds right now. */
export class FlatTables {
  private made: { readonly number: number; readonly table: FlatTable } | undefined;

  constructor(
    private readonly device: Passed,
    /** Shared by all devices of a stack; without it there is none. */
    private readonly epoch: Epoch | undefined,
  ) {}

  of(live: Table | undefined): FlatTable | undefined {
    if (!this.epoch || !live) return undefined;
    const { number } = this.epoch;
    if (this.made?.number !== number) {
      this.made = { number, table: new FlatTable(live, this.device) };
    }
    return this.made.table;
  }
}

/** What is one run of one disk, and lies nowhere else. */
function plainRow([piece, ...others]: readonly DiskPiece[], length: number): DiskRow | undefined {
  if (!piece || others.length > 0 || 'legs' in piece) return undefined;
  return piece.beside || piece.count < length ? undefined : piece;
}

/** The request counts as in flight in every device it passes, and in all of them until it ends. */
export function goStraight(io: DataIo, { disk, start, through }: Straight): Promise<IoResult> {
  for (const device of through) device.began();
  return disk.submit({ ...io, start }).then((result) => {
    for (let at = through.length - 1; at >= 0; at--) through[at]?.ended();
    return result;
  });
}

function find(pieces: readonly DiskPiece[], start: number, count: number): Straight | undefined {
  const found = findSector(pieces, start);
  if (!found || count > found.left || found.row.beside) return undefined;
  const { disk, at, through, readOnly } = found.row;
  return { disk, start: sectors(at + found.offset), through, readOnly };
}

/** @param readOnly whether the device right below refuses writes. */
function above(pieces: readonly DiskPiece[], device: Passed, readOnly: boolean) {
  return mapRows(pieces, (row: DiskRow) => ({
    ...row,
    through: [device, ...row.through],
    readOnly: row.readOnly || readOnly,
  }));
}
