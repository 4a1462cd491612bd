/** Runs that lie side by side as one: what can be marked on a strip. */
import type { Run } from './layout-extents.ts';

/** From one run to another, without free extents at its ends; undefined: all of it is free. */
export function marked(
  runs: readonly Run[],
  from: number,
  to: number,
): { readonly first: number; readonly count: number } | undefined {
  const some = runs.slice(Math.min(from, to), Math.max(from, to) + 1).filter(({ owner }) => owner);
  const [first, last] = [some[0], some.at(-1)];
  if (!first || !last) return undefined;
  return { first: first.start, count: last.start + last.count - first.start };
}
