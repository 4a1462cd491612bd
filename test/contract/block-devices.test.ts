/** What every block device promises, checked on all of them. */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { must } from '../../core/base/assert.ts';
import { SECTOR, sectors, type Sectors } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { overlaySize } from '../../core/block/overlay/format.ts';
import { Journal } from '../../core/block/overlay/journal.ts';
import { Overlay } from '../../core/block/overlay/overlay.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { BadSectorDevice } from '../../core/block/wrap/bad-sectors.ts';
import { BreakableDevice, FaultSet } from '../../core/block/wrap/breakable.ts';
import { DelayedDevice } from '../../core/block/wrap/delay.ts';
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { PowerLossDisk, PowerSupply } from '../../core/block/wrap/power-loss.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import { openFileDisk } from '../../core/host/file-disk.ts';
import { at, discard, flush, holes, read, stamped, write, zero } from '../support/sectors.ts';
import { simulated, type Sim } from '../support/sim.ts';

const SIZE = sectors(1024);
const ram = (size = SIZE, readOnly = false): RamDisk =>
  new RamDisk('ram', size, new SectorStore(), undefined, readOnly);
const slow = ({ scheduler, random }: Sim) => ({ scheduler, random, maxMicros: 900 });

/** Every kind of device, as it is when nothing is wrong with it; all of 1024 sectors. */
const KINDS: Record<string, (sim: Sim) => BlockDevice | Promise<BlockDevice>> = {
  'RAM disk': () => ram(),
  'slow RAM disk': (sim) => new RamDisk('slow', SIZE, new SectorStore(), slow(sim)),
  'delayed device': (sim) => new DelayedDevice(ram(), slow(sim)),
  'device without a fault': () => new FaultyDevice(ram(), new FaultPlan(10_000)),
  'device with bad sectors elsewhere': () =>
    new BadSectorDevice(ram(), [{ start: at(2000), count: at(8), onWrite: 'fail' }]),
  'disk that can be broken': ({ scheduler }) =>
    new BreakableDevice(ram(), new FaultSet(), scheduler),
  'disk that is broken elsewhere, and slow': ({ scheduler }) => {
    const range = { start: at(2000), count: at(8) };
    const faults = new FaultSet([
      { kind: 'errors', on: 'both', range },
      { kind: 'slow', millis: 1 },
    ]);
    return new BreakableDevice(ram(), faults, scheduler);
  },
  'powered disk': () => new PowerLossDisk('power', SIZE, new SectorStore(), new PowerSupply()),
  sandbox: () => sandbox(ram(SIZE, true), ram(overlaySize(SIZE))),
  'sandbox on slow disks': (sim) =>
    sandbox(ram(SIZE, true), new DelayedDevice(ram(overlaySize(SIZE)), slow(sim))),
  'linear volume': () => mapped(['0 1024 linear 8:0 100']),
  'volume of two segments': () => mapped(['0 7 linear 8:16 0', '7 1017 linear 8:0 100']),
  'striped volume': () => mapped(['0 1024 striped 2 8 8:0 0 8:16 100']),
  'striped volume of odd chunks': () => mapped(['0 1023 striped 3 11 8:0 0 8:16 9 8:0 500', END]),
  'volume on a volume': () => mapped(['0 1024 linear below 0'], ['0 1024 linear 8:0 50']),
};
const END = '1023 1 linear 8:16 700';

async function sandbox(base: BlockDevice, store: BlockDevice): Promise<BlockDevice> {
  expect(await Journal.create(store, SIZE, '')).toEqual({ ok: true });
  const opened = await Overlay.open(base, store);
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}

async function imageFile(): Promise<BlockDevice> {
  const folder = await mkdtemp(join(tmpdir(), 'lvstudio-image-'));
  const path = join(folder, 'sda.img');
  await writeFile(path, '');
  await truncate(path, SIZE * SECTOR);
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  onTestFinished(async () => {
    await disk.value.close();
    await rm(folder, { recursive: true });
  });
  return disk.value;
}

async function mapped(...tables: readonly string[][]): Promise<BlockDevice> {
  const dm = new DeviceMapper(() => undefined);
  dm.attachDisk('/dev/sda', '8:0', ram(sectors(2048)));
  dm.attachDisk('/dev/sdb', '8:16', ram(sectors(2048)));
  for (const [index, table] of [...tables.entries()].toReversed()) {
    const name = index === 0 ? 'top' : 'below';
    expect(dm.create(name, '').ok && dm.load(name, table)).toEqual({ ok: true });
    expect(await dm.resume(name)).toEqual({ ok: true });
  }
  const opened = dm.open('top');
  if (!opened.ok) throw new Error(opened.error.reason);
  return opened.value;
}

