/**
 * A thread that reads and writes disks itself never does so behind the back of device-mapper, and
 * nothing that it was told has been written is lost.
 */
import { expect, test } from 'vitest';
import { leaseRun, type LeaseTally } from './leases/run.ts';

const SEEDS = 40;

test(`seeds 1 to ${SEEDS}`, { timeout: 120_000 }, async () => {
  const tallies: LeaseTally[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) tallies.push(await leaseRun(seed));
  // A run in which nothing happens proves nothing.
  const sum = (kind: keyof LeaseTally): number =>
    tallies.reduce((total, tally) => total + tally[kind], 0);
  for (const kind of Object.keys(tallies[0] ?? {}) as (keyof LeaseTally)[]) {
    expect(sum(kind), kind).toBeGreaterThan(SEEDS / 10);
  }
});
