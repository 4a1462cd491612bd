/** How client and server agree, option by option. */
import { describe, expect, test } from 'vitest';
import { concatBytes, view } from '../../../core/base/bytes.ts';
import { mib } from '../../../core/base/units.ts';
import type { BlockDevice } from '../../../core/block/device.ts';
import {
  contextData,
  goData,
  ascii,
  optionBytes,
  refusalOf,
  u16,
  u32,
} from '../../support/nbd/client.ts';
import { simulated } from '../../support/sim.ts';
import { aDisk, anExport, MIB, world } from './world.ts';

const UNSUPPORTED = 1;
const INVALID = 3;
const UNKNOWN = 6;
const TOO_BIG = 9;

const two = () => [
  anExport(aDisk('home'), { name: 'vg/home', description: 'people' }),
  anExport(aDisk('root'), { name: 'vg/root', readOnly: true }),
];

describe('choosing an export', () => {
  test('GO tells size, flags, name, description and block sizes', () =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      const answers = await client.option(7, goData('vg/home', [0, 1, 2, 3, 77, 3]));
      const infos = new Map(
        answers.filter(({ type }) => type === 3).map(({ data }) => [view(data).getUint16(0), data]),
      );
      expect([...infos.keys()].toSorted()).toEqual([0, 1, 2, 3]);
      expect(answers).toHaveLength(5);
      const of = (info: number) => infos.get(info) ?? new Uint8Array(0);
      expect(view(of(0)).getBigUint64(2)).toBe(4n * MIB);
      // Flags, flush, FUA, trim, write zeroes, several connections.
      expect(view(of(0)).getUint16(10)).toBe(0b1_0110_1101);
      expect(String.fromCharCode(...of(1).subarray(2))).toBe('vg/home');
      expect(String.fromCharCode(...of(2).subarray(2))).toBe('people');
      const sizes = [2, 6, 10].map((at) => view(of(3)).getUint32(at));
      expect(sizes).toEqual([512, 4096, 32 * 2 ** 20]);
      client.transmit(false);
      expect((await client.request(0, { length: 512 })).error).toBe(0);
    }));

  test('INFO tells the same and goes on', () =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      const info = await client.option(6, goData('vg/root', [3]));
      const go = await client.option(7, goData('vg/root', [3]));
      expect(info).toEqual(go);
      // Read-only: no trim, no write zeroes.
      expect(view(info[0]?.data ?? new Uint8Array(12)).getUint16(10)).toBe(0b1_0000_1111);
    }));

  test('an empty name is the only export, and nobody where there are two', () =>
    simulated(1, async (sim) => {
      const one = world(sim, [anExport(aDisk('home'))]).connect().client;
      expect(await one.go('')).toMatchObject({ size: 4n * MIB });
      const { client } = world(sim, two()).connect();
      await client.greet();
      expect((await client.option(7, goData(''))).map(({ type }) => refusalOf(type))).toEqual([
        UNKNOWN,
      ]);
      expect((await client.option(7, goData('vg/none')))[0]?.type).toBe(2 ** 31 + UNKNOWN);
      // It can still choose a right one.
      expect((await client.option(7, goData('vg/home'))).at(-1)?.type).toBe(1);
    }));

  test.each([
    [3, 134],
    [1, 134],
    [0, 134],
  ])('EXPORT_NAME, flags of the client %i', (flags) =>
    simulated(1, async (sim) => {
      const { client, wire } = world(sim, two()).connect();
      await client.greet(flags);
      wire.send(optionBytes(1, ascii('vg/home')));
      const length = flags === 3 ? 10 : 134;
      const answer = await client.read(length);
      expect(view(answer ?? new Uint8Array(10)).getBigUint64(0)).toBe(4n * MIB);
      expect(answer?.subarray(10).every((byte) => byte === 0)).toBe(true);
      client.transmit(false);
      expect((await client.request(0, { length: 512 })).error).toBe(0);
    }),
  );

  test('EXPORT_NAME of nothing ends the connection: it knows no error', () =>
    simulated(1, async (sim) => {
      const { client, wire } = world(sim, two()).connect();
      await client.greet();
      wire.send(optionBytes(1, ascii('vg/none')));
      expect(await client.read(1)).toBeUndefined();
    }));

  test('a size that has grown is told to who asks then', () =>
    simulated(1, async (sim) => {
      let size = 4;
      const disk = aDisk('home', mib(8));
      const growing: BlockDevice = {
        name: 'home',
        readOnly: false,
        get size() {
          return mib(size);
        },
        submit: (io) => disk.submit(io),
      };
      const here = world(sim, [anExport(growing)]);
      expect((await here.connect().client.go('home')).size).toBe(4n * MIB);
      size = 8;
      expect((await here.connect().client.go('home')).size).toBe(8n * MIB);
    }));
});

