import { assert } from './assert.ts';

declare const unit: unique symbol;
type Quantity<U extends string> = number & { readonly [unit]: U };

/**
 * A count of 512-byte sectors: the unit of every table line and every I/O.
 * Exact to 2^53 - 1 sectors (4 EiB), more than any device node can address today.
 */
export type Sectors = Quantity<'sectors'>;
/** A count of bytes. Only where text is read or printed, or a format says bytes. */
export type Bytes = Quantity<'bytes'>;
/** A count of extents. Meaningless without the extent size of one volume group. */
export type Extents = Quantity<'extents'>;

/** Bytes in one sector: the unit the kernel and LVM count in, whatever the disk's own block is. */
export const SECTOR = 512;

function whole(value: number, what: string): void {
  assert(Number.isSafeInteger(value) && value >= 0, () => `${value} is not a count of ${what}`);
}

export function sectors(count: number): Sectors {
  whole(count, 'sectors');
  return count as Sectors;
}

export function bytes(count: number): Bytes {
  whole(count, 'bytes');
  return count as Bytes;
}

export function extents(count: number): Extents {
  whole(count, 'extents');
  return count as Extents;
}

/** Exact: every sector count up to 8 PiB has a safe byte count; above that use `bigBytes`. */
export function sectorsToBytes(count: Sectors): Bytes {
  return bytes(count * SECTOR);
}

export function sectorsToBigBytes(count: Sectors): bigint {
  return BigInt(count) * BigInt(SECTOR);
}

/** Rounds up: a part of a sector occupies the whole of it. */
export function bytesToSectorsCeil(count: Bytes): Sectors {
  return sectors(Math.ceil(count / SECTOR));
}

/** Rounds up: a request for part of an extent occupies the whole of it. */
export function sectorsToExtentsCeil(size: Sectors, extentSize: Sectors): Extents {
  return extents(Math.ceil(size / extentSize));
}

export function extentsToSectors(count: Extents, extentSize: Sectors): Sectors {
  return sectors(count * extentSize);
}

export const mib = (n: number): Sectors => sectors(n * 2048);
export const gib = (n: number): Sectors => sectors(n * 2048 * 1024);
