/** Which of the owner colours of tokens.css a volume has: stable by its place in the group. */
import type { VgState } from '../../core/contract/state.ts';

/** `--owner-0` .. `--owner-6`. */
export const OWNER_COLOURS = 7;

/** Colour indices of all volumes; they start again after the last, and labels tell those apart. */
export function ownerColours(vg: VgState): ReadonlyMap<string, number> {
  return new Map(vg.lvs.map(({ name }, index) => [name, index % OWNER_COLOURS]));
}
