/** Where a target puts a sector that does nothing but place it. */
import { sectors, type Sectors } from '../base/units.ts';
import type { TargetRange } from './target.ts';

/** Chunks go to the legs in turn; one leg with one chunk is the identity. */
export interface Layout {
  /** Sectors, 1 or more. */
  readonly chunk: Sectors;
  readonly legs: readonly TargetRange[];
}

/** A sector of a target, as a sector of one of its legs. */
export interface Place {
  /** Which leg, from 0. */
  readonly leg: number;
  /** Sectors from the leg's start. */
  readonly offset: Sectors;
  /** Sectors up to the end of the chunk, 1 or more. */
  readonly left: number;
}

/** @param offset from the start of the target. */
export function placeOf(
  { chunk, legs }: { readonly chunk: Sectors; readonly legs: readonly unknown[] },
  offset: Sectors,
): Place {
  const index = Math.floor(offset / chunk);
  const inside = offset % chunk;
  const row = Math.floor(index / legs.length);
  return {
    leg: index % legs.length,
    offset: sectors(row * chunk + inside),
    left: chunk - inside,
  };
}
