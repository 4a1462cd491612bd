import { expect, test } from 'vitest';
import { twinRun } from '../sim/dm-twins.ts';

const SEEDS = 60;

test(`${SEEDS} random stacks do the same with the fast path and without it`, async () => {
  const total = { straight: 0, mapped: 0, queued: 0, failed: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const [fast, slow] = [await twinRun(seed, true), await twinRun(seed, false)];
    expect(fast.seen, `seed ${seed}`).toEqual(slow.seen);
    expect(fast.disks, `seed ${seed}`).toEqual(slow.disks);
    total.straight += slow.mapped - fast.mapped;
    total.mapped += fast.mapped;
    total.queued += fast.queued;
    total.failed += fast.failed;
  }
  // A campaign in which one of these hardly happens tests less than it says.
  for (const [what, count] of Object.entries(total)) expect(count, what).toBeGreaterThan(500);
}, 60_000);
