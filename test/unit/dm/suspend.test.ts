import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import type { BlockDevice, Io, IoResult } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { answer, DmWorld, DRAIN, HOLD } from '../../support/dm.ts';
import { flush, read, write } from '../../support/sectors.ts';
import { fateOf, turn } from '../../support/sim.ts';

/** A disk that keeps every request until it is told to let one go. */
class HandDisk implements BlockDevice {
  readonly name = 'hand';
  readonly readOnly = false;
  readonly size = sectors(4096);
  readonly below = new RamDisk('hand', this.size);
  readonly waiting: { readonly io: Io; readonly go: () => void }[] = [];

  submit(io: Io): Promise<IoResult> {
    return new Promise((resolve) => {
      this.waiting.push({ io, go: () => resolve(this.below.submit(io)) });
    });
  }

  /** The waiting requests: `write 5`, `flush`. */
  get requests(): readonly string[] {
    return this.waiting.map(({ io }) => (io.op === 'flush' ? 'flush' : `${io.op} ${io.start}`));
  }

  async letGo(index = 0): Promise<void> {
    this.waiting.splice(index, 1)[0]?.go();
    await turn();
  }
}

async function handled() {
  const world = new DmWorld();
  const disk = new HandDisk();
  world.disk(disk);
  const volume = await world.device('vol', ['0 100 linear 8:0 0']);
  return { world, disk, volume, dm: world.dm };
}

test('suspend waits for what is in flight and lets nothing new through', async () => {
  const { world, disk, volume, dm } = await handled();
  const [first, second] = [write(volume, 1, 1), write(volume, 2, 2)];
  const suspended = dm.suspend('vol', DRAIN);
  const third = write(volume, 3, 3);
  expect(world.state('vol')).toMatchObject({ inFlight: 2, queued: 1, suspended: false });
  expect(disk.requests).toEqual(['write 1', 'write 2']);
  await disk.letGo(1);
  expect(await fateOf(suspended)).toBe('pending');
  expect(await second).toEqual({ ok: true });
  await disk.letGo();
  expect(answer(await suspended)).toBe('done');
  expect(await first).toEqual({ ok: true });
  expect(world.state('vol')).toMatchObject({ inFlight: 0, queued: 1, suspended: true });
  expect(await fateOf(third)).toBe('pending');
  await dm.resume('vol');
  expect(disk.requests).toEqual(['write 3']);
  await disk.letGo();
  expect(await third).toEqual({ ok: true });
  expect(world.state('vol')).toMatchObject({ inFlight: 0, queued: 0, suspended: false });
});

test('the queue is let through in the order it came, through the table live then', async () => {
  const { world, disk, volume, dm } = await handled();
  await dm.suspend('vol', DRAIN);
  const all = [write(volume, 5, 1), write(volume, 4, 2), flush(volume), write(volume, 5, 3)];
  expect(answer(dm.load('vol', ['0 100 linear 8:0 1000']))).toBe('done');
  await dm.resume('vol');
  expect(disk.requests).toEqual(['write 1005', 'write 1004', 'flush', 'write 1005']);
  while (disk.waiting.length > 0) await disk.letGo();
  expect(await Promise.all(all)).toEqual(Array(4).fill({ ok: true }));
  expect(await read(disk.below, 1004, 2)).toEqual([2, 3]);
  expect(world.state('vol').queued).toBe(0);
});

test('a request that no longer fits when the gate opens is refused then', async () => {
  const { disk, volume, dm } = await handled();
  await dm.suspend('vol', DRAIN);
  const [inside, outside] = [write(volume, 5, 1), write(volume, 99, 1)];
  dm.load('vol', ['0 50 linear 8:0 0']);
  await dm.resume('vol');
  expect(await outside).toMatchObject({ error: { code: 'out-of-range', size: 50 } });
  await disk.letGo();
  expect(await inside).toEqual({ ok: true });
});

test('a resume with a new table suspends first: nothing in flight meets the swap', async () => {
  const { world, disk, volume, dm } = await handled();
  const before = write(volume, 1, 1);
  dm.load('vol', ['0 200 linear 8:0 1000']);
  const resumed = dm.resume('vol');
  const after = write(volume, 150, 2);
  expect(world.table('vol')).toEqual(['0 100 linear 8:0 0']);
  expect(await fateOf(resumed)).toBe('pending');
  await disk.letGo();
  expect(answer(await resumed)).toBe('done');
  expect(await before).toEqual({ ok: true });
  expect(disk.requests).toEqual(['write 1150']);
  await disk.letGo();
  expect(await after).toEqual({ ok: true });
});

