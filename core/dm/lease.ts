/**
 * Leave to read and write a device past device-mapper, where its sectors lie in files: as one long
 * request that is in flight in every device of the stack, and ends when a suspend asks for it.
 */
import type { Lent } from '../block/device.ts';
import type { WriteMarks } from '../block/write-marks.ts';
import type { DiskPiece, DiskRow, Epoch, Passed } from './flat.ts';
import { mapRows, type Piece, type Row } from './pieces.ts';

/** A file that sectors lie in. */
interface LeasedFile {
  /** Number of an open file of this process. */
  readonly number: number;
  /** Every write has to be marked. Absent: the file may only be read. */
  readonly marks?: WriteMarks;
}

/** Sectors that lie in a file. */
interface FileRow extends Row {
  /** Index of the file. */
  readonly file: number;
  /** A device on the way refuses writes. */
  readonly readOnly: boolean;
}

/** Plain data, for other threads too. */
export interface Leave {
  readonly files: readonly LeasedFile[];
  /** Of the device, with gaps where sectors lie in no file. */
  readonly pieces: readonly Piece<FileRow>[];
}

export interface Lease {
  readonly leave: Leave;
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
  const passed = new Set([device]);
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    stop();
    recall();
  };
  const stop = epoch.onNext(end);
  const lent = new Map<DiskRow['disk'], Borrowed | undefined>();
  const files: LeasedFile[] = [];
  const borrow = (disk: DiskRow['disk']): Borrowed | undefined => {
    const got = disk.lend?.(end);
    if (!got) return undefined;
    files.push({ number: got.file, ...(got.marks && { marks: got.marks }) });
    return { ...got, index: files.length - 1 };
  };
  const rows = mapRows(pieces, ({ disk, start, count, at, through, readOnly }: DiskRow) => {
    for (const one of through) passed.add(one);
    if (!lent.has(disk)) lent.set(disk, borrow(disk));
    const found = lent.get(disk);
    return found && { start, count, at: at + found.first, file: found.index, readOnly };
  });
  for (const one of passed) one.lent();
  const all = [...lent.values()];
  const giveBack = (): void => {
    over = true;
    stop();
    for (const one of all) one?.giveBack();
    for (const one of passed) one.givenBack();
  };
  if (all.length > 0 && !all.includes(undefined)) {
    return { leave: { files, pieces: rows }, giveBack };
  }
  giveBack();
  return undefined;
}

interface Borrowed extends Lent {
  /** Among the files of the lease. */
  readonly index: number;
}
