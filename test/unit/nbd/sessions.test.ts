/** Many requests at once, several connections, and how they end. */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { requestBytes } from '../../support/nbd/client.ts';
import { simulated } from '../../support/sim.ts';
import { aDisk, anExport, GatedDevice, pause, Recorder, world } from './world.ts';

const READ = 0;
const WRITE = 1;
const FLUSH = 3;
const ESHUTDOWN = 108;

describe('many at once', () => {
  test('replies come as the device finishes, each with its own data', () =>
    simulated(1, async (sim) => {
      const disk = aDisk();
      for (let at = 0; at < 8; at++) {
        await disk.submit({ op: 'write', start: sectors(at), data: new Uint8Array(512).fill(at) });
      }
      const gated = new GatedDevice(disk);
      const client = await world(sim, [anExport(gated)]).client();
      const order: number[] = [];
      const reads = Array.from({ length: 8 }, (_, at) =>
        client.request(READ, { offset: BigInt(at * 512), length: 512 }).then(({ data }) => {
          order.push(at);
          expect(data.every((byte) => byte === at)).toBe(true);
        }),
      );
      await pause(sim.scheduler);
      expect(gated.inFlight).toBe(8);
      for (const index of [7, 0, 3, 0, 0, 0, 0, 0]) {
        gated.pass(index);
        await pause(sim.scheduler);
      }
      await Promise.all(reads);
      expect(order).toEqual([7, 0, 4, 1, 2, 3, 5, 6]);
    }));

  test('the device has so many of one client, the others of it wait', () =>
    simulated(1, async (sim) => {
      const gated = new GatedDevice(aDisk());
      const here = world(sim, [anExport(gated)], { limits: { requests: 4 } });
      const client = await here.client();
      const reads = Array.from({ length: 10 }, () => client.request(READ, { length: 512 }));
      await pause(sim.scheduler);
      expect(gated.inFlight).toBe(4);
      while (gated.inFlight > 0) {
        expect(gated.inFlight).toBeLessThanOrEqual(4);
        gated.pass();
        await pause(sim.scheduler);
      }
      await Promise.all(reads);
      expect(here.server.memory.used).toBe(0);
    }));

  test('a flush of one connection covers what another has written', () =>
    simulated(1, async (sim) => {
      const disk = new Recorder();
      const here = world(sim, [anExport(disk)]);
      const [one, other] = [await here.client(), await here.client()];
      await one.request(WRITE, {}, new Uint8Array(512));
      await other.request(FLUSH, {});
      expect(disk.log).toEqual(['write 0+1', 'flush']);
    }));
});

describe('memory', () => {
  test('one client has a 16th or one request, so that the next one finds some', () =>
    simulated(1, async (sim) => {
      const gated = new GatedDevice(aDisk());
      const here = world(sim, [anExport(gated)], { memory: 1 << 20 });
      const [greedy, other] = [await here.client(), await here.client()];
      for (let at = 0; at < 40; at++) {
        void greedy.request(READ, { length: 65536 }).catch(() => undefined);
      }
      await pause(sim.scheduler);
      expect(here.server.memory.used).toBe(1 << 16);
      const read = other.request(READ, { length: 1 << 19 });
      await pause(sim.scheduler);
      expect(here.server.memory.used).toBe((1 << 16) + (1 << 19));
      while (gated.inFlight > 0) {
        gated.passAll();
        await pause(sim.scheduler);
        expect(here.server.memory.used).toBeLessThanOrEqual(1 << 20);
      }
      expect((await read).error).toBe(0);
      expect(here.server.memory.used).toBe(0);
    }));

  test('the largest request follows from it', () =>
    simulated(1, async (sim) => {
      const client = await world(sim, [anExport(aDisk())], { memory: 300_000 }).client();
      expect((await client.request(READ, { length: 131072 })).error).toBe(0);
      expect((await client.request(READ, { length: 131072 + 512 })).error).toBe(22);
    }));

  test('who keeps it and does not move is disconnected when others wait, and not before', () =>
    simulated(1, async (sim) => {
      const here = world(sim, [anExport(aDisk())], { memory: 1 << 20 });
      const stalled = [await here.client(), await here.client()];
      for (const { wire } of stalled) {
        wire.taking = false;
        wire.send(requestBytes(READ, 1, { length: 1 << 19 }));
      }
      await sleep(sim.scheduler, 60_000_000, 'nobody minds');
      expect(here.server.sessions).toHaveLength(2);
      const client = await here.client();
      const began = sim.scheduler.now;
      expect((await client.request(READ, { length: 65536 })).error).toBe(0);
      expect(sim.scheduler.now - began).toBeLessThan(2_100_000);
      expect(here.server.sessions).toHaveLength(1);
    }));
});

