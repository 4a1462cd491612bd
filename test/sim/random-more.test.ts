/** The second half of the sequences, in a file of its own so that another core can run it. */
import { test } from 'vitest';
import { runSeeds, seedsFrom } from './random-seeds.ts';

test('seeds 1001 to 2000', () => runSeeds(seedsFrom(1001, 1000)), 400_000);
