/**
 * What lies where in the store of an EVMS snapshot.
 *
 * From the post (`seeds/004`): the table has entries of eight bytes, as many in a sector as fit,
 * and is written a sector at a time. That an entry's index says where its copy lies follows from
 * their size: there is room for one number. From the EVMS User Guide, 11.2: the table lies in the
 * object that holds the copies, which is a little larger than the original if it is never to fill.
 *
 * Our own arrangement, for neither says more: sector 0 is the header, the table follows, then at a
 * multiple of the chunk size the copies; an entry is the number of the chunk of the original plus
 * one, 0 while it is unused; all numbers are little-endian. A store of ours is none of EVMS's.
 *
 *   header   0 magic "EVMSlike"   8 chunk size, sectors   16 size of the original, sectors
 *           24 1: asynchronous   32 state   40 CRC of bytes 0 to 39
 */
import { hasBytesAt, byteStringToBytes, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';

/** Entries in a sector of the table. */
export const ENTRIES = SECTOR / BigUint64Array.BYTES_PER_ELEMENT;

/** Sectors in front of the table. */
const HEADER = 1;
const MAGIC = byteStringToBytes('EVMSlike');
const CRC_AT = 40;

/** `full`: nothing in it counts any more. */
const STATES = ['shut down', 'in use', 'full'] as const;
export type State = (typeof STATES)[number];

export interface Header {
  readonly chunkSize: Sectors;
  readonly originalSize: Sectors;
  readonly asynchronous: boolean;
  readonly state: State;
}

/** Where things are in a store; all in sectors but `chunks`. */
export interface Layout {
  /** Copies that fit. */
  readonly chunks: number;
  readonly tableStart: Sectors;
  readonly tableSectors: Sectors;
  readonly dataStart: Sectors;
}

/** @returns undefined where not one copy fits */
export function layoutOf(storeSize: Sectors, chunkSize: Sectors): Layout | undefined {
  const most = Math.floor((storeSize - HEADER) / chunkSize);
  const tableSectors = Math.ceil(most / ENTRIES);
  const dataStart = Math.ceil((HEADER + tableSectors) / chunkSize) * chunkSize;
  const chunks = Math.floor((storeSize - dataStart) / chunkSize);
  if (chunks < 1) return undefined;
  const table = { tableStart: sectors(HEADER), tableSectors: sectors(tableSectors) };
  return { chunks, ...table, dataStart: sectors(dataStart) };
}

export function headerBytes(header: Header): Uint8Array {
  const data = new Uint8Array(SECTOR);
  data.set(MAGIC);
  const words = view(data);
  words.setBigUint64(8, BigInt(header.chunkSize), true);
  words.setBigUint64(16, BigInt(header.originalSize), true);
  words.setBigUint64(24, header.asynchronous ? 1n : 0n, true);
  words.setBigUint64(32, BigInt(STATES.indexOf(header.state)), true);
  words.setUint32(CRC_AT, lvmCrc(data.subarray(0, CRC_AT)), true);
  return data;
}

/** @returns undefined where no header is, or one that does not fit its checksum */
export function parseHeader(data: Uint8Array): Header | undefined {
  const words = view(data);
  if (!hasBytesAt(data, 0, MAGIC)) return undefined;
  if (words.getUint32(CRC_AT, true) !== lvmCrc(data.subarray(0, CRC_AT))) return undefined;
  const state = STATES[Number(words.getBigUint64(32, true))];
  const [chunkSize, originalSize] = [8, 16].map((at) => Number(words.getBigUint64(at, true)));
  if (!state || !isSize(chunkSize) || !isSize(originalSize)) return undefined;
  const asynchronous = words.getBigUint64(24, true) !== 0n;
  const sizes = { chunkSize: sectors(chunkSize), originalSize: sectors(originalSize) };
  return { ...sizes, asynchronous, state };
}

const isSize = (value: number | undefined): value is number =>
  value !== undefined && Number.isSafeInteger(value) && value > 0;
