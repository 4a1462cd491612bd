/**
 * The file of a sandbox: what was written instead of to the image below it. Numbers are little
 * endian, checksums LVM's (core/base/crc.ts). Sectors:
 *
 *     0, 1     the header twice; the sound one of the higher generation counts
 *     8 ...    the log, a sector a record: numbers of chunks that are in the file
 *     data     chunk n of the image at data + n * 128; a chunk that is not in the log is a hole
 *
 * Header: magic "LVSTUDIO SANDBOX" at byte 0, u32 version 16, u32 checksum 20 (of bytes 24 to 511),
 * u64 generation 24, u64 size of the image in sectors 32, u32 sectors a chunk 40, u32 state 44
 * (0 open, 1 applying), u32 length of the stamp 48, the stamp 64 to 319: what the host wrote down
 * of the image, in bytes that only the host understands.
 *
 * Record: u32 checksum 0 (of bytes 4 to 511), u32 checksum of the record before it 4 (0: none), u64
 * generation of the header when it was written 8, u32 count 16 (1 to 60), count u64 chunk numbers
 * from 24. The log ends at the first sector that is no sound successor of the one before it: the
 * generation keeps what an interrupted flush left behind from becoming one later.
 */
import { assert } from '../../base/assert.ts';
import { byteStringToBytes, bytesToByteString, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';

/** Sectors of a chunk: a first write into one copies the rest of it. */
export const CHUNK = 128;
export const HEADER_SECTORS = 2;
export const LOG_START = sectors(8);
/** Chunk numbers in a record. */
export const PER_RECORD = 60;
/** Bytes a host may keep in the header. */
export const STAMP_LIMIT = 256;

const MAGIC = byteStringToBytes('LVSTUDIO SANDBOX');
const VERSION = 1;

export type OverlayState = 'open' | 'applying';

export interface OverlayHeader {
  readonly generation: number;
  /** Of the image. */
  readonly size: Sectors;
  readonly state: OverlayState;
  /** A byte string of at most STAMP_LIMIT. */
  readonly stamp: string;
}

export interface LogRecord {
  /** Checksum of the record before it. */
  readonly before: number;
  readonly generation: number;
  readonly chunks: readonly number[];
}

export const chunkCount = (size: Sectors): number => Math.ceil(size / CHUNK);

/** Where the data begins: behind a log with room for one record a chunk. */
export function dataStart(size: Sectors): Sectors {
  return sectors(Math.ceil((LOG_START + chunkCount(size)) / CHUNK) * CHUNK);
}

/** Sectors of the whole file; almost all of them holes. */
export const overlaySize = (size: Sectors): Sectors => sectors(dataStart(size) + size);

export function buildHeader(header: OverlayHeader): Uint8Array {
  assert(header.stamp.length <= STAMP_LIMIT, 'the stamp is too long');
  const sector = new Uint8Array(SECTOR);
  const fields = view(sector);
  sector.set(MAGIC);
  fields.setUint32(16, VERSION, true);
  fields.setBigUint64(24, BigInt(header.generation), true);
  fields.setBigUint64(32, BigInt(header.size), true);
  fields.setUint32(40, CHUNK, true);
  fields.setUint32(44, header.state === 'applying' ? 1 : 0, true);
  fields.setUint32(48, header.stamp.length, true);
  sector.set(byteStringToBytes(header.stamp), 64);
  fields.setUint32(20, lvmCrc(sector.subarray(24)), true);
  return sector;
}

/** The header, or a clause that says what is wrong with the sector. */
export function parseHeader(sector: Uint8Array): OverlayHeader | string {
  const fields = view(sector);
  if (!MAGIC.every((byte, at) => sector[at] === byte)) return 'it is not the file of a sandbox';
  const version = fields.getUint32(16, true);
  if (version !== VERSION) return `its version is ${version}, not ${VERSION}`;
  if (fields.getUint32(20, true) !== lvmCrc(sector.subarray(24))) return 'its header is damaged';
  const [generation, size] = [safe(fields, 24), safe(fields, 32)];
  const [chunk, state, length] = [40, 44, 48].map((at) => fields.getUint32(at, true));
  if (generation === undefined || size === undefined || chunk !== CHUNK) return NONSENSE;
  if (state === undefined || state > 1 || length === undefined || length > STAMP_LIMIT) {
    return NONSENSE;
  }
  const stamp = bytesToByteString(sector.subarray(64, 64 + length));
  return { generation, size: sectors(size), state: state === 1 ? 'applying' : 'open', stamp };
}

const NONSENSE = 'its header makes no sense';

export function buildRecord({ before, generation, chunks }: LogRecord): Uint8Array {
  assert(chunks.length > 0 && chunks.length <= PER_RECORD, 'a record has 1 to 60 chunks');
  const sector = new Uint8Array(SECTOR);
  const fields = view(sector);
  fields.setUint32(4, before, true);
  fields.setBigUint64(8, BigInt(generation), true);
  fields.setUint32(16, chunks.length, true);
  for (const [index, chunk] of chunks.entries()) {
    fields.setBigUint64(24 + index * 8, BigInt(chunk), true);
  }
  fields.setUint32(0, lvmCrc(sector.subarray(4)), true);
  return sector;
}

/** A sound record and its checksum; undefined for anything else. */
export function parseRecord(
  sector: Uint8Array,
  chunksInAll: number,
): (LogRecord & { readonly checksum: number }) | undefined {
  const fields = view(sector);
  const checksum = fields.getUint32(0, true);
  const count = fields.getUint32(16, true);
  const generation = safe(fields, 8);
  if (count < 1 || count > PER_RECORD || generation === undefined) return undefined;
  if (checksum !== lvmCrc(sector.subarray(4))) return undefined;
  const chunks: number[] = [];
  for (let index = 0; index < count; index++) {
    const chunk = safe(fields, 24 + index * 8);
    if (chunk === undefined || chunk >= chunksInAll) return undefined;
    chunks.push(chunk);
  }
  return { before: fields.getUint32(4, true), generation, chunks, checksum };
}

function safe(fields: DataView, at: number): number | undefined {
  const value = fields.getBigUint64(at, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}
