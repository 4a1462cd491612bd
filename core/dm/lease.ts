/**
 * Leave to read and write a device past device-mapper, where its sectors lie in files: as one long
 * request that is in flight in every device of the stack, and ends when a suspend asks for it.
 */
import type { Lent } from '../block/device.ts';
import type { WriteMarks } from '../block/write-marks.ts';
import type { BesideRow, DiskPiece, DiskRow, Epoch, Passed } from './flat.ts';
import type { RegionGate } from './mirror/region-gate.ts';
import { mapRows, type Piece, type Row } from './pieces.ts';
import type { Gate, Gated } from './target.ts';

/** A file that sectors lie in. */
interface LeasedFile {
  /** Number of an open file of this process. */
  readonly number: number;
  /** Every write has to be marked. Absent: the file may only be read. */
  readonly marks?: WriteMarks;
}

/** Sectors that lie in a file. */
export interface FileRow extends Row {
  /** Index of the file. */
  readonly file: number;
  /** A device on the way refuses writes. */
  readonly readOnly: boolean;
  /** Absent: it lies nowhere else. */
  readonly beside?: BesideFile;
}

/** Who writes the sectors of a row has to pass a gate, which says whether to write here, too. */
interface BesideFile {
  readonly gate: RegionGate;
  /** Sector of the row's file where the regions of the gate begin. */
  readonly origin: number;
  readonly legs: readonly {
    /** Index of the file. */
    readonly file: number;
    /** From a sector of the row's file to the same one there. */
    readonly shift: number;
  }[];
}

/** Plain data, for other threads too. */
export interface Leave {
  readonly files: readonly LeasedFile[];
  /** Of the device, with gaps where sectors lie in no file. */
  readonly pieces: readonly Piece<FileRow>[];
}

export interface Lease {
  readonly leave: Leave;
  /** Counts what was done meanwhile where that is of interest. */
  look(): void;
  /** To be called once, when nothing is under way any more. */
  giveBack(): void;
}

/**
 * @param pieces of the whole device
 * @param recall called at most once: the lease is to be given back soon, for something changes
 * @returns undefined where a disk is in no file, or does not lend at the moment
 */
export function lend(
  device: Passed,
  pieces: readonly DiskPiece[],
  epoch: Epoch,
  recall: () => void,
): Lease | undefined {
  const lending = new Lending(epoch, recall);
  lending.pass([device]);
  const rows = mapRows(pieces, (row: DiskRow) => lending.row(row));
  if (!lending.isWhole) {
    lending.giveBack();
    return undefined;
  }
  return {
    leave: { files: lending.files, pieces: rows },
    look: () => lending.look(),
    giveBack: () => lending.giveBack(),
  };
}

interface Borrowed extends Lent {
  /** Among the files of the lease. */
  readonly index: number;
}

/** What is borrowed for one lease. */
class Lending {
  readonly files: LeasedFile[] = [];
  private readonly passed = new Set<Passed>();
  private readonly disks = new Map<DiskRow['disk'], Borrowed | undefined>();
  private readonly gates = new Map<Gated, Gate>();
  private readonly stop: () => void;
  private over = false;

  constructor(
    epoch: Epoch,
    private readonly recall: () => void,
  ) {
    this.stop = epoch.onNext(() => this.end());
  }

  /** Something was borrowed, and all that was asked for. */
  get isWhole(): boolean {
    const all = [...this.disks.values()];
    return all.length > 0 && !all.includes(undefined);
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    this.stop();
    this.recall();
  }

  pass(devices: readonly Passed[]): void {
    for (const one of devices) {
      if (this.passed.has(one)) continue;
      this.passed.add(one);
      one.lent();
    }
  }

  /** @returns undefined: it is not to be had */
  row({ disk, start, count, at, through, readOnly, beside }: DiskRow): FileRow | undefined {
    this.pass(through);
    const found = this.borrowed(disk);
    if (!found) return undefined;
    const row = { start, count, at: at + found.first, file: found.index, readOnly };
    if (!beside) return row;
    const others = this.beside(beside, found);
    return others && { ...row, beside: others };
  }

  private beside({ by, origin, legs }: BesideRow, first: Borrowed): BesideFile | undefined {
    const places = legs.flatMap(({ disk, shift, through }) => {
      this.pass(through);
      const found = this.borrowed(disk);
      return found ? [{ file: found.index, shift: shift + found.first - first.first }] : [];
    });
    if (places.length < legs.length) return undefined;
    const { gate } = this.gates.get(by) ?? this.open(by);
    return { gate, origin: origin + first.first, legs: places };
  }

  private open(by: Gated): Gate {
    const gate = by.lend();
    this.gates.set(by, gate);
    return gate;
  }

  private borrowed(disk: DiskRow['disk']): Borrowed | undefined {
    if (!this.disks.has(disk)) this.disks.set(disk, this.borrow(disk));
    return this.disks.get(disk);
  }

  private borrow(disk: DiskRow['disk']): Borrowed | undefined {
    const got = disk.lend?.(() => this.end());
    if (!got) return undefined;
    this.files.push({ number: got.file, ...(got.marks && { marks: got.marks }) });
    return { ...got, index: this.files.length - 1 };
  }

  look(): void {
    for (const gate of this.gates.values()) gate.look();
  }

  giveBack(): void {
    this.over = true;
    this.stop();
    for (const gate of this.gates.values()) gate.giveBack();
    for (const one of this.disks.values()) one?.giveBack();
    for (const one of this.passed) one.givenBack();
  }
}
