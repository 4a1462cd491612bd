/** Every command, what it does and what the protocol answers where it cannot. */
import { describe, expect, test } from 'vitest';
import { mib, sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import type { IoResult } from '../../../core/block/device.ts';
import { simulated } from '../../support/sim.ts';
import { aDisk, anExport, GatedDevice, largeDisk, pause, Recorder, world } from './world.ts';

const READ = 0;
const WRITE = 1;
const FLUSH = 3;
const TRIM = 4;
const CACHE = 5;
const ZEROES = 6;
const STATUS = 7;
const FUA = 1;
const NO_HOLE = 2;
const DONT_FRAGMENT = 4;
const ONLY_ONE = 8;
const FAST_ZERO = 16;

const EPERM = 1;
const EIO = 5;
const EINVAL = 22;
const ENOSPC = 28;

const pattern = (length: number, seed = 7): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * seed + (at >> 9)) & 0xff);

describe.each([true, false])('structured replies: %s', (structured) => {
  test('what is written is read', () =>
    simulated(1, async (sim) => {
      const client = await world(sim, [anExport(aDisk())]).client('', structured);
      const data = pattern(65536);
      expect(await client.request(WRITE, { offset: 4096n }, data)).toMatchObject({ error: 0 });
      const read = await client.request(READ, { offset: 4096n, length: 65536 });
      expect(read.error).toBe(0);
      expect(Buffer.compare(read.data, data)).toBe(0);
      const around = await client.request(READ, { offset: 3584n, length: 1024 });
      expect(around.data.subarray(0, 512).every((byte) => byte === 0)).toBe(true);
      expect(Buffer.compare(around.data.subarray(512), data.subarray(0, 512))).toBe(0);
    }));

  test.each([
    ['a read past the end', READ, { offset: 4n << 20n, length: 512 }, EINVAL],
    ['a read across the end', READ, { offset: (4n << 20n) - 512n, length: 1024 }, EINVAL],
    ['a read at the end of numbers', READ, { offset: 2n ** 64n - 512n, length: 512 }, EINVAL],
    ['a read of more than 32 MiB', READ, { length: 33 << 20 }, EINVAL],
    ['a read of 4 GiB', READ, { length: 2 ** 32 - 512 }, EINVAL],
    ['an unaligned offset', READ, { offset: 1n, length: 512 }, EINVAL],
    ['an unaligned length', READ, { length: 511 }, EINVAL],
    ['a trim past the end', TRIM, { offset: 4n << 20n, length: 512 }, EINVAL],
    ['zeroes past the end', ZEROES, { offset: 4n << 20n, length: 512 }, ENOSPC],
    ['fast zeroes', ZEROES, { length: 512, flags: FAST_ZERO }, EINVAL],
    ['a read with a flag of zeroes', READ, { length: 512, flags: NO_HOLE }, EINVAL],
    ['flags that there are not', READ, { length: 512, flags: 0x8000 }, EINVAL],
    ['a flush with a place', FLUSH, { length: 512 }, EINVAL],
    ['cache', CACHE, { length: 512 }, EINVAL],
    ['resize', 8, { length: 512 }, EINVAL],
    ['a command nobody knows', 4711, { length: 512 }, EINVAL],
    ['a status of nothing', STATUS, { length: 0 }, EINVAL],
    ['a status past the end', STATUS, { offset: 4n << 20n, length: 512 }, EINVAL],
  ])('%s is refused', (_what, type, fields, error) =>
    simulated(1, async (sim) => {
      const client = await world(sim, [anExport(aDisk())]).client('', structured);
      const answer = await client.request(type, fields);
      expect(answer.error).toBe(error);
      // Where there is room for a sentence, there is one.
      expect(answer.text !== '').toBe(structured);
      expect((await client.request(READ, { length: 512 })).error).toBe(0);
    }),
  );

  test.each([
    ['past the end', { offset: 4n << 20n }, 4096, ENOSPC],
    ['across the end', { offset: (4n << 20n) - 512n }, 1024, ENOSPC],
    ['unaligned', { offset: 3n }, 512, EINVAL],
    ['of more than 32 MiB', {}, (32 << 20) + 512, EINVAL],
  ])(
    'a write %s is refused, and its payload is not taken for a request',
    (_what, at, length, error) =>
      simulated(1, async (sim) => {
        const disk = new Recorder();
        const client = await world(sim, [anExport(disk)]).client('', structured);
        expect((await client.request(WRITE, at, new Uint8Array(length))).error).toBe(error);
        expect(disk.log).toEqual([]);
        expect((await client.request(READ, { length: 512 })).error).toBe(0);
      }),
  );

  test('what changes something is refused on a read-only export', () =>
    simulated(1, async (sim) => {
      const disk = new Recorder();
      const client = await world(sim, [anExport(disk, { readOnly: true })]).client('', structured);
      expect((await client.request(WRITE, {}, new Uint8Array(512))).error).toBe(EPERM);
      expect((await client.request(TRIM, { length: 512 })).error).toBe(EPERM);
      expect((await client.request(ZEROES, { length: 512 })).error).toBe(EPERM);
      expect(disk.log).toEqual([]);
      expect((await client.request(READ, { length: 512 })).error).toBe(0);
      expect((await client.request(FLUSH, {})).error).toBe(0);
    }));

  test('nothing is nothing', () =>
    simulated(1, async (sim) => {
      const disk = new Recorder();
      const client = await world(sim, [anExport(disk)]).client('', structured);
      for (const type of [READ, WRITE, TRIM, ZEROES]) {
        expect((await client.request(type, { length: 0 })).error).toBe(0);
      }
      expect(disk.log).toEqual([]);
    }));
});

