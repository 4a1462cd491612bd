/** Reads a structure for people: every field with its place, its bytes and what they mean. */
import { bytesToByteString, view } from '../../base/bytes.ts';
import type { FieldState, StructureState } from '../../contract/metadata.ts';

/** Bytes of a field whose hex is given whole; what is longer is cut. */
const HEX_BYTES = 32;

const hexOf = (data: Uint8Array): string =>
  [...data.subarray(0, HEX_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ') +
  (data.length > HEX_BYTES ? ' …' : '');

/** `0x0000abcd` of 32 bits. */
export const hex32 = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/** Collects the fields of one structure. Offsets are bytes from the start of `data`. */
export class FieldCollector {
  private readonly fields: FieldState[] = [];

  /** @param base bytes from the start of the device to `data` */
  constructor(
    private readonly data: Uint8Array,
    private readonly base: number,
  ) {}

  structure(kind: StructureState['kind']): StructureState {
    return { kind, fields: this.fields };
  }

  text(name: string, at: number, size: number, judge?: (value: string) => string | undefined) {
    const value = bytesToByteString(this.data.subarray(at, at + size));
    const shown = value.replace(/[^\x20-\x7e]/g, '·');
    return this.add(name, at, size, shown, judge?.(value), value);
  }

  u32(name: string, at: number, judge?: (value: number) => string | undefined): number {
    const value = view(this.data).getUint32(at, true);
    return this.add(name, at, 4, String(value), judge?.(value), value);
  }

  /** Checksums and flags. */
  bits(name: string, at: number, judge?: (value: number) => string | undefined): number {
    const value = view(this.data).getUint32(at, true);
    return this.add(name, at, 4, hex32(value), judge?.(value), value);
  }

  u64(name: string, at: number, judge?: (value: bigint) => string | undefined): bigint {
    const value = view(this.data).getBigUint64(at, true);
    return this.add(name, at, 8, String(value), judge?.(value), value);
  }

  private add<T>(
    name: string,
    at: number,
    size: number,
    value: string,
    fault: string | undefined,
    read: T,
  ): T {
    const hex = hexOf(this.data.subarray(at, at + size));
    const field = { name, offset: this.base + at, size, hex, value };
    this.fields.push(fault === undefined ? field : { ...field, fault });
    return read;
  }
}
