/** Where a request of a leased device goes: parts of files. */
import { SECTOR, type Sectors } from '../../base/units.ts';
import type { WriteMarks } from '../../block/write-marks.ts';
import type { Leave } from '../../dm/lease.ts';
import { findSector } from '../../dm/pieces.ts';

export interface Part {
  /** Number of an open file of this process. */
  readonly file: number;
  readonly data: Uint8Array;
  /** In bytes. */
  readonly position: number;
  /** Of a write: what has to be marked, in sectors of the file. */
  readonly mark?: { readonly marks: WriteMarks; readonly start: number; readonly count: number };
}

interface Wanted {
  readonly op: 'read' | 'write';
  readonly start: Sectors;
  readonly data: Uint8Array;
}

/** Of one request; the engine joins those of a disk that are next to each other. */
const MOST_PARTS = 16;

/** Undefined: it lies in too many parts, some in no file, or in one that may only be read. */
export function partsOf(
  { files, pieces }: Leave,
  { op, start, data }: Wanted,
): readonly Part[] | undefined {
  const parts: Part[] = [];
  const end = start + data.length / SECTOR;
  for (let at: number = start; at < end;) {
    const found = findSector(pieces, at);
    const file = found && files[found.row.file];
    if (!file || parts.length === MOST_PARTS) return undefined;
    const count = Math.min(found.left, end - at);
    const place = found.row.at + found.offset;
    const from = (at - start) * SECTOR;
    const part = {
      file: file.number,
      data: count === end - start ? data : data.subarray(from, from + count * SECTOR),
      position: place * SECTOR,
    };
    if (op === 'read') parts.push(part);
    else {
      const { marks } = file;
      if (!marks || found.row.readOnly) return undefined;
      parts.push({ ...part, mark: { marks, start: place, count } });
    }
    at += count;
  }
  return parts;
}
