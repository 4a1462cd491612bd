/** The second half of the sequences, in a file of its own so that another core can run it. */
import { test } from 'vitest';
import { runSeeds, seedsFrom } from './random-seeds.ts';

test('seeds 351 to 700', () => runSeeds(seedsFrom(351, 350)), 400_000);
