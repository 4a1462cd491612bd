/** Groups whose extents move about: a short fixed campaign; `npm run sim -- --only moves` goes on longer. */
import { expect, test } from 'vitest';
import { moveRun } from './move-groups/run.ts';
import { add, emptyTally, missed } from './move-groups/tally.ts';

const SEEDS = process.env.S
  ? [Number(process.env.S)]
  : Array.from({ length: Number(process.env.COUNT ?? 20) }, (_, at) => at + 1);

test(`${SEEDS.length} groups lose nothing, however their extents move`, async () => {
  const total = emptyTally();
  for (const seed of SEEDS) add(total, await moveRun(seed));
  console.log(JSON.stringify(total));
  // A campaign in which one of these never happens tests less than it says.
  expect(missed(total)).toEqual([]);
}, 60_000);