describe('other options', () => {
  test('LIST names every export with its description', () =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      const answers = await client.option(3);
      expect(answers.map(({ type }) => type)).toEqual([2, 2, 1]);
      const texts = answers.slice(0, 2).map(({ data }) => {
        const length = view(data).getUint32(0);
        const text = String.fromCharCode(...data.subarray(4));
        return [text.slice(0, length), text.slice(length)];
      });
      expect(texts).toEqual([
        ['vg/home', 'people'],
        ['vg/root', ''],
      ]);
      expect((await client.option(3, Uint8Array.of(1)))[0]?.type).toBe(2 ** 31 + INVALID);
    }));

  test.each([
    ['TLS', 5, UNSUPPORTED],
    ['extended headers', 11, UNSUPPORTED],
    ['an option nobody knows', 4711, UNSUPPORTED],
  ])('%s is refused, and the next option is answered', (_what, option, why) =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      expect((await client.option(option)).map(({ type }) => refusalOf(type))).toEqual([why]);
      expect((await client.option(8)).map(({ type }) => type)).toEqual([1]);
    }),
  );

  test.each([
    ['a name longer than the option', 7, concatBytes([u32(100), ascii('vg/home'), u16(0)])],
    ['fewer requests than announced', 7, concatBytes([u32(1), ascii('x'), u16(2), u16(0)])],
    ['bytes left over', 6, concatBytes([goData('vg/home'), ascii('x')])],
    ['nothing', 7, new Uint8Array(0)],
    ['data that does not belong there', 8, ascii('x')],
    ['millions of queries', 9, concatBytes([u32(0), u32(2 ** 31)])],
    ['a query longer than the option', 9, concatBytes([u32(0), u32(1), u32(9), ascii('base:')])],
    ['a name of 5000 bytes', 7, goData('x'.repeat(5000))],
  ])('malformed: %s', (_what, option, data) =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      expect((await client.option(option, data))[0]?.type).toBe(2 ** 31 + INVALID);
    }),
  );

  test('an option of a megabyte is skipped and refused', () =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      const answers = await client.option(3, new Uint8Array(2 ** 20));
      expect(answers.map(({ type }) => refusalOf(type))).toEqual([TOO_BIG]);
      expect((await client.option(3)).at(-1)?.type).toBe(1);
    }));

  test('ABORT is acknowledged and ends the connection', () =>
    simulated(1, async (sim) => {
      const { client, session } = world(sim, two()).connect();
      await client.greet();
      expect((await client.option(2, ascii('whatever'))).map(({ type }) => type)).toEqual([1]);
      expect(await client.read(1)).toBeUndefined();
      await session?.ended;
    }));
});