describe('what the device is asked', () => {
  test.each([
    ['write', WRITE, {}, ['write 8+1']],
    ['write, FUA', WRITE, { flags: FUA }, ['write 8+1 fua']],
    ['read, FUA', READ, { flags: FUA, length: 512 }, ['read 8+1']],
    ['flush', FLUSH, { offset: 0n }, ['flush']],
    ['flush, FUA', FLUSH, { offset: 0n, flags: FUA }, ['flush']],
    ['trim', TRIM, { length: 1024 }, ['discard 8+2']],
    ['trim, FUA', TRIM, { length: 1024, flags: FUA }, ['discard 8+2', 'flush']],
    ['zeroes', ZEROES, { length: 1024 }, ['zero 8+2 unmap']],
    ['zeroes, no hole', ZEROES, { length: 1024, flags: NO_HOLE }, ['zero 8+2']],
    ['zeroes, FUA', ZEROES, { length: 1024, flags: FUA }, ['zero 8+2 unmap', 'flush']],
  ])('%s', (_what, type, fields, log) =>
    simulated(1, async (sim) => {
      const disk = new Recorder();
      const client = await world(sim, [anExport(disk)]).client();
      const payload = type === WRITE ? new Uint8Array(512) : undefined;
      expect((await client.request(type, { offset: 4096n, ...fields }, payload)).error).toBe(0);
      expect(disk.log).toEqual(log);
    }),
  );

  test('gigabytes of zeroes go in pieces, which end where the client does', () =>
    simulated(1, async (sim) => {
      const gated = new GatedDevice(largeDisk());
      const here = world(sim, [anExport(gated)]);
      const client = await here.client();
      const asked = client.request(ZEROES, { length: 2 ** 32 - 512 }).catch(() => 'gone');
      await sim.scheduler.until(pause(sim.scheduler));
      gated.passAll();
      await pause(sim.scheduler);
      client.wire.close();
      await pause(sim.scheduler);
      gated.passAll();
      expect(await asked).toBe('gone');
      await Promise.all(here.server.sessions.map(({ ended }) => ended));
      expect(gated.log).toEqual(['zero', 'zero']);
    }));

  test.each<[string, IoResult, number]>([
    ['I/O', failed('the disk is gone'), EIO],
    ['room', failed('no space left on device'), ENOSPC],
    ['leave', { ok: false, error: { code: 'read-only', device: 'vol' } }, EPERM],
    [
      'a place',
      {
        ok: false,
        error: { code: 'out-of-range', device: 'vol', start: 8, count: 1, size: 4 },
      },
      ENOSPC,
    ],
  ])('a device that fails for want of %s', (_what, failure, error) =>
    simulated(1, async (sim) => {
      const disk = new Recorder();
      disk.failure = failure;
      const here = world(sim, [anExport(disk)]);
      const client = await here.client();
      const answer = await client.request(WRITE, { offset: 4096n }, new Uint8Array(512));
      expect(answer.error).toBe(error);
      expect(answer.text).toContain('vol');
      expect(here.server.sessions[0]?.traffic).toMatchObject({
        requests: 1,
        failures: 1,
        writes: 0,
      });
    }),
  );
});

