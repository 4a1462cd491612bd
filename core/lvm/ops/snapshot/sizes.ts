/** How large the store of a snapshot has to be, and can usefully be (reference 6.1). */
import { extents, extentsToSectors, type Extents, type Sectors } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { VolumeGroup } from '../../format/model.ts';

/** 4 KiB. */
export const DEFAULT_CHUNK = 8 as Sectors;
/** The header, an area for exceptions, and one chunk of data. */
const LEAST_CHUNKS = 3;
/** A record of two 64-bit numbers, in bytes. */
const RECORD = 16;
const SECTOR_BYTES = 512;

/** Extents of a store that holds all of an origin, with what says where: more is never used. */
export function mostUseful(vg: VolumeGroup, origin: Extents, chunk: Sectors): Extents {
  const chunks = Math.ceil(extentsToSectors(origin, vg.extentSize) / chunk);
  const perArea = (chunk * SECTOR_BYTES) / RECORD;
  const areas = Math.floor((chunks + perArea) / perArea);
  return extents(Math.ceil(((1 + chunks + areas) * chunk) / vg.extentSize));
}

/** What a percentage of an origin means for a new store: room for the exceptions comes on top. */
export function shareOfOrigin(
  vg: VolumeGroup,
  origin: Extents,
  chunk: Sectors,
  percent: number,
): Extents {
  const beside = mostUseful(vg, origin, chunk) - origin;
  return extents(beside + Math.ceil((origin * percent) / 100));
}

export interface StoreSize {
  readonly count: Extents;
  readonly notices: readonly Notice[];
}

/** Why a store would not keep a single chunk. */
export function tooSmall(vg: VolumeGroup, asked: Extents, chunk: Sectors): VolumeError | undefined {
  const count = extents(Math.ceil((LEAST_CHUNKS * chunk) / vg.extentSize));
  const size = (LEAST_CHUNKS * chunk) as Sectors;
  return asked < count ? { code: 'store-too-small', chunks: LEAST_CHUNKS, count, size } : undefined;
}

/** The size of a new store, no more than is useful. */
export function fitStore(
  vg: VolumeGroup,
  asked: Extents,
  origin: Extents,
  chunk: Sectors,
): StoreSize {
  const most = mostUseful(vg, origin, chunk);
  if (asked <= most) return { count: asked, notices: [] };
  const from = extentsToSectors(asked, vg.extentSize);
  const to = extentsToSectors(most, vg.extentSize);
  return { count: most, notices: [{ code: 'store-reduced', from, to }] };
}
