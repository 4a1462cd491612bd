/** How large the regions of a mirror are, unless somebody says it. */
import { sectors, type Sectors } from '../../base/units.ts';

/** `activation/raid_region_size`: 2 MiB. */
export const DEFAULT_REGION = sectors(4096);

/** The largest power of two that fits into the volume, where that is less than what is wanted. */
export function fittingRegion(wanted: Sectors, size: Sectors): Sectors {
  let region: number = wanted;
  while (region > size) region /= 2;
  return sectors(region);
}
