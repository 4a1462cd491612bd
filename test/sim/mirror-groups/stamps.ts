/** What sectors hold whose content may be anybody's. */
import { SECTOR } from '../../../core/base/units.ts';

const WORDS = SECTOR / 4;

/** The stamp of each sector; one that holds several has a number that is no stamp. */
export function tornStampsOf(data: Uint8Array): readonly number[] {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  return Array.from({ length: data.length / SECTOR }, (_, sector) => {
    const first = words[sector * WORDS] ?? 0;
    let sum = first;
    let same = true;
    for (let at = 1; at < WORDS; at++) {
      const word = words[sector * WORDS + at] ?? 0;
      same &&= word === first;
      sum = (Math.imul(sum, 31) + word) | 0;
    }
    return same ? first : -1 - Math.abs(sum);
  });
}
