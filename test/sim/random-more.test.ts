/** The second half of the sequences, in a file of its own so that another core can run it. */
import { test } from 'vitest';
import { runSeeds, seedsFrom } from './random-seeds.ts';

test('seeds 451 to 900', () => runSeeds(seedsFrom(451, 450)), 400_000);
