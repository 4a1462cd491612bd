/** Random sequences of thirty commands agree with a model of extents and data. */
import { test } from 'vitest';
import { runSeeds, seedsFrom } from './random-seeds.ts';

test('seeds 1 to 350', () => runSeeds(seedsFrom(1, 350)), 400_000);

test('a copy that cannot be read now is not planned past', () => runSeeds([758, 1025, 1826]));
