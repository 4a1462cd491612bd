/** Mirrors in trouble: a short fixed campaign; `npm run sim` goes on for as long as it is told. */
import { expect, test } from 'vitest';
import { mirrorRun } from './mirror/run.ts';
import { add, emptyTally, type Tally } from './mirror/tally.ts';

const SEEDS = 120;

test(`${SEEDS} mirrors lose nothing, whatever fails`, async () => {
  const total = emptyTally();
  for (let seed = 1; seed <= SEEDS; seed++) add(total, await mirrorRun(seed));
  // A campaign in which one of these never happens tests less than it says.
  for (const [what, count] of Object.entries(total) as [keyof Tally, number][]) {
    expect(count, what).toBeGreaterThan(0);
  }
}, 60_000);

test('a seed fixes a run', async () => {
  expect(await mirrorRun(7)).toEqual(await mirrorRun(7));
});