test('a table dropped or replaced while a resume waits does not go live', async () => {
  const { world, disk, volume, dm } = await handled();
  for (const replace of [() => dm.clear('vol'), () => dm.load('vol', ['0 100 linear 8:0 2000'])]) {
    const before = write(volume, 1, 1);
    dm.load('vol', ['0 200 error']);
    const resumed = dm.resume('vol');
    replace();
    await disk.letGo();
    expect(answer(await resumed)).toBe('done');
    expect(await before).toEqual({ ok: true });
  }
  expect(world.table('vol')).toEqual(['0 100 linear 8:0 2000']);
});

test('while one change runs, another is refused and changes nothing', async () => {
  const { world, disk, volume, dm } = await handled();
  const pending = write(volume, 1, 1);
  const suspended = dm.suspend('vol', DRAIN);
  volume.close();
  for (const refused of [await dm.suspend('vol', HOLD), await dm.resume('vol'), dm.remove('vol')]) {
    expect(answer(refused)).toBe('EBUSY another change is running');
  }
  await disk.letGo();
  expect(answer(await suspended)).toBe('done');
  expect(await pending).toEqual({ ok: true });
  expect(world.state('vol').suspended).toBe(true);
});

test('a device may be renamed while it waits to be suspended', async () => {
  const { world, disk, volume, dm } = await handled();
  const pending = write(volume, 1, 1);
  const suspended = dm.suspend('vol', DRAIN);
  dm.rename('vol', 'new');
  world.happened();
  await disk.letGo();
  expect(answer(await suspended)).toBe('done');
  expect(world.happened()).toEqual(['device new']);
  await dm.resume('new');
  expect(await pending).toEqual({ ok: true });
});

test('how it was suspended is known as long as it is; hold does not freeze', async () => {
  const { dm } = await handled();
  expect(dm.suspension('vol')).toBeUndefined();
  await dm.suspend('vol', { inFlight: 'drain', freeze: true });
  expect(dm.suspension('vol')).toEqual({ inFlight: 'drain', freeze: true });
  await dm.suspend('vol', HOLD);
  expect(dm.suspension('vol')).toEqual({ inFlight: 'drain', freeze: true });
  await dm.resume('vol');
  expect(dm.suspension('vol')).toBeUndefined();
  await dm.suspend('vol', { inFlight: 'hold', freeze: true });
  expect(dm.suspension('vol')).toEqual({ inFlight: 'hold', freeze: false });
});

test('a suspended device below keeps the I/O of the one above, which cannot drain', async () => {
  const { world, disk, volume, dm } = await handled();
  volume.close();
  const up = await world.device('up', ['0 50 linear vol 50']);
  await dm.suspend('vol', DRAIN);
  const written = write(up, 3, 7);
  await turn();
  expect(world.state('vol')).toMatchObject({ queued: 1, inFlight: 0 });
  expect(world.state('up')).toMatchObject({ queued: 0, inFlight: 1 });
  const suspended = dm.suspend('up', DRAIN);
  expect(await fateOf(suspended)).toBe('pending');
  await dm.resume('vol');
  expect(await fateOf(suspended)).toBe('pending');
  expect(disk.requests).toEqual(['write 53']);
  await disk.letGo();
  expect(answer(await suspended)).toBe('done');
  expect(await written).toEqual({ ok: true });
});

test('a flush goes to every device below once and answers when the last has', async () => {
  const world = new DmWorld();
  const disks = [new HandDisk(), new HandDisk(), new HandDisk()];
  for (const disk of disks) world.disk(disk);
  const segments = ['0 10 linear 8:0 0', '10 10 linear 8:0 50', '20 20 striped 2 5 8:16 0 8:0 90'];
  const volume = await world.device('vol', segments);
  const flushed = flush(volume);
  expect(disks.map(({ requests }) => requests)).toEqual([['flush'], ['flush'], []]);
  await disks[0]!.letGo();
  expect(await fateOf(flushed)).toBe('pending');
  await disks[1]!.letGo();
  expect(await flushed).toEqual({ ok: true });
});

test('fua reaches the disk with every part', async () => {
  const world = new DmWorld();
  const disk = new HandDisk();
  world.disk(disk);
  const volume = await world.device('vol', ['0 20 striped 2 5 8:0 0 8:0 90']);
  void write(volume, 3, 1, 9, true);
  void write(volume, 15, 1, 2, false);
  const marks = disk.waiting.map(({ io }) => (io.op === 'write' ? io.fua : undefined));
  expect(disk.requests).toEqual(['write 3', 'write 90', 'write 5', 'write 95']);
  expect(marks).toEqual([true, true, true, false]);
});
