/** The second half of the damage of hostile-disks.test.ts. */
import { expect, test } from 'vitest';
import { allBases } from './hostile/disks.ts';
import { runHostile, seedsFrom } from './hostile/seeds.ts';

test('whatever stands on the disks, LVM answers', { timeout: 400_000 }, async () => {
  const mutations = await runHostile(await allBases(), seedsFrom(2001, 2000));
  expect(mutations).toBeGreaterThan(20_000);
});
