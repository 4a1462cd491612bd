/** What dispatch demands of a target, with targets that do the unusual or the forbidden. */
import { describe, expect, test, vi } from 'vitest';
import { ok } from '../../../core/base/result.ts';
import { sectors } from '../../../core/base/units.ts';
import { linear } from '../../../core/dm/targets/linear.ts';
import type { Ending, SuspendHow, Target, TargetIo, TargetType } from '../../../core/dm/target.ts';
import { answer, DmWorld, DRAIN, HOLD } from '../../support/dm.ts';
import { flush, read, write } from '../../support/sectors.ts';
import { turn } from '../../support/sim.ts';

/** The target `odd <device>`: 100 sectors of the device from 200 on, changed by `oddity`. */
async function world(oddity: Partial<Target>) {
  const odd: TargetType = {
    version: [1, 0, 0],
    name: 'odd',
    usage: '<device>',
    construct(args, host) {
      const device = host.open(args[0] ?? '');
      if (!device.ok) return device;
      const range = { device: device.value, start: sectors(200), count: sectors(100) };
      return ok({
        map: ({ offset }) => ({
          kind: 'remap',
          device: device.value,
          start: sectors(200 + offset),
        }),
        ranges: () => [range],
        table: () => device.value,
        status: () => '',
        ...oddity,
      });
    },
  };
  const made = new DmWorld({ targets: [linear, odd] });
  const [sda] = made.ram(1);
  const table = ['0 100 odd 8:0', '100 100 linear 8:0 0'];
  return { made, dm: made.dm, sda: sda!, volume: await made.device('vol', table) };
}

describe('a target that maps where it may not is a defect, and is told', () => {
  test.each<[string, number, number]>([
    ['before its range', 199, 1],
    ['behind its range', 300, 1],
    ['across the end of its range', 295, 10],
  ])('%s', async (_, start, count) => {
    const { volume, sda } = await world({
      map: () => ({ kind: 'remap', device: '8:0', start: sectors(start) }),
    });
    await expect(write(volume, 0, 1, count)).rejects.toThrow('odd of vol maps outside');
    expect(await read(sda, 0, 400)).toEqual(Array(400).fill(0));
  });

  test('on another device', async () => {
    const { volume } = await world({
      map: () => ({ kind: 'remap', device: '8:16', start: sectors(200) }),
    });
    await expect(read(volume, 0)).rejects.toThrow('maps outside the ranges');
  });

  test('with a border of nothing', async () => {
    const { volume } = await world({ border: () => sectors(0) });
    await expect(read(volume, 0)).rejects.toThrow('border of 0 sectors');
  });
});

test('a request is cut at the end of its target and at every border', async () => {
  const seen: string[] = [];
  const { volume } = await world({
    map(io: TargetIo) {
      seen.push(`${io.op} ${io.offset}+${'data' in io ? io.data.length / 512 : io.count}`);
      return { kind: 'done' };
    },
    border: (offset) => sectors(30 - (offset % 30)),
  });
  expect(await write(volume, 20, 1, 100)).toEqual({ ok: true });
  expect(seen).toEqual(['write 20+10', 'write 30+30', 'write 60+30', 'write 90+10']);
});

test('a refused request is never mapped', async () => {
  const { volume } = await world({
    map: () => {
      throw new Error('mapped');
    },
  });
  expect(await write(volume, 200, 1)).toMatchObject({ error: { code: 'out-of-range' } });
  expect(await flush(volume)).toEqual({ ok: true });
});

/** A target that takes its I/O and ends it by hand. */
function taking() {
  const taken: ((ending: Ending) => void)[] = [];
  const told: [string, SuspendHow?][] = [];
  return {
    taken,
    told,
    oddity: {
      map: () => ({
        kind: 'taken' as const,
        ending: new Promise<Ending>((resolve) => taken.push(resolve)),
      }),
      presuspend: (how: SuspendHow) => void told.push(['presuspend', how]),
      postsuspend: (how: SuspendHow) => void told.push(['postsuspend', how]),
      resume: () => void told.push(['resume']),
    },
  };
}

