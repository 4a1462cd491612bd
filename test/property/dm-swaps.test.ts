import { expect, test } from 'vitest';
import { dmRun, type DmTally } from '../sim/dm-run.ts';

const SEEDS = 200;

test(`${SEEDS} random stacks keep every acknowledged write through every swap`, async () => {
  const total: Partial<DmTally> = {};
  for (let seed = 1; seed <= SEEDS; seed++) {
    const tally = await dmRun(seed);
    for (const [what, count] of Object.entries(tally) as [keyof DmTally, number][]) {
      total[what] = (total[what] ?? 0) + count;
    }
  }
  // A campaign in which one of these never happens tests less than it says.
  for (const [what, count] of Object.entries(total)) expect(count, what).toBeGreaterThan(50);
}, 60_000);

test('a seed fixes a run', async () => {
  expect(await dmRun(12)).toEqual(await dmRun(12));
});
