/**
 * 10,000 conversations with hostile NBD clients, some of them at once, beside one that is not.
 * `npm run sim -- --seeds N` has more.
 */
import { expect, test } from 'vitest';
import { nbdRun } from './nbd/run.ts';

test('whatever a client sends, the server stands', { timeout: 120_000 }, async () => {
  let conversations = 0;
  let seed = 0;
  while (conversations < 10_000) {
    seed++;
    try {
      conversations += await nbdRun(seed);
    } catch (cause) {
      throw new Error(`npm run sim -- --seed ${seed}: ${String(cause)}`, { cause });
    }
  }
  expect(seed).toBeGreaterThan(2000);
});
