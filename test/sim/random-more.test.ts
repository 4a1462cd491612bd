/** The second half of the sequences, in a file of its own so that another core can run it. */
import { test } from 'vitest';
import { runSeeds, seedsFrom } from './random-seeds.ts';

test('seeds 601 to 1200', () => runSeeds(seedsFrom(601, 600)), 400_000);
