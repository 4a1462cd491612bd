/** How far the kernel reads ahead of a reader, in sectors: a property of a device (BLKRASET). */
import type { ReadAheadWish } from '../contract/plan.ts';
import type { TargetState } from '../contract/state.ts';

const DEFAULT = 256;
/** A page of memory, which is what the kernel counts in. */
const PAGE = 8;

/** What a table begins with: two rows of stripes where that is more than the default. */
export function defaultReadAhead(live: readonly TargetState[]): number {
  const rows = live
    .filter(({ type }) => type === 'striped')
    .map(({ params }) => {
      const [stripes = 0, chunk = 0] = params.split(' ').map(Number);
      return 2 * stripes * chunk;
    });
  return Math.max(DEFAULT, ...rows);
}

/** @param now what it is without the wish */
export function wishedReadAhead({ sectors, least }: ReadAheadWish, now: number): number {
  const whole = Math.floor(sectors / PAGE) * PAGE;
  return least ? Math.max(whole, now) : whole;
}
