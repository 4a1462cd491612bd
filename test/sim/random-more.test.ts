/** The second half of the sequences, in a file of its own so that another core can run it. */
import { test } from 'vitest';
import { runSeeds, seedsFrom } from './random-seeds.ts';

test('seeds 501 to 1000', () => runSeeds(seedsFrom(501, 500)), 400_000);
