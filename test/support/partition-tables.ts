/** Partition tables made by hand: GPT and MBR, to be written to a disk and then spoilt. */
import { crc32 } from 'node:zlib';
import { view } from '../../core/base/bytes.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { readPartitionTable, type TableFound } from '../../core/block/partition/read-table.ts';
import { TestDisk } from './ram.ts';

export type Entry = readonly [type: number, start: number, size: number, bootFlag?: number];

/** A table sector: the first of a disk, or one of a chain. */
export function putMbr({ data }: TestDisk, at: number, entries: readonly Entry[]): void {
  const table = view(data.subarray(at * SECTOR, (at + 1) * SECTOR));
  for (const [index, [type, start, size, bootFlag = 0]] of entries.entries()) {
    const place = 446 + index * 16;
    table.setUint8(place, bootFlag);
    table.setUint8(place + 4, type);
    table.setUint32(place + 8, start, true);
    table.setUint32(place + 12, size, true);
  }
  table.setUint16(510, 0xaa55, true);
}

/** First and last sector of partitions, by number. */
export type Parts = Readonly<Record<number, readonly [first: number, last: number]>>;

export interface GptShape {
  /** Default: as sgdisk, 128 entries in sectors 2 to 33 and behind the last partition. */
  readonly count?: number;
  /** The disk as it was then; default: the whole of it. */
  readonly size?: number;
}

/** Both copies and the protective entry. */
export function putGpt(disk: TestDisk, parts: Parts, { count = 128, size }: GptShape = {}): void {
  const last = (size ?? disk.size) - 1;
  const entries = new Uint8Array(count * 128);
  for (const [number, [first, end]] of Object.entries(parts)) {
    const entry = view(entries.subarray((Number(number) - 1) * 128));
    entry.setUint8(0, 0x8e);
    entry.setBigUint64(32, BigInt(first), true);
    entry.setBigUint64(40, BigInt(end), true);
  }
  const room = Math.ceil(entries.length / SECTOR);
  putMbr(disk, 0, [[0xee, 1, last]]);
  for (const [own, other, at] of [
    [1, last, 2],
    [last, 1, last - room],
  ] as const) {
    disk.data.set(entries, at * SECTOR);
    disk.data.set(
      gptHeader({ own, other, at, count, first: 2 + room, last, entries }),
      own * SECTOR,
    );
  }
}

interface HeaderShape {
  readonly own: number;
  readonly other: number;
  readonly at: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly entries: Uint8Array;
}

function gptHeader({ own, other, at, count, first, last, entries }: HeaderShape): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  const header = view(sector);
  sector.set(new TextEncoder().encode('EFI PART'));
  header.setUint32(8, 0x10000, true);
  header.setUint32(12, 92, true);
  const places = [own, other, first, last - first + 1];
  for (const [index, value] of places.entries()) {
    header.setBigUint64(24 + index * 8, BigInt(value), true);
  }
  header.setBigUint64(72, BigInt(at), true);
  header.setUint32(80, count, true);
  header.setUint32(84, 128, true);
  header.setUint32(88, crc32(entries), true);
  resum(sector, 0);
  return sector;
}

/** Makes the checksum of a header right again, at a sector of a disk. */
export function resum(data: Uint8Array, at: number): void {
  const sector = data.subarray(at * SECTOR, (at + 1) * SECTOR);
  const header = view(sector);
  header.setUint32(16, 0, true);
  const size = Math.min(header.getUint32(12, true), SECTOR);
  header.setUint32(16, crc32(sector.subarray(0, size)), true);
}

/** As `fdisk -l` would list them: `1: 2048+8192`. */
export function listed({ table }: TableFound): readonly string[] {
  return (table?.partitions ?? []).map(({ number, start, size }) => `${number}: ${start}+${size}`);
}

export async function tableOf(device: BlockDevice): Promise<TableFound> {
  const found = await readPartitionTable(device);
  if (!found.ok) throw new Error(`${found.error.code}: ${device.name}`);
  return found.value;
}

export const blankDisk = (size: number, name = 'sda'): TestDisk =>
  new TestDisk(name, sectors(size));
