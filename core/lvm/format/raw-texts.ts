/** Every text in the buffer of an area, found by what texts begin with (reference 11.5). */
import { bytesToByteString, concatBytes } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { SECTOR } from '../../base/units.ts';
import { parseConfig } from './config/parse.ts';

export interface FoundText {
  readonly kind: 'text';
  /** Bytes from the start of the area. */
  readonly offset: number;
  /** With its NUL. */
  readonly data: Uint8Array;
  readonly crc: number;
  readonly vg: string;
  /** As written, 38 characters. */
  readonly id: string;
  readonly seqno: number;
  /** It can be read as configuration. */
  readonly readable: boolean;
  /** It ends as texts end: two newlines and a NUL. */
  readonly ended: boolean;
}

/** A beginning that is not followed by a whole text. */
export type Found =
  | FoundText
  | { readonly kind: 'cut'; readonly offset: number }
  | { readonly kind: 'short'; readonly offset: number; readonly size: number };

/** Only the text that begins here (bytes from the start of the area), or has this number. */
export interface Wanted {
  readonly offset?: number;
  readonly seqno?: number;
}

const HEAD = 512;
const LEAST = 256;

/** @param area the area from its start, header included. */
export function findTexts(area: Uint8Array, wanted: Wanted = {}): readonly Found[] {
  const found: Found[] = [];
  let first: number | undefined;
  let at = SECTOR;
  while (at + SECTOR <= area.length) {
    const next = wanted.offset === undefined || wanted.offset === at ? headAt(area, at) : undefined;
    if (!next || (wanted.seqno !== undefined && wanted.seqno !== next.seqno)) {
      at += SECTOR;
      continue;
    }
    const text = textAt(area, at, first ?? at);
    if (text === undefined || text.length <= LEAST) {
      if (text) found.push({ kind: 'short', offset: at, size: text.length - 1 });
      found.push({ kind: 'cut', offset: at });
      at += SECTOR;
    } else {
      found.push(described(at, text, next));
      first ??= at;
      at += Math.max(1, Math.ceil(text.length / SECTOR)) * SECTOR;
    }
    if (wanted.offset !== undefined || wanted.seqno !== undefined) break;
  }
  return found;
}

type Head = Pick<FoundText, 'vg' | 'id' | 'seqno'>;

/** The name of a group, its identifier and number: the first three lines of every text. */
function headAt(area: Uint8Array, at: number): Head | undefined {
  const first = area[at] ?? 0;
  // Nearly every sector is ruled out by its first byte.
  if (first < 0x2b || first > 0x7a) return undefined;
  const head = bytesToByteString(area.subarray(at, at + HEAD));
  const lines = /^([\w.+-]{1,127}) \{[^\n]*\nid = .([^\n]{0,38})[^\n]*\nseqno = (\d+)/.exec(head);
  if (!lines) return undefined;
  const [, vg = '', id = '', seqno = ''] = lines;
  return { vg, id, seqno: Number(seqno) };
}

/** Up to the NUL; past the end of the area from 512 on, as far as the first text that was found. */
function textAt(area: Uint8Array, at: number, first: number): Uint8Array | undefined {
  const end = area.indexOf(0, at);
  if (end >= 0) return area.slice(at, end + 1);
  const rest = area.subarray(SECTOR, first).indexOf(0);
  if (rest < 0) return undefined;
  return concatBytes([area.subarray(at), area.subarray(SECTOR, SECTOR + rest + 1)]);
}

function described(offset: number, data: Uint8Array, head: Head): FoundText {
  const text = bytesToByteString(data);
  return {
    kind: 'text',
    offset,
    data,
    ...head,
    crc: lvmCrc(data),
    readable: parseConfig(text).ok,
    ended: text.endsWith('\n\n\0'),
  };
}
