/** Runs random sequences; the first that breaks a rule names the seed that repeats it. */
import { expect } from 'vitest';
import { randomRun } from './random-run.ts';

export async function runSeeds(seeds: readonly number[]): Promise<void> {
  let refused = 0;
  for (const seed of seeds) {
    try {
      refused += await randomRun(seed);
    } catch (cause) {
      throw new Error(`seed ${seed}: npm run sim -- --seed ${seed}`, { cause });
    }
  }
  // Sequences in which nothing is ever refused would not have met a fault or a full group.
  if (seeds.length > 10) expect(refused).toBeGreaterThan(seeds.length);
}

export const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);