describe('metadata contexts', () => {
  test.each([
    [9, [], 1],
    [9, ['base:'], 1],
    [9, ['base:allocation'], 1],
    [9, ['qemu:', 'x:y'], 0],
    [10, [], 0],
    [10, ['base:'], 0],
    [10, ['qemu:dirty', 'base:allocation'], 1],
  ] as const)('option %i with %j finds %i', (option, queries, found) =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      await client.option(8);
      const answers = await client.option(option, contextData('vg/home', queries));
      expect(answers.map(({ type }) => type)).toEqual([...(found > 0 ? [4] : []), 1]);
      const [context] = answers;
      if (found === 0 || !context) return;
      expect(String.fromCharCode(...context.data.subarray(4))).toBe('base:allocation');
      expect(view(context.data).getUint32(0)).toBe(option === 9 ? 0 : 1);
    }),
  );

  test('they want structured replies first, and an export that exists', () =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two()).connect();
      await client.greet();
      const data = contextData('vg/home', ['base:allocation']);
      expect((await client.option(10, data))[0]?.type).toBe(2 ** 31 + INVALID);
      await client.option(8);
      const none = await client.option(10, contextData('vg/none', ['base:allocation']));
      expect(none[0]?.type).toBe(2 ** 31 + UNKNOWN);
    }));

  test('what was chosen for another export, or chosen away again, does not count', () =>
    simulated(1, async (sim) => {
      const here = world(sim, two());
      for (const last of [
        contextData('vg/root', ['base:allocation']),
        contextData('vg/home', []),
        contextData('vg/none', ['base:allocation']),
      ]) {
        const { client } = here.connect();
        await client.greet();
        await client.option(8);
        await client.option(10, contextData('vg/home', ['base:allocation']));
        await client.option(10, last);
        await client.option(7, goData('vg/home'));
        client.transmit(true);
        expect(await client.request(7, { length: 4096 })).toMatchObject({ error: 22 });
      }
    }));
});

describe('limits of a negotiation', () => {
  test.each([
    ['flags that there are not', u32(4)],
    ['a wrong magic', concatBytes([u32(3), new Uint8Array(16)])],
    ['an option without fixed newstyle', concatBytes([u32(0), optionBytes(3, new Uint8Array(0))])],
    ['a name of a megabyte', concatBytes([u32(3), optionBytes(1, new Uint8Array(2 ** 20))])],
  ])('%s ends it', (_what, data) =>
    simulated(1, async (sim) => {
      const { client, wire, session } = world(sim, two()).connect();
      await client.read(18);
      wire.send(data);
      expect(await client.read(1)).toBeUndefined();
      await session?.ended;
    }),
  );

  test('who chooses nothing is disconnected after 10 s', () =>
    simulated(1, async (sim) => {
      const here = world(sim, two());
      const { client } = here.connect();
      await client.greet();
      await client.option(3);
      expect(await client.read(1)).toBeUndefined();
      expect(sim.scheduler.now).toBeGreaterThanOrEqual(10_000_000);
      expect(here.server.sessions).toEqual([]);
    }));

  test('who asks for ever is disconnected', () =>
    simulated(1, async (sim) => {
      const { client } = world(sim, two(), { limits: { options: 5 } }).connect();
      await client.greet();
      for (let at = 0; at < 5; at++) await client.option(3);
      await expect(client.option(3)).rejects.toThrow('ended');
    }));

  test('options pile up on the side of who does not take the answers', () =>
    simulated(1, async (sim) => {
      const { client, wire } = world(sim, two()).connect();
      await client.greet();
      await client.option(3);
      wire.taking = false;
      for (let at = 0; at < 50; at++) wire.send(optionBytes(3, new Uint8Array(0)));
      await new Promise<void>((resolve) => sim.scheduler.after(1000, 'look', resolve));
      expect(wire.unsent).toBeLessThan(200);
    }));

  test('one connection too many is turned away', () =>
    simulated(1, async (sim) => {
      const here = world(sim, two(), { limits: { connections: 2 } });
      await here.client('vg/home');
      const second = await here.client('vg/home');
      const { client, session } = here.connect();
      expect(session).toBeUndefined();
      expect(await client.read(1)).toBeUndefined();
      second.wire.close();
      await new Promise<void>((resolve) => sim.scheduler.after(10, 'look', resolve));
      await here.client('vg/home');
    }));
});
