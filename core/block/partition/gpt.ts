/**
 * The GUID partition table: a header in sector 1 with a checksum over itself and one over its
 * entries, and a copy of both at the end of the disk. What is held to be sound is what Linux holds
 * so (block/partitions/efi.c). All numbers are little-endian.
 *
 * | bytes | of the header |
 * | --- | --- |
 * | 0 | `EFI PART` |
 * | 12, 16 | its length, its CRC-32 with this field as 0 |
 * | 24, 32 | the sector it is in, that of the other copy |
 * | 40, 48 | first and last sector for partitions |
 * | 72, 80, 84, 88 | the entries: first sector, number, length of one, CRC-32 |
 *
 * An entry: type (16 bytes, 0: not used), 32 first and 40 last sector.
 */
import { bytesToByteString, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors } from '../../base/units.ts';
import { readSectors, type BlockDevice } from '../device.ts';
import type { RawPartition, RawTable } from './mbr.ts';
import { HIGHEST_NUMBER, type GptFault, type PartitionOddity } from './types.ts';

const SIGNATURE = 'EFI PART';
const HEADER_LEAST = 92;
const ENTRY = 128;
/** As much as Linux reads in one piece. */
const ENTRIES_MOST = 4 * 1024 * 1024;
const PRIMARY_AT = 1;
/** Sector 1 of a disk whose sectors have 4096 bytes. */
const LARGE_AT = 8;

interface Header {
  readonly other: number;
  readonly entriesAt: number;
  readonly count: number;
  readonly entriesCrc: number;
}

interface Gpt extends Header {
  readonly entries: Uint8Array;
}

type Checked<T> = Result<T, GptFault>;

/** The common CRC-32, as zlib has it. */
const crc32 = (data: Uint8Array): number => ~lvmCrc(data, 0xffffffff) >>> 0;

/** Exact below 2^53; what is above is beyond the end of every disk, and stays so. */
const place = (data: DataView, at: number): number => Number(data.getBigUint64(at, true));

export async function readGpt(device: BlockDevice): Promise<RawTable> {
  const last = device.size - 1;
  const header = await readHeader(device, PRIMARY_AT);
  const primary = await withEntries(device, header);
  // Where the disk grew since, only the primary header knows the place of its copy.
  const at = header.ok ? header.value.other : last;
  const backup = await readCopy(device, at);
  if (primary.ok) {
    const { other } = primary.value;
    const oddities: PartitionOddity[] = [];
    if (!backup.ok) oddities.push({ kind: 'gpt-copy-bad', copy: 'backup', fault: backup.error });
    else if (other !== last) {
      oddities.push({ kind: 'gpt-grown', backup: other, last: sectors(last) });
    }
    return { found: partitionsOf(primary.value), oddities };
  }
  const second = backup.ok || at === last ? backup : await readCopy(device, last);
  const fault = primary.error;
  if (second.ok) {
    const oddity = { kind: 'gpt-copy-bad', copy: 'primary', fault } as const;
    return { found: partitionsOf(second.value), oddities: [oddity] };
  }
  if (await hasSignature(device, LARGE_AT)) {
    return { found: [], oddities: [{ kind: 'gpt-large-sectors' }] };
  }
  return { found: [], oddities: [{ kind: 'gpt-bad', primary: fault, backup: second.error }] };
}

async function readCopy(device: BlockDevice, at: number): Promise<Checked<Gpt>> {
  return withEntries(device, await readHeader(device, at));
}

async function readHeader(device: BlockDevice, at: number): Promise<Checked<Header>> {
  const sector = await read(device, at, 1);
  return sector.ok ? headerIn(sector.value, at, device.size - 1) : sector;
}

/** In the order of Linux's own checks. */
function headerIn(sector: Uint8Array, at: number, last: number): Checked<Header> {
  const data = view(sector);
  if (!isSigned(sector)) return err('signature');
  const size = data.getUint32(12, true);
  if (size < HEADER_LEAST || size > SECTOR) return err('header-size');
  const summed = sector.slice(0, size);
  view(summed).setUint32(16, 0);
  if (crc32(summed) !== data.getUint32(16, true)) return err('header-crc');
  if (place(data, 24) !== at) return err('own-place');
  const [first, final] = [place(data, 40), place(data, 48)];
  if (first > last || final > last || final < first) return err('usable-range');
  if (data.getUint32(84, true) !== ENTRY) return err('entry-size');
  const count = data.getUint32(80, true);
  if (count === 0 || count * ENTRY > ENTRIES_MOST) return err('entry-count');
  const entriesCrc = data.getUint32(88, true);
  return ok({ other: place(data, 32), entriesAt: place(data, 72), count, entriesCrc });
}

async function withEntries(device: BlockDevice, header: Checked<Header>): Promise<Checked<Gpt>> {
  if (!header.ok) return header;
  const { entriesAt, count, entriesCrc } = header.value;
  const length = count * ENTRY;
  const read = await readEntries(device, entriesAt, length);
  if (!read.ok) return read;
  const entries = read.value.subarray(0, length);
  return crc32(entries) === entriesCrc ? ok({ ...header.value, entries }) : err('entries-crc');
}

async function readEntries(device: BlockDevice, at: number, length: number) {
  const entries = await read(device, at, Math.ceil(length / SECTOR));
  return entries.ok || entries.error === 'unreadable' ? entries : err('entries-place' as const);
}

async function read(device: BlockDevice, at: number, count: number): Promise<Checked<Uint8Array>> {
  if (at + count > device.size) return err('own-place');
  const done = await readSectors(device, sectors(at), sectors(count));
  return done.ok ? done : err('unreadable');
}

async function hasSignature(device: BlockDevice, at: number): Promise<boolean> {
  const sector = await read(device, at, 1);
  return sector.ok && isSigned(sector.value);
}

const isSigned = (sector: Uint8Array): boolean =>
  bytesToByteString(sector.subarray(0, SIGNATURE.length)) === SIGNATURE;

/** The number of a partition is that of its entry: unused ones leave gaps. */
function partitionsOf({ entries, count }: Gpt): readonly RawPartition[] {
  const found: RawPartition[] = [];
  for (let index = 0; index < Math.min(count, HIGHEST_NUMBER); index++) {
    const entry = entries.subarray(index * ENTRY, (index + 1) * ENTRY);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const [start, end] = [place(view(entry), 32), place(view(entry), 40)];
    found.push({ number: index + 1, start, size: end - start + 1 });
  }
  return found;
}