type Body = (device: BlockDevice) => Promise<void>;

/** A real file is driven by no simulated clock. */
const USES: Record<string, (body: Body) => Promise<void>> = {
  'image file': async (body) => body(await imageFile()),
};
for (const [kind, make] of Object.entries(KINDS)) {
  USES[kind] = (body) => simulated(7, async (sim) => body(await make(sim)));
}

describe.each(Object.entries(USES))('%s', (_, using) => {
  test('has the size it was given and reads as zeroes', () =>
    using(async (device) => {
      expect(device.size).toBe(SIZE);
      expect(device.readOnly).toBe(false);
      expect(await read(device, 0, 1024)).toEqual(Array(1024).fill(0));
    }));

  test('reads back what was written and nothing beside it', () =>
    using(async (device) => {
      for (const [start, count] of [
        [0, 1],
        [5, 9],
        [120, 20],
        [300, 500],
        [1023, 1],
      ] as const) {
        expect(await write(device, start, start + 1, count)).toEqual({ ok: true });
        expect(await read(device, start, count)).toEqual(Array(count).fill(start + 1));
      }
      expect(await read(device, 1)).toEqual([0]);
      expect(await read(device, 14)).toEqual([0]);
      expect(await read(device, 299, 2)).toEqual([0, 301]);
      expect(await read(device, 799, 2)).toEqual([301, 0]);
    }));

  test('keeps the later of two writes, and writes zeroes over data', () =>
    using(async (device) => {
      await write(device, 10, 1, 30);
      await write(device, 20, 2, 5);
      await write(device, 22, 0, 1);
      expect(await read(device, 19, 7)).toEqual([1, 2, 2, 0, 2, 2, 1]);
    }));

  test('does not keep hold of the buffer of a finished request', () =>
    using(async (device) => {
      const data = stamped(5, 2);
      await device.submit({ op: 'write', start: at(3), data });
      data.fill(0);
      expect(await read(device, 3, 2)).toEqual([5, 5]);
    }));

  test('finishes many requests at once, each with its own data', () =>
    using(async (device) => {
      const places = Array.from({ length: 100 }, (_, index) => index * 10);
      const written = await Promise.all(places.map((start) => write(device, start, start + 1, 10)));
      expect(written.every(({ ok }) => ok)).toBe(true);
      const back = await Promise.all(places.map((start) => read(device, start, 10)));
      expect(back).toEqual(places.map((start) => Array<number>(10).fill(start + 1)));
    }));

  test('flushes, also with nothing to flush, and takes a write with fua', () =>
    using(async (device) => {
      expect(await flush(device)).toEqual({ ok: true });
      expect(await write(device, 8, 3, 4, true)).toEqual({ ok: true });
      expect(await flush(device)).toEqual({ ok: true });
      expect(await read(device, 8, 4)).toEqual([3, 3, 3, 3]);
    }));

  test('reads as zeros what was zeroed, and nothing beside it', () =>
    using(async (device) => {
      await write(device, 0, 7, 1024);
      for (const [start, count] of [
        [0, 1],
        [5, 9],
        [100, 300],
        [512, 128],
        [1023, 1],
      ] as const) {
        expect(await zero(device, start, count, { unmap: start % 2 === 0 })).toEqual({ ok: true });
      }
      const all = await read(device, 0, 1024);
      const kept = (from: number, count: number) => Array<number>(count).fill(from);
      expect(all.slice(0, 16)).toEqual([0, ...kept(7, 4), ...kept(0, 9), 7, 7]);
      expect(all.slice(98, 402)).toEqual([7, 7, ...kept(0, 300), 7, 7]);
      expect(all.slice(510, 642)).toEqual([7, 7, ...kept(0, 128), 7, 7]);
      expect(all.slice(1020)).toEqual([7, 7, 7, 0]);
      expect(await holes(device, 0, 1024)).toBeLessThanOrEqual(439);
    }));

  test('takes a zero with fua, and of the whole device', () =>
    using(async (device) => {
      await write(device, 0, 7, 1024);
      expect(await zero(device, 3, 2, { fua: true })).toEqual({ ok: true });
      expect(await zero(device, 0, 1024)).toEqual({ ok: true });
      expect(await flush(device)).toEqual({ ok: true });
      expect(await read(device, 0, 1024)).toEqual(Array(1024).fill(0));
    }));

  test('a discard leaves zeros or what was there, and what is written later stays', () =>
    using(async (device) => {
      await write(device, 0, 1, 1024);
      await write(device, 100, 2, 400);
      expect(await discard(device, 90, 420)).toEqual({ ok: true });
      const left = await read(device, 0, 1024);
      for (const [sector, stamp] of Object.entries(left)) {
        const place = Number(sector);
        const was = place >= 100 && place < 500 ? 2 : 1;
        expect(place >= 90 && place < 510 ? [was, 0] : [was], sector).toContain(stamp);
      }
      await write(device, 200, 3, 100);
      expect(await read(device, 200, 100)).toEqual(Array(100).fill(3));
    }));

  test('calls nothing a hole that was written, wherever it is asked', () =>
    using(async (device) => {
      for (const [start, count] of [
        [0, 1024],
        [1, 1],
        [127, 2],
        [1000, 24],
      ] as const) {
        await holes(device, start, count);
      }
      await write(device, 130, 4, 3);
      await write(device, 700, 5, 300);
      await zero(device, 800, 150);
      for (const [start, count] of [
        [0, 1024],
        [131, 1],
        [100, 700],
        [820, 10],
      ] as const) {
        await holes(device, start, count);
      }
    }));

  test.each([
    ['behind the end', 1024, 1],
    ['across the end', 1020, 5],
    ['of nothing', 0, 0],
    ['of half a sector', 0, 0.5],
    ['before the start', -1, 1],
    ['between two sectors', 0.5, 1],
  ])('refuses a zero and a discard %s', (_name, start, count) =>
    using(async (device) => {
      await write(device, 0, 7, 1024);
      for (const op of ['zero', 'discard'] as const) {
        const io = { op, start: start as Sectors, count: count as Sectors };
        const refused = { ok: false, error: { code: 'out-of-range', size: 1024 } };
        expect(await device.submit(io)).toMatchObject(refused);
      }
      expect(await read(device, 0, 1024)).toEqual(Array(1024).fill(7));
    }),
  );

  test.each([
    ['behind the end', 1024, SECTOR],
    ['across the end', 1020, 5 * SECTOR],
    ['of nothing', 0, 0],
    ['of half a sector', 0, SECTOR / 2],
    ['of a sector and a half', 0, 1.5 * SECTOR],
    ['before the start', -1, SECTOR],
    ['between two sectors', 0.5, SECTOR],
  ])('refuses a request %s and changes nothing', (_name, start, length) =>
    using(async (device) => {
      const place = start as ReturnType<typeof at>;
      for (const op of ['read', 'write'] as const) {
        const data = new Uint8Array(length).fill(9);
        const done = await device.submit({ op, start: place, data });
        expect(done).toMatchObject({ ok: false, error: { code: 'out-of-range', size: 1024 } });
        expect(data.every((byte) => byte === 9)).toBe(true);
      }
      expect(await read(device, 0, 1024)).toEqual(Array(1024).fill(0));
    }),
  );
});

