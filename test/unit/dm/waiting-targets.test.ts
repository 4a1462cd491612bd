/** Targets that know the time: delay and flakey. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { flush, read, write } from '../../support/sectors.ts';
import { simulated, type Sim } from '../../support/sim.ts';

async function mapped({ scheduler }: Sim, table: string) {
  const dm = new DeviceMapper(() => undefined, { scheduler });
  dm.attachDisk('/dev/sda', '8:0', new RamDisk('sda', sectors(64), new SectorStore()));
  expect(dm.create('slow', '').ok).toBe(true);
  expect(dm.load('slow', [`0 64 ${table}`])).toEqual({ ok: true });
  expect(await dm.resume('slow')).toEqual({ ok: true });
  const device = dm.open('slow');
  if (!device.ok) throw new Error(device.error.reason);
  return { dm, device: device.value };
}

const status = (dm: DeviceMapper): string => dm.state('slow')?.live?.[0]?.status ?? '';
const OK = { ok: true };

test('delay: reads, writes and flushes take their own time', () =>
  simulated(1, async (sim) => {
    const { device } = await mapped(sim, 'delay 8:0 0 5 8:0 0 20 8:0 0 100');
    const took = async (work: () => Promise<unknown>): Promise<number> => {
      const began = sim.scheduler.now;
      await work();
      return (sim.scheduler.now - began) / 1000;
    };
    expect(await took(() => write(device, 3, 7))).toBe(20);
    expect(await took(async () => expect(await read(device, 3)).toEqual([7]))).toBe(5);
    expect(await took(() => flush(device))).toBe(100);
  }));

test('delay: what waits is counted, and a suspend sends it on at once', () =>
  simulated(2, async (sim) => {
    const { dm, device } = await mapped(sim, 'delay 8:0 0 1000');
    const writes = [write(device, 0, 1), write(device, 1, 2), read(device, 9)];
    expect(status(dm)).toBe('1 2 0');
    const began = sim.scheduler.now;
    expect(await dm.suspend('slow', { inFlight: 'drain', freeze: false })).toEqual(OK);
    expect(sim.scheduler.now - began).toBe(0);
    expect(await Promise.all(writes)).toEqual([OK, OK, [0]]);
    expect(status(dm)).toBe('0 0 0');
    expect(await dm.resume('slow')).toEqual(OK);
    const after = write(device, 2, 3);
    expect(status(dm)).toBe('0 1 0');
    expect(await after).toEqual(OK);
  }));

test('flakey: works for its up time, fails for its down time, and works again', () =>
  simulated(3, async (sim) => {
    const { device } = await mapped(sim, 'flakey 8:0 0 5 3');
    const wait = (seconds: number) => sleep(sim.scheduler, seconds * 1e6, 'test');
    expect(await write(device, 0, 1)).toEqual(OK);
    await wait(5.5);
    expect(await write(device, 0, 2)).toMatchObject({ ok: false });
    await wait(3);
    expect(await read(device, 0)).toEqual([1]);
  }));

test('flakey: with drop_writes writes seem to work and reads do', () =>
  simulated(4, async (sim) => {
    const { device, dm } = await mapped(sim, 'flakey 8:0 0 0 3 1 drop_writes');
    expect(await write(device, 0, 2)).toEqual(OK);
    expect(await read(device, 0)).toEqual([0]);
    // As Linux prints it, the blank behind the features included.
    expect(dm.state('slow')?.live?.[0]?.params).toBe('8:0 0 0 3 1 drop_writes ');
  }));

test('flakey: errors on the kind of request that was named', () =>
  simulated(5, async (sim) => {
    const writes = await mapped(sim, 'flakey 8:0 0 0 1 1 error_writes');
    expect(await write(writes.device, 0, 2)).toMatchObject({ ok: false });
    expect(await read(writes.device, 0)).toEqual([0]);
    const reads = await mapped(sim, 'flakey 8:0 0 0 1 1 error_reads');
    expect(await write(reads.device, 0, 2)).toEqual(OK);
    expect(await read(reads.device, 0)).toBe('io-failed');
  }));
