/** The order in which pvmove takes the pieces of one line (as 2.03.16 was seen to do). */
import type { VolumeGroup } from '../format/model.ts';
import type { Piece } from './types.ts';

type Compare = (a: Piece, b: Piece) => number;

/** Volume by volume as the group has them, and each from its beginning. */
export function lvmOrder(vg: VolumeGroup): Compare {
  const places = new Map(vg.lvs.map(({ name }, index) => [name, index]));
  const rank = ({ lv }: Piece): number => places.get(lv) ?? 0;
  return (a, b) =>
    rank(a) - rank(b) || a.segment - b.segment || a.area - b.area || a.offset - b.offset;
}
