/** What is answered before it is done is there for everybody, in every snapshot, and lasts. */
import { expect, test } from 'vitest';
import { behindRun, KINDS, type BehindTally } from './write-behind-run.ts';

const SEEDS = 8;

test(`seeds 1 to ${SEEDS}`, async () => {
  const tallies: BehindTally[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) tallies.push(await behindRun(seed));
  const never = KINDS.filter((kind) => tallies.every((tally) => tally[kind] === 0));
  expect(never).toEqual([]);
});