test('a read-only disk reads and refuses to be written, through a wrapper as well', async () => {
  const wrap = [
    (disk: BlockDevice) => disk,
    (disk: BlockDevice) => new FaultyDevice(disk, new FaultPlan(99)),
    (disk: BlockDevice) => new BadSectorDevice(disk, []),
  ];
  for (const make of wrap) {
    const device = make(ram(SIZE, true));
    expect(device.readOnly).toBe(true);
    expect(await read(device, 0)).toEqual([0]);
    expect(await write(device, 0, 1)).toMatchObject({ error: { code: 'read-only' } });
    expect(await zero(device, 0, 1)).toMatchObject({ error: { code: 'read-only' } });
    expect(await discard(device, 0, 1)).toMatchObject({ error: { code: 'read-only' } });
    expect(await read(device, 0)).toEqual([0]);
  }
});

test('slow devices let requests overtake one another, the same way for the same seed', async () => {
  const orderOf = (seed: number) =>
    simulated(seed, async (sim) => {
      const device = new DelayedDevice(ram(), slow(sim));
      const order: number[] = [];
      const all = Array.from({ length: 20 }, (_, index) =>
        write(device, index, 1).then(() => order.push(index)),
      );
      await Promise.all(all);
      expect(sim.scheduler.now).toBeLessThanOrEqual(900);
      return order;
    });
  const first = await orderOf(1);
  expect(first).not.toEqual(must(first, 'order').toSorted((a, b) => a - b));
  expect(await orderOf(1)).toEqual(first);
  expect(await orderOf(2)).not.toEqual(first);
});
