/** Where a request of a leased device goes: parts of files. */
import { SECTOR, type Sectors } from '../../base/units.ts';
import type { WriteMarks } from '../../block/write-marks.ts';
import type { FileRow, Leave } from '../../dm/lease.ts';
import {
  ALL_LEGS,
  enter,
  isShown,
  leave,
  note,
  type Entry,
  type RegionGate,
} from '../../dm/mirror/region-gate.ts';
import { findSector } from '../../dm/pieces.ts';

export interface Part {
  /** Number of an open file of this process. */
  readonly file: number;
  readonly data: Uint8Array;
  /** In bytes. */
  readonly position: number;
  /** Of a write: what has to be marked, in sectors of the file. */
  readonly mark?: { readonly marks: WriteMarks; readonly start: number; readonly count: number };
  /** Of the first of the parts that a write to regions has. */
  readonly pass?: Pass;
}

/** Regions side by side that are written; without other legs there may be many. */
interface Pass {
  readonly gate: RegionGate;
  readonly region: number;
  readonly count: number;
}

interface Wanted {
  readonly op: 'read' | 'write';
  readonly start: Sectors;
  readonly data: Uint8Array;
}

/** Of one request; the engine joins those of a disk that are next to each other. */
const MOST_PARTS = 16;

/**
 * Where a request goes. To be released when nothing of it is under way.
 * @returns undefined: it lies in too many parts, or some in no file or where only the engine may
 * write
 */
export function partsOf(leave: Leave, wanted: Wanted): readonly Part[] | undefined {
  const parts: Part[] = [];
  if (addParts(leave, wanted, parts)) return parts;
  release(parts);
  return undefined;
}

/** Once of all the parts of a request. */
export function release(parts: readonly Part[]): void {
  for (const { pass } of parts) if (pass) leaveAll(pass);
}

/** @returns whether that is all of it */
function addParts({ files, pieces }: Leave, { op, start, data }: Wanted, parts: Part[]): boolean {
  const end = start + data.length / SECTOR;
  for (let at: number = start; at < end;) {
    const found = findSector(pieces, at);
    if (!found || parts.length >= MOST_PARTS) return false;
    const { row } = found;
    const place = row.at + found.offset;
    const room = op === 'write' ? inRegion(row.beside, place) : Infinity;
    const count = Math.min(found.left, end - at, room);
    const from = (at - start) * SECTOR;
    const whole = count === end - start;
    const run = {
      place,
      count,
      data: whole ? data : data.subarray(from, from + count * SECTOR),
    };
    const added =
      op === 'read' ? addRead(files, row, run, parts) : addWrite(files, row, run, parts);
    if (!added) return false;
    at += count;
  }
  return true;
}

type Files = Leave['files'];
type Beside = FileRow['beside'];

/** Of one request, in one row. */
interface Run {
  /** First sector in the row's file. */
  readonly place: number;
  readonly count: number;
  readonly data: Uint8Array;
}

/** Sectors up to the end of the region. */
function inRegion(beside: Beside, place: number): number {
  // With other legs it depends on the region where else it goes.
  if (!beside || beside.legs.length === 0) return Infinity;
  const { regionSize } = beside.gate;
  return regionSize - ((place - beside.origin) % regionSize);
}

const regionAt = ({ gate, origin }: NonNullable<Beside>, place: number): number =>
  Math.floor((place - origin) / gate.regionSize);

function addRead(
  files: Files,
  { file, beside }: FileRow,
  { place, count, data }: Run,
  parts: Part[],
): boolean {
  const found = files[file];
  if (!found || (beside && !areShown(passTo(beside, { place, count, data })))) return false;
  if (beside) note(beside.gate, 'read', regionAt(beside, place));
  parts.push({ file: found.number, data, position: place * SECTOR });
  return true;
}

function addWrite(
  files: Files,
  { file, beside, readOnly }: FileRow,
  run: Run,
  parts: Part[],
): boolean {
  if (readOnly) return false;
  const pass = beside && passTo(beside, run);
  const entry = pass && enterAll(pass);
  if (pass && entry === undefined) return false;
  const first = writePart(files, file, run);
  if (!first) {
    if (pass) leaveAll(pass);
    return false;
  }
  parts.push(pass ? { ...first, pass } : first);
  if (entry !== ALL_LEGS || !beside) return true;
  return beside.legs.every((leg) => {
    const part = writePart(files, leg.file, { ...run, place: run.place + leg.shift });
    if (part) parts.push(part);
    return part !== undefined;
  });
}

function passTo(beside: NonNullable<Beside>, { place, count }: Run): Pass {
  const region = regionAt(beside, place);
  return { gate: beside.gate, region, count: regionAt(beside, place + count - 1) - region + 1 };
}

function areShown({ gate, region, count }: Pass): boolean {
  for (let at = 0; at < count; at++) if (!isShown(gate, region + at)) return false;
  return true;
}

/** @returns undefined: it may not enter one of them, and has left the others again */
function enterAll({ gate, region, count }: Pass): Entry | undefined {
  let entry: Entry | undefined;
  for (let done = 0; done < count; done++) {
    entry = enter(gate, region + done);
    if (entry !== undefined) continue;
    leaveAll({ gate, region, count: done });
    return undefined;
  }
  return entry;
}

function leaveAll({ gate, region, count }: Pass): void {
  for (let done = 0; done < count; done++) leave(gate, region + done);
}

function writePart(files: Files, file: number, { place, count, data }: Run): Part | undefined {
  const { number, marks } = files[file] ?? {};
  if (number === undefined || !marks) return undefined;
  const mark = { marks, start: place, count };
  return { file: number, data, position: place * SECTOR, mark };
}