function failed(why: string): IoResult {
  return { ok: false, error: { code: 'io-failed', device: 'vol', op: 'write', why } };
}

describe('where data lies', () => {
  async function sparse(sim: Parameters<typeof world>[0], structured = true) {
    const disk = aDisk();
    await disk.submit({ op: 'write', start: sectors(256), data: pattern(128 * 512) });
    const client = await world(sim, [anExport(disk)]).client('', structured);
    return { disk, client };
  }

  test('block status', () =>
    simulated(1, async (sim) => {
      const { client } = await sparse(sim);
      const whole = await client.request(STATUS, { length: 4 << 20 });
      expect(whole.status).toEqual([
        [131072, 3],
        [65536, 0],
        [(4 << 20) - 196608, 3],
      ]);
      const one = await client.request(STATUS, { length: 4 << 20, flags: ONLY_ONE });
      expect(one.status).toEqual([[131072, 3]]);
      const inside = await client.request(STATUS, { offset: 132096n, length: 1024 });
      expect(inside.status).toEqual([[1024, 0]]);
    }));

  test('more runs than fit an answer are asked for again', () =>
    simulated(1, async (sim) => {
      const disk = new RamDisk('vol', mib(256));
      for (let at = 0; at < 1500; at++) {
        await disk.submit({ op: 'write', start: sectors(at * 256), data: pattern(512) });
      }
      const client = await world(sim, [anExport(disk)]).client();
      const all: (readonly [number, number])[] = [];
      let answers = 0;
      for (let at = 0; at < 256 << 20; answers++) {
        const length = (256 << 20) - at;
        const { status } = await client.request(STATUS, { offset: BigInt(at), length });
        expect(status.length).toBeGreaterThan(0);
        all.push(...status);
        at += status.reduce((sum, [count]) => sum + count, 0);
      }
      expect(answers).toBeGreaterThan(1);
      expect(all.filter(([, flags]) => flags === 0)).toHaveLength(1500);
    }));

  test('a large read sends holes as holes, and one chunk where the client wants one', () =>
    simulated(1, async (sim) => {
      const { client, disk } = await sparse(sim);
      const read = await client.request(READ, { length: 1 << 20 });
      expect(read.chunks).toEqual([2, 1, 2]);
      const expected = new Uint8Array(1 << 20);
      await disk.submit({ op: 'read', start: sectors(0), data: expected });
      expect(Buffer.compare(read.data, expected)).toBe(0);
      const one = await client.request(READ, { length: 1 << 20, flags: DONT_FRAGMENT });
      expect(one.chunks).toEqual([1]);
      expect(Buffer.compare(one.data, expected)).toBe(0);
      const hole = await client.request(READ, { offset: 1n << 20n, length: 1 << 20 });
      expect(hole.chunks).toEqual([2]);
    }));

  test('a large read without chunks has its zeros', () =>
    simulated(1, async (sim) => {
      const { client } = await sparse(sim, false);
      const read = await client.request(READ, { length: 1 << 20 });
      expect(read.chunks).toEqual([]);
      expect(Buffer.compare(read.data.subarray(131072, 196608), pattern(65536))).toBe(0);
    }));
});