test('what a target took is in flight until the target ends it', async () => {
  const { taken, oddity } = taking();
  const { volume, made, dm } = await world(oddity);
  const [good, bad] = [write(volume, 0, 1), write(volume, 1, 1)];
  expect(made.state('vol').inFlight).toBe(2);
  const suspended = dm.suspend('vol', DRAIN);
  const error = { code: 'io-failed', device: 'leg', op: 'write', why: 'worn out' } as const;
  taken[1]!({ ok: false, error });
  expect(await bad).toEqual({ ok: false, error });
  expect(made.state('vol').suspended).toBe(false);
  taken[0]!({ ok: true, value: undefined });
  expect(await good).toEqual({ ok: true });
  expect(answer(await suspended)).toBe('done');
});

test('the hooks hear how, in the order of the kernel', async () => {
  const { told, oddity } = taking();
  const { dm } = await world(oddity);
  told.length = 0;
  await dm.suspend('vol', { inFlight: 'hold', freeze: true });
  await dm.resume('vol');
  const how = { inFlight: 'hold', freeze: false };
  expect(told).toEqual([['presuspend', how], ['postsuspend', how], ['resume']]);
});

describe('requeue', () => {
  test('under hold puts the request back at its old place, for the next table', async () => {
    const { taken, oddity } = taking();
    const { volume, made, dm, sda } = await world(oddity);
    const submitted = vi.spyOn(sda, 'submit');
    const all = [write(volume, 7, 1), write(volume, 7, 2), write(volume, 98, 3, 4)];
    submitted.mockClear();
    const suspended = dm.suspend('vol', HOLD);
    all.push(write(volume, 7, 4));
    taken[1]!('requeue');
    await turn();
    taken[2]!('requeue');
    taken[0]!('requeue');
    expect(answer(await suspended)).toBe('done');
    expect(made.state('vol')).toMatchObject({ inFlight: 0, queued: 4 });
    await made.swap('vol', ['0 200 linear 8:0 1000']);
    expect(await Promise.all(all)).toEqual(Array(4).fill({ ok: true }));
    const stamps = submitted.mock.calls.map(([io]) => (io.op === 'write' ? io.data[0] : undefined));
    expect(stamps).toEqual([1, 2, 3, 4]);
    expect(await read(sda, 1007)).toEqual([4]);
    expect(await read(sda, 1098, 4)).toEqual([3, 3, 3, 3]);
  });

  test('may come from the hook that hears of the hold', async () => {
    const { taken, oddity } = taking();
    const presuspend = ({ inFlight }: SuspendHow): undefined => {
      if (inFlight === 'hold') for (const end of taken) end('requeue');
    };
    const { volume, made, dm } = await world({ ...oddity, presuspend });
    const written = write(volume, 7, 1);
    expect(answer(await dm.suspend('vol', HOLD))).toBe('done');
    expect(made.state('vol').queued).toBe(1);
    await made.swap('vol', ['0 200 linear 8:0 1000']);
    expect(await written).toEqual({ ok: true });
  });

  test.each([
    ['while running', undefined],
    ['under drain', DRAIN],
  ])('%s is an I/O error, as in the kernel', async (_, how) => {
    const { taken, oddity } = taking();
    const { volume, made, dm } = await world(oddity);
    const written = write(volume, 7, 1);
    const suspended = how ? dm.suspend('vol', how) : undefined;
    taken[0]!('requeue');
    expect(await written).toMatchObject({ ok: false, error: { code: 'io-failed', start: 7 } });
    await suspended;
    expect(made.state('vol')).toMatchObject({ inFlight: 0, queued: 0 });
  });

  test('straight from map counts the same', async () => {
    const { volume } = await world({ map: () => ({ kind: 'requeue' }) });
    expect(await write(volume, 7, 1)).toMatchObject({ error: { why: 'it could not be finished' } });
  });

  test('of one part is a requeue of the whole, also when another part failed', async () => {
    const { taken, oddity } = taking();
    const { volume, made, dm, sda } = await world({ ...oddity, border: () => sectors(1) });
    const written = write(volume, 98, 5, 4);
    const suspended = dm.suspend('vol', HOLD);
    taken[0]!({ ok: false, error: { code: 'read-only', device: 'leg' } });
    taken[1]!('requeue');
    await suspended;
    expect(made.state('vol').queued).toBe(1);
    await made.swap('vol', ['0 200 linear 8:0 1000']);
    expect(await written).toEqual({ ok: true });
    expect(await read(sda, 1098, 4)).toEqual([5, 5, 5, 5]);
  });
});
