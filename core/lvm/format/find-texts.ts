/**
 * Metadata texts in the circular buffer of an area, whether a slot names them or not: what was
 * written before stays until something is written over it (reference 1.7).
 */
import { bytesToByteString } from '../../base/bytes.ts';
import { SECTOR } from '../../base/units.ts';

/** A text that was found; see TextState of the contract. */
export interface FoundText {
  /** Bytes from the start of the area. */
  readonly offset: number;
  /** Bytes, with the NUL where the text is whole. */
  readonly size: number;
  readonly whole: boolean;
  readonly vg: string;
  readonly seqno?: number;
  readonly description?: string;
  readonly time?: number;
}

/** Longest name of a group, ` {`, a newline and `id = "`. */
const HEAD = 160;
/** Far enough for the first keys of a group. */
const KEYS = 1024;
/** The lines behind the group: a description may hold a whole command line. */
const TAIL = 8192;

/**
 * @param area the area from its start, header included; a multiple of 512 bytes. Where it was cut
 * short, texts that pass its end are not whole.
 */
export function findTexts(area: Uint8Array): readonly FoundText[] {
  const starts: number[] = [];
  for (let at = SECTOR; at + SECTOR <= area.length; at += SECTOR) {
    if (nameAt(area, at) !== undefined) starts.push(at);
  }
  return starts.map((start, index) => describe(area, start, starts[index + 1], starts[0]));
}

/** Name of the group whose text begins here. */
function nameAt(area: Uint8Array, at: number): string | undefined {
  const first = area[at] ?? 0;
  // Nearly every sector is ruled out by its first byte.
  if (first < 0x2b || first > 0x7a) return undefined;
  const head = bytesToByteString(area.subarray(at, at + HEAD));
  return /^([\w.+-]{1,127}) \{\nid = "/.exec(head)?.[1];
}

function describe(
  area: Uint8Array,
  start: number,
  next: number | undefined,
  first: number | undefined,
): FoundText {
  const vg = nameAt(area, start) ?? '';
  const bytes = textBytes(area, start, next, first);
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  const head = bytesToByteString(text.subarray(0, KEYS));
  const tail = bytesToByteString(text.subarray(Math.max(0, text.length - TAIL)));
  const seqno = /\nseqno = (\d{1,10})\n/.exec(head)?.[1];
  const description = /\ndescription = "((?:[^"\\]|\\.)*)"\n/.exec(tail)?.[1];
  const time = /\ncreation_time = (\d{1,15})\b[^\n]*\s*$/.exec(tail)?.[1];
  return {
    offset: start,
    size: end < 0 ? bytes.length : end + 1,
    whole: end >= 0 && time !== undefined,
    vg,
    ...(seqno === undefined ? {} : { seqno: Number(seqno) }),
    ...(description === undefined ? {} : { description: description.replace(/\\(.)/g, '$1') }),
    ...(time === undefined ? {} : { time: Number(time) }),
  };
}

/** Up to where the next text begins; past the end of the area from its start on. */
function textBytes(
  area: Uint8Array,
  start: number,
  next: number | undefined,
  first: number | undefined,
): Uint8Array {
  if (next !== undefined) return area.subarray(start, next);
  const here = area.subarray(start);
  if (here.includes(0)) return here;
  const wrapped = area.subarray(SECTOR, first);
  const both = new Uint8Array(here.length + wrapped.length);
  both.set(here);
  both.set(wrapped, here.length);
  return both;
}
