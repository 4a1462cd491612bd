import { expect, test } from 'vitest';
import { onceForAll } from '../../../core/engine/once-for-all.ts';

test('who asks before its turn shares it; who asks once it has begun gets the next', async () => {
  const turns: (() => Promise<unknown>)[] = [];
  let begun = 0;
  const ask = onceForAll(
    (work) => turns.push(work),
    () => {
      begun++;
      // As a look at the disks may bring up a mirror that is in sync at once.
      if (begun === 1) ask();
      return Promise.resolve();
    },
  );
  for (let times = 0; times < 3; times++) ask();
  expect([turns.length, begun]).toEqual([1, 0]);
  await turns[0]?.();
  expect([turns.length, begun]).toEqual([2, 1]);
  await turns[1]?.();
  expect([turns.length, begun]).toEqual([2, 2]);
  ask();
  expect(turns.length).toBe(3);
});
