import { expect, test } from 'vitest';
import { randomRun } from './random-run.ts';

const SEEDS = 40;

test(`${SEEDS} random sequences of commands under faults break no rule`, async () => {
  let refused = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      refused += await randomRun(seed);
    } catch (cause) {
      throw new Error(`seed ${seed}: npm run sim -- --seed ${seed}`, { cause });
    }
  }
  // Sequences in which nothing is ever refused would not have met a fault or a full group.
  expect(refused).toBeGreaterThan(0);
}, 60_000);
