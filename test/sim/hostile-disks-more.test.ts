/** The second half of the damage of hostile-disks.test.ts. */
import { expect, test } from 'vitest';
import { allBases } from './hostile/disks.ts';
import { runHostile, seedsFrom } from './hostile/seeds.ts';

test('whatever stands on the disks, LVM answers', { timeout: 400_000 }, async () => {
  const mutations = await runHostile(await allBases(), seedsFrom(3001, 3000));
  expect(mutations).toBeGreaterThan(30_000);
});
