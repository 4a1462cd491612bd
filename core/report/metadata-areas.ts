/** What reports say of metadata areas: how many, how large, how much room (reference 1.7). */
import { SECTOR } from '../base/units.ts';
import type { ScannedArea } from '../lvm/scan-types.ts';

export const countUsed = (areas: readonly ScannedArea[]): number =>
  areas.filter(({ header }) => header?.ignored !== true).length;

/** In sectors; 0 without an area. */
export const leastSize = (areas: readonly ScannedArea[]): number =>
  least(areas.map(({ range, header }) => header?.size ?? range.size));

/** Sectors that the text may still grow by where they are fewest; 0 without an area. */
export const leastFree = (areas: readonly ScannedArea[]): number => least(areas.map(freeSectors));

const least = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((low, one) => Math.min(low, one));

/**
 * Two versions must fit: half of the buffer, less a sector and the present text, in whole sectors
 * (reference 1.7, and as lvm says of texts of every length). LVM does not look into one set aside.
 */
function freeSectors({ range, header }: ScannedArea): number {
  if (header?.ignored === true) return 0;
  const size = header?.size ?? range.size;
  const bytes = ((size - 1) / 2 - 1) * SECTOR - (header?.committed?.size ?? 0);
  return Math.max(0, Math.floor(bytes / SECTOR));
}
