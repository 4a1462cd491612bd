/**
 * Where a text goes in the circular buffer of its area (reference 1.7). Offsets are bytes from the
 * start of the area; the buffer is [512, area size).
 */
import { SECTOR } from '../../base/units.ts';

/** A run of the area. */
export interface Piece {
  readonly offset: number;
  readonly size: number;
}

const blockUp = (value: number): number => Math.ceil(value / SECTOR) * SECTOR;

/** Largest text, NUL included, of which two fit into an area of so many bytes; 0 if none does. */
export function maxTextBytes(areaBytes: number): number {
  return Math.max(0, Math.floor((areaBytes - SECTOR) / 2) - SECTOR);
}

/** The one or two runs that a text occupies: past the area's end it goes on at 512. */
export function piecesOf(areaBytes: number, { offset, size }: Piece): readonly Piece[] {
  const first = Math.min(size, areaBytes - offset);
  if (first === size) return [{ offset, size }];
  return [
    { offset, size: first },
    { offset: SECTOR, size: size - first },
  ];
}

/**
 * Where a new text begins: behind the committed one, on the next 512-byte boundary.
 * @param committed the copy that must survive, if there is one.
 * @returns undefined if the text is too large, or would overwrite the committed one.
 */
export function placeText(
  areaBytes: number,
  size: number,
  committed: Piece | undefined,
): number | undefined {
  if (size > maxTextBytes(areaBytes)) return undefined;
  const offset = committed ? startBehind(areaBytes, committed) : SECTOR;
  // With the zeros up to the next boundary, which are written as well.
  const written = piecesOf(areaBytes, { offset, size: blockUp(size) });
  const kept = committed ? piecesOf(areaBytes, committed) : [];
  return written.some((piece) => kept.some((old) => overlap(piece, old))) ? undefined : offset;
}

function startBehind(areaBytes: number, committed: Piece): number {
  const tail = piecesOf(areaBytes, committed).at(-1) ?? committed;
  const last = tail.offset + tail.size - 1;
  if (areaBytes - last < SECTOR) return SECTOR;
  const start = blockUp(last + 1);
  return start > areaBytes - SECTOR ? SECTOR : start;
}

const overlap = (a: Piece, b: Piece): boolean =>
  a.offset < b.offset + b.size && b.offset < a.offset + a.size;
