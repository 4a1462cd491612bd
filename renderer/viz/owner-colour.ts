/** Which of the owner colours of tokens.css a volume has: stable by its place in the group. */
import type { VgState } from '../../core/contract/state.ts';
import { partsOf } from './mirror-parts.ts';

/** `--owner-0` .. `--owner-6`. */
export const OWNER_COLOURS = 7;

/**
 * Colour indices of all volumes; they start again after the last, and labels tell those apart. The
 * parts of a mirror have that of the mirror.
 */
export function ownerColours(vg: VgState): ReadonlyMap<string, number> {
  const parts = partsOf(vg);
  const places = new Map(vg.lvs.map(({ name }, index) => [name, index]));
  return new Map(
    vg.lvs.map(({ name }) => {
      const place = places.get(parts.get(name)?.top ?? name) ?? 0;
      return [name, place % OWNER_COLOURS];
    }),
  );
}
