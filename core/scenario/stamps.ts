/** Sectors that say who wrote them: one number, repeated to the end of the sector. */
import { SECTOR } from '../base/units.ts';

const WORDS = SECTOR / Uint32Array.BYTES_PER_ELEMENT;

/** @param stamps one for each sector */
export function stamped(stamps: readonly number[]): Uint8Array {
  const words = new Uint32Array(stamps.length * WORDS);
  for (const [at, stamp] of stamps.entries()) words.fill(stamp, at * WORDS, (at + 1) * WORDS);
  return new Uint8Array(words.buffer);
}

/** The stamp of each sector; no disk tears one. */
export function stampsOf(data: Uint8Array): readonly number[] {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  return Array.from({ length: data.length / SECTOR }, (_, at) => words[at * WORDS] ?? 0);
}
