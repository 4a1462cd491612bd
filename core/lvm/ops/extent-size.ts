/** Which extent sizes a group may have (reference 1.8). */
import type { Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';

/** 128 KiB: an extent that is no power of two is a multiple of this. */
const ODD_EXTENT_UNIT = 256;

export function extentSizeRefusal(size: Sectors, isNew = false): VolumeError | undefined {
  if (size < 1) return { code: 'extent-size-invalid', size, why: isNew ? 'zero-of-new' : 'zero' };
  const powerOfTwo = Number.isInteger(Math.log2(size));
  if (powerOfTwo || size % ODD_EXTENT_UNIT === 0) return undefined;
  return { code: 'extent-size-invalid', size, why: 'not-multiple-of-128k' };
}
