/** How many requests are under way: told while somebody looks, and not of each. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { BreakableDevice, FaultSet } from '../../../core/block/wrap/breakable.ts';
import type { IoCounts } from '../../../core/contract/state.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { must } from '../../support/results.ts';
import { stamped } from '../../support/sectors.ts';
import { simulated, type Sim } from '../../support/sim.ts';

/** A linear device on a disk that takes a second for everything. */
async function slowDevice({ scheduler }: Sim) {
  const told: (readonly IoCounts[])[] = [];
  const dm = new DeviceMapper(
    (change) => {
      if (change.kind === 'io') told.push(change.counts);
    },
    { scheduler },
  );
  const faults = new FaultSet();
  const disk = new BreakableDevice(new RamDisk('sda', sectors(1024)), faults, scheduler);
  dm.attachDisk('/dev/sda', '8:0', disk);
  must(dm.create('vol', ''));
  must(dm.load('vol', ['0 512 linear 8:0 0']));
  must(await dm.resume('vol'));
  await faults.set([{ kind: 'slow', millis: 1000 }]);
  const open = must(dm.open('vol'));
  const write = (): Promise<unknown> =>
    open.submit({ op: 'write', start: sectors(0), data: stamped(1, 1) });
  return { dm, told, write };
}

test('many requests are one piece of news, their end another', () =>
  simulated(1, async (sim) => {
    const { dm, told, write } = await slowDevice(sim);
    dm.ioNews.on = true;
    await Promise.all(Array.from({ length: 100 }, write));
    await sleep(sim.scheduler, 1_000_000, 'news');
    expect(told).toEqual([
      [{ name: 'vol', inFlight: 100, queued: 0 }],
      [{ name: 'vol', inFlight: 0, queued: 0 }],
    ]);
  }));

test('those that wait at a closed gate are told, too', () =>
  simulated(1, async (sim) => {
    const { dm, told, write } = await slowDevice(sim);
    dm.ioNews.on = true;
    must(await dm.suspend('vol', { inFlight: 'drain', freeze: false }));
    const waiting = [write(), write()];
    await sleep(sim.scheduler, 1_000_000, 'news');
    expect(told).toEqual([[{ name: 'vol', inFlight: 0, queued: 2 }]]);
    must(await dm.resume('vol'));
    await Promise.all(waiting);
    await sleep(sim.scheduler, 1_000_000, 'news');
    expect(told.slice(1)).toEqual([
      [{ name: 'vol', inFlight: 2, queued: 0 }],
      [{ name: 'vol', inFlight: 0, queued: 0 }],
    ]);
  }));

test('nobody looks: nothing is told, and nothing comes due for it', () =>
  simulated(1, async (sim) => {
    const { told, write } = await slowDevice(sim);
    await write();
    await sleep(sim.scheduler, 1_000_000, 'news');
    expect(told).toEqual([]);
  }));
