/** Groups with mirrors in trouble: a short fixed campaign; `npm run sim` goes on longer. */
import { expect, test } from 'vitest';
import { groupRun } from './mirror-groups/run.ts';
import { add, emptyTally } from './mirror-groups/tally.ts';

const SEEDS = 100;

test(`${SEEDS} groups lose nothing, whatever is done to them`, async () => {
  const total = emptyTally();
  for (let seed = 1; seed <= SEEDS; seed++) add(total, await groupRun(seed));
  // A campaign in which one of these never happens tests less than it says.
  for (const [what, count] of Object.entries(total)) expect(count, what).toBeGreaterThan(0);
}, 60_000);

test('a seed fixes a run', async () => {
  expect(await groupRun(7)).toEqual(await groupRun(7));
});
