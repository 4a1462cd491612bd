/** The long forms of pvdisplay, vgdisplay and lvdisplay: a word, padded, and what it stands for. */
import { extents, extentsToSectors, sectors } from '../base/units.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { longSize, type SizeStyle } from './size-text.ts';

/** `VG Name               vg`. @param width places of the word, with a blank behind it. */
export const entry = (word: string, value: string | number, width = 22): string =>
  word.padEnd(width) + String(value);

export interface Sizes {
  of(size: number): string;
  ofExtents(vg: ScannedVg, count: number): string;
}

export function sizesIn(style: SizeStyle): Sizes {
  const of = (size: number): string => longSize(sectors(size), style);
  return {
    of,
    ofExtents: ({ vg }, count) => of(extentsToSectors(extents(count), vg.extentSize)),
  };
}
