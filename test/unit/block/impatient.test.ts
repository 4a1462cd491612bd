/** Reads that take too long fail, and what comes too late changes nothing. */
import { expect, test } from 'vitest';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { DelayedDevice } from '../../../core/block/wrap/delay.ts';
import { ImpatientDevice } from '../../../core/block/wrap/impatient.ts';
import type { Latency } from '../../../core/block/latency.ts';
import { sleep, type Scheduler } from '../../../core/env/scheduler.ts';
import { at, read, stampsOf, stamped, write } from '../../support/sectors.ts';
import { simulated } from '../../support/sim.ts';

const fixed = (scheduler: Scheduler, micros: number): Latency => ({
  scheduler,
  random: { below: () => 0 },
  minMicros: micros,
  maxMicros: micros,
});

test.each([
  [999, [7, 7]],
  [1001, 'io-failed'],
])('a read that takes %i of 1000 microseconds', (micros, result) =>
  simulated(1, async ({ scheduler }) => {
    const disk = new RamDisk('sda', at(64));
    await write(disk, 3, 7, 2);
    const slow = new DelayedDevice(disk, fixed(scheduler, micros));
    const device = new ImpatientDevice(slow, scheduler, 1000);
    expect(await read(device, 3, 2)).toEqual(result);
    expect(await write(device, 3, 8)).toMatchObject({ error: { code: 'read-only' } });
  }),
);

test('a late answer does not change what its buffer is used for by then', () =>
  simulated(1, async ({ scheduler }) => {
    const slow = new DelayedDevice(new RamDisk('sda', at(64)), fixed(scheduler, 5000));
    const device = new ImpatientDevice(slow, scheduler, 1000);
    const data = stamped(5, 1);
    expect(await device.submit({ op: 'read', start: at(0), data })).toMatchObject({ ok: false });
    await sleep(scheduler, 10_000, 'later');
    expect(stampsOf(data)).toEqual([5]);
  }));
