/**
 * Half of 40,000 pieces of damage to labels, headers and texts; the other half is in
 * hostile-disks-more.test.ts, so that another core can do it. `npm run sim -- --seeds N` does more.
 */
import { expect, test } from 'vitest';
import { allBases } from './hostile/disks.ts';
import { runHostile, seedsFrom } from './hostile/seeds.ts';

test('whatever stands on the disks, LVM answers', { timeout: 400_000 }, async () => {
  const mutations = await runHostile(await allBases(), seedsFrom(1, 2000));
  expect(mutations).toBeGreaterThan(20_000);
});
