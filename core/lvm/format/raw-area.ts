/** The header of a metadata area read for pvck, sound or not (reference 1.5, 11.5). */
import { bytesToByteString, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { SECTOR } from '../../base/units.ts';

/** A slot of the header. Offset and size in bytes, the offset from the start of the area. */
export interface RawSlot {
  /** From the start of the device. */
  readonly at: number;
  readonly offset: bigint;
  readonly size: bigint;
  readonly checksum: number;
  readonly flags: number;
}

export interface RawArea {
  /** 1 the area behind the label, 2 any other one. */
  readonly number: 1 | 2;
  readonly at: number;
  /** Bytes, as the PV header has it. */
  readonly size: bigint;
  /** It has the magic of a header. */
  readonly found: boolean;
  readonly checksum: number;
  /** Bytes in hexadecimal, as LVM prints them. */
  readonly magic: string;
  readonly version: number;
  readonly start: bigint;
  readonly headerSize: bigint;
  readonly committed: RawSlot;
  readonly precommitted: RawSlot;
  /** What is wrong about the header, without a full stop. */
  readonly checks: readonly string[];
}

export const AREA_MAGIC = ' LVM2 x[5A%r0N*>';
/** Bit 0 of a slot's flags. */
export const SLOT_IGNORED = 1;
/** The first area is told by its place (reference 1.8). */
const FIRST = 4096;

const hexOf = (text: string): string =>
  [...Array(text.length).keys()].map((at) => text.charCodeAt(at).toString(16)).join('');

/** @param data the header's sector. @param at, @param size bytes, as the PV header has them. */
export function readRawArea(data: Uint8Array, at: number, size: bigint): RawArea {
  const fields = view(data);
  const number = at === FIRST ? 1 : 2;
  const magic = bytesToByteString(data.subarray(4, 20));
  const checksum = fields.getUint32(0, true);
  const version = fields.getUint32(20, true);
  const start = fields.getBigUint64(24, true);
  const headerSize = fields.getBigUint64(32, true);
  const checks: string[] = [];
  const check = (isRight: boolean, sentence: string): void => {
    if (!isRight) checks.push(`mda_header_${number}.${sentence}`);
  };
  const crc = lvmCrc(data.subarray(4, SECTOR));
  check(checksum === crc, `checksum expected 0x${crc.toString(16)}`);
  check(magic === AREA_MAGIC, `magic expected 0x${hexOf(AREA_MAGIC)}`);
  check(version === 1, 'version expected 1');
  check(start === BigInt(at), `start does not match pv_header.disk_locn.offset ${at}`);
  check(headerSize === size, `size does not match pv_header.disk_locn.size ${size}`);
  return {
    number,
    at,
    size,
    found: magic === AREA_MAGIC,
    checksum,
    magic: hexOf(magic),
    version,
    start,
    headerSize,
    committed: slotAt(fields, 40, at),
    precommitted: slotAt(fields, 64, at),
    checks,
  };
}

const slotAt = (fields: DataView, from: number, base: number): RawSlot => ({
  at: base + from,
  offset: fields.getBigUint64(from, true),
  size: fields.getBigUint64(from + 8, true),
  checksum: fields.getUint32(from + 16, true),
  flags: fields.getUint32(from + 20, true),
});
