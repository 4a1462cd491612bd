/** A few of the campaign `npm run sim -- --only snapshot-crashes`. */
import { test } from 'vitest';
import { crashesRun } from './snapshot-crashes/run.ts';

test('power goes anywhere, requests overtake one another', async () => {
  for (let seed = 1; seed <= 8; seed++) await crashesRun(seed);
});
