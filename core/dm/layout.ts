/** Where a target puts a sector that does nothing but place it. */
import { sectors, type Sectors } from '../base/units.ts';
import type { TargetRange } from './target.ts';

/** Chunks go to the legs in turn; one leg with one chunk is the identity. */
export interface Layout {
  /** Sectors, 1 or more. */
  readonly chunk: Sectors;
  readonly legs: readonly TargetRange[];
}

/** A run of a target that lies in one piece on one of its legs. */
export interface LegRun {
  readonly leg: number;
  /** Sectors from the leg's start. */
  readonly offset: Sectors;
  readonly count: Sectors;
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

/**
 * Where a run lies, at most one piece a leg however many chunks it covers: what lies on a leg
 * between its first and its last sector of a run belongs to the run.
 */
export function legRuns(
  layout: { readonly chunk: Sectors; readonly legs: readonly unknown[] },
  offset: Sectors,
  count: Sectors,
): readonly LegRun[] {
  const end = sectors(offset + count);
  return layout.legs.flatMap((_, leg) => {
    const first = before(layout, leg, offset);
    const length = before(layout, leg, end) - first;
    return length === 0 ? [] : [{ leg, offset: sectors(first), count: sectors(length) }];
  });
}

/** How many sectors of a leg lie before a sector of the target. */
function before(
  { chunk, legs }: { readonly chunk: Sectors; readonly legs: readonly unknown[] },
  leg: number,
  offset: Sectors,
): number {
  const chunks = Math.floor(offset / chunk);
  const row = Math.floor(chunks / legs.length);
  const into = chunks % legs.length;
  if (leg < into) return (row + 1) * chunk;
  return row * chunk + (leg === into ? offset % chunk : 0);
}