describe('the end', () => {
  test('a disconnect waits for what came before it', () =>
    simulated(1, async (sim) => {
      const gated = new GatedDevice(aDisk());
      const here = world(sim, [anExport(gated)]);
      const client = await here.client();
      const written = client.request(WRITE, {}, new Uint8Array(512));
      const bye = client.request(2, {}).catch((error: unknown) => String(error));
      await pause(sim.scheduler);
      expect(client.isGone).toBe(false);
      gated.passAll();
      expect((await written).error).toBe(0);
      expect(await bye).toContain('ended');
      await pause(sim.scheduler);
      expect(here.server.sessions).toEqual([]);
    }));

  test('finishing refuses what comes, ends what is in flight and flushes', () =>
    simulated(1, async (sim) => {
      const gated = new GatedDevice(aDisk());
      const here = world(sim, [anExport(gated)]);
      const [client, idle] = [await here.client(), await here.client()];
      const early = here.connect();
      const written = client.request(WRITE, {}, new Uint8Array(512));
      await pause(sim.scheduler);
      let finished = false;
      const finish = here.server.finish().then(() => (finished = true));
      const late = await client.request(WRITE, {}, new Uint8Array(512));
      expect(late.error).toBe(ESHUTDOWN);
      expect(finished).toBe(false);
      expect(here.connect().session).toBeUndefined();
      gated.pass();
      gated.pass();
      expect((await written).error).toBe(0);
      await pause(sim.scheduler);
      gated.passAll();
      await finish;
      expect(gated.log).toEqual(['write', 'flush', 'flush']);
      expect([client.isGone, idle.isGone, early.client.isGone]).toEqual([true, true, true]);
      expect(here.server.memory.used).toBe(0);
    }));

  test('who does not take the last replies is not waited for', () =>
    simulated(1, async (sim) => {
      const here = world(sim, [anExport(aDisk())]);
      const client = await here.client();
      client.wire.taking = false;
      void client.request(READ, { length: 512 }).catch(() => undefined);
      await pause(sim.scheduler);
      const began = sim.scheduler.now;
      await here.server.finish();
      expect(sim.scheduler.now - began).toBe(5_000_000);
      expect(here.server.memory.used).toBe(0);
    }));

  test('a client that is gone leaves nothing behind but what the device still has', () =>
    simulated(1, async (sim) => {
      const gated = new GatedDevice(aDisk());
      const here = world(sim, [anExport(gated)]);
      const client = await here.client();
      void client.request(READ, { length: 65536 }).catch(() => undefined);
      await pause(sim.scheduler);
      client.wire.close();
      await pause(sim.scheduler);
      expect(here.server.sessions).toHaveLength(1);
      expect(here.server.memory.used).toBe(65536);
      gated.passAll();
      await pause(sim.scheduler);
      expect(here.server.sessions).toEqual([]);
      expect(here.server.memory.used).toBe(0);
    }));

  test('it tells what it did for a client', () =>
    simulated(1, async (sim) => {
      const here = world(sim, [anExport(aDisk())]);
      const client = await here.client('vol');
      await client.request(WRITE, {}, new Uint8Array(4096));
      await client.request(READ, { length: 1024 });
      await client.request(READ, { length: 1 });
      await client.request(FLUSH, {});
      const [session] = here.server.sessions;
      expect(session?.client).toBe('a test');
      expect(session?.export?.name).toBe('vol');
      expect(session?.traffic).toEqual({
        requests: 4,
        failures: 1,
        reads: 1,
        writes: 1,
        bytesRead: 1024,
        bytesWritten: 4096,
      });
    }));
});
