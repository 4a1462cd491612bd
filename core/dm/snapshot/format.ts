/** The persistent exception store as it lies on its device (reference 6.1). */
import { view } from '../../base/bytes.ts';
import { SECTOR, type Sectors } from '../../base/units.ts';

/** `SnAp`, read as a number of 32 bits, least significant byte first. */
export const SNAP_MAGIC = 0x70416e53;
export const STORE_VERSION = 1;
/** Bytes of the header that mean something; the rest of its chunk is zero. */
const HEADER_BYTES = 16;
/** Bytes of a record: two numbers of 64 bits. */
export const RECORD = 16;
/** The header's chunk, before the first area. */
export const HEADER_CHUNKS = 1;

export interface StoreHeader {
  /** 0: nobody has made a store of it yet. */
  readonly magic: number;
  readonly valid: boolean;
  readonly version: number;
  /** In sectors. */
  readonly chunkSize: number;
}

/** @param sector the first one of the store */
export function readHeader(sector: Uint8Array): StoreHeader {
  const data = view(sector);
  return {
    magic: data.getUint32(0, true),
    valid: data.getUint32(4, true) !== 0,
    version: data.getUint32(8, true),
    chunkSize: data.getUint32(12, true),
  };
}

/** A whole chunk. */
export function headerChunk(chunkSize: Sectors, valid: boolean): Uint8Array {
  const chunk = new Uint8Array(chunkSize * SECTOR);
  const data = view(chunk.subarray(0, HEADER_BYTES));
  data.setUint32(0, SNAP_MAGIC, true);
  data.setUint32(4, valid ? 1 : 0, true);
  data.setUint32(8, STORE_VERSION, true);
  data.setUint32(12, chunkSize, true);
  return chunk;
}

/** An exception: this chunk of the origin is kept in that chunk of the store. */
export interface ExceptionRecord {
  readonly oldChunk: number;
  /** 0 ends the list: the store's first chunk is its header. */
  readonly newChunk: number;
}

/**
 * The eight upper bits of a chunk number are none of it for the kernel, which counts neighbours
 * there. Numbers above 2^53 are not exact: no device has such a chunk.
 */
export function readRecord(area: Uint8Array, index: number): ExceptionRecord {
  const data = view(area);
  const read = (at: number): number =>
    Number(data.getBigUint64(index * RECORD + at, true) & 0xff_ffff_ffff_ffffn);
  return { oldChunk: read(0), newChunk: read(8) };
}

export function writeRecord(
  area: Uint8Array,
  index: number,
  { oldChunk, newChunk }: ExceptionRecord,
): void {
  const data = view(area);
  data.setBigUint64(index * RECORD, BigInt(oldChunk), true);
  data.setBigUint64(index * RECORD + 8, BigInt(newChunk), true);
}

export const recordsPerArea = (chunkSize: number): number => (chunkSize * SECTOR) / RECORD;

/** The chunk of an area; its data chunks follow it. */
export const areaChunk = (area: number, chunkSize: number): number =>
  HEADER_CHUNKS + area * (recordsPerArea(chunkSize) + 1);

export const isAreaChunk = (chunk: number, chunkSize: number): boolean =>
  chunk % (recordsPerArea(chunkSize) + 1) === HEADER_CHUNKS;
