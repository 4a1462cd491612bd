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

/** Two versions must fit: half of the buffer, less the sectors that the present one takes. */
function freeSectors({ range, header }: ScannedArea): number {
  const buffer = (header?.size ?? range.size) - 1;
  const used = Math.floor((header?.committed?.size ?? 0) / SECTOR) + 1;
  return Math.max(0, Math.floor((buffer - 2 * used) / 2));
}
