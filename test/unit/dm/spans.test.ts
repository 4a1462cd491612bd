/** Zeros, discards and the question for holes on their way through device-mapper. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { allocationOf } from '../../../core/block/allocation.ts';
import type { Allocation, BlockDevice } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { legRuns, placeOf } from '../../../core/dm/layout.ts';
import { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { DRAIN, DmWorld, HOLD } from '../../support/dm.ts';
import { TestDisk } from '../../support/ram.ts';
import { at, discard, holes, read, write, zero } from '../../support/sectors.ts';
import { simulated } from '../../support/sim.ts';

const OK = { ok: true };

test('a long run becomes one request a leg, through a stack as well', async () => {
  for (const fastPath of [true, false]) {
    const world = new DmWorld({ fastPath });
    const disks = ['sda', 'sdb', 'sdc'].map((name) => new TestDisk(name, 4096));
    for (const disk of disks) world.disk(disk);
    await world.device('low', ['0 2400 striped 2 8 8:0 100 8:16 200']);
    await world.device('mid', ['0 2000 linear low 400', '2000 100 linear 8:32 7']);
    const top = await world.device('top', ['0 2100 linear mid 0']);
    expect(await discard(top, 3, 2050)).toEqual(OK);
    expect(await zero(top, 12, 9, { fua: true })).toEqual(OK);
    expect(disks.map(({ log }) => log)).toEqual([
      ['discard 303+997', 'zero 308+5 fua'],
      ['discard 400+1000', 'zero 404+4 fua'],
      ['discard 7+53'],
    ]);
  }
});

test('a run on several legs is each of its sectors on one of them', () => {
  const random = new Prng(5);
  for (let round = 0; round < 300; round++) {
    const layout = {
      chunk: sectors(1 + random.below(9)),
      legs: Array.from({ length: 1 + random.below(5) }),
    };
    const [offset, count] = [sectors(random.below(90)), sectors(1 + random.below(90))];
    const expected = new Set<string>();
    for (let sector = offset; sector < offset + count; sector = sectors(sector + 1)) {
      const place = placeOf(layout, sector);
      expected.add(`${place.leg} ${place.offset}`);
    }
    const runs = legRuns(layout, offset, count);
    const found = runs.flatMap((run) =>
      Array.from({ length: run.count }, (_, index) => `${run.leg} ${run.offset + index}`),
    );
    expect(new Set(runs.map(({ leg }) => leg)).size).toBe(runs.length);
    expect(found).toHaveLength(count);
    expect(new Set(found)).toEqual(expected);
  }
});

test('they wait at a closed gate in their turn', async () => {
  const world = new DmWorld();
  world.ram(1);
  const volume = await world.device('vol', ['0 1024 linear 8:0 0']);
  await write(volume, 0, 1, 1024);
  await world.dm.suspend('vol', HOLD);
  const pending = [
    zero(volume, 0, 10),
    write(volume, 5, 2),
    discard(volume, 900, 9),
    zero(volume, 5, 1),
  ];
  expect(world.state('vol')).toMatchObject({ queued: 4, inFlight: 0 });
  expect(await holes(volume, 0, 1024)).toBe(0);
  await world.dm.resume('vol');
  expect(await Promise.all(pending)).toEqual([OK, OK, OK, OK]);
  expect(await read(volume, 4, 8)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

test('one in flight is counted, and a suspend waits for it', () =>
  simulated(3, async ({ scheduler, random }) => {
    const world = new DmWorld({ scheduler });
    world.disk(
      new RamDisk('sda', at(64), undefined, { scheduler, random, maxMicros: 50, minMicros: 50 }),
    );
    const volume = await world.device('vol', ['0 64 linear 8:0 0']);
    const pending = zero(volume, 0, 64);
    await sleep(scheduler, 1, 'test');
    expect(world.state('vol').inFlight).toBe(1);
    const before = scheduler.now;
    await world.dm.suspend('vol', DRAIN);
    expect(scheduler.now - before).toBe(49);
    expect(await pending).toEqual(OK);
  }));

/** Answers when it is told to. */
class SlowToTell extends RamDisk {
  private readonly asked: (() => void)[] = [];

  override async allocation(start: Allocation['start'], count: Allocation['count']) {
    await new Promise<void>((resolve) => this.asked.push(resolve));
    return super.allocation(start, count);
  }

  tell(): void {
    for (const go of this.asked.splice(0)) go();
  }
}

test('an answer of a table that is no longer live says nothing', async () => {
  const world = new DmWorld();
  const slow = new SlowToTell('sda', at(1024));
  world.disk(slow);
  world.ram(1);
  const volume = await world.device('vol', ['0 1024 linear 8:0 0']);
  const asked = volume.allocation(at(0), at(1024));
  await world.swap('vol', ['0 1024 linear 8:16 0']);
  await write(volume, 0, 7, 1024);
  slow.tell();
  expect(await asked).toEqual([{ start: 0, count: 1024, kind: 'data' }]);
  await world.swap('vol', ['0 1024 linear 8:0 0']);
  const again = volume.allocation(at(0), at(1024));
  slow.tell();
  expect(await again).toEqual([{ start: 0, count: 1024, kind: 'hole' }]);
});

test('what a volume of many legs says is what its sectors hold', async () => {
  const random = new Prng(9);
  let found = 0;
  for (let round = 0; round < 30; round++) {
    const world = new DmWorld();
    world.ram(3);
    const chunk = random.pick([8, 64, 128, 256]);
    const stripes = random.pick([2, 3]);
    const legs = ['8:0 0', '8:16 128', '8:32 1000'].slice(0, stripes).join(' ');
    const length = stripes * 2048;
    const volume = await world.device('vol', [
      `0 ${length} striped ${stripes} ${chunk} ${legs}`,
      `${length} 100 zero`,
      `${length + 100} 50 error`,
    ]);
    for (let count = random.below(6); count > 0; count--) {
      const start = random.below(length - 300);
      await write(volume, start, 5, 1 + random.below(300));
      if (random.chance(30)) await zero(volume, random.below(length - 900), random.below(900) + 1);
    }
    for (const [start, count] of [
      [0, length + 150],
      [random.below(length), 1 + random.below(100)],
      [length - 1, 151],
    ] as const) {
      found += await holes(volume, start, count);
    }
    const [last] = (await allocationOf(volume, at(length), at(150))).toReversed();
    expect(last).toEqual({ start: length + 100, count: 50, kind: 'data' });
  }
  expect(found).toBeGreaterThan(30 * 2000);
});

test('an answer about millions of mixed chunks is short, and takes no time', async () => {
  const world = new DmWorld();
  const size = sectors(2 ** 36);
  world.disk(new RamDisk('sda', size));
  const full: BlockDevice = { ...plain(size), name: 'sdb' };
  world.disk(full);
  world.disk(new RamDisk('sdc', size));
  const mixed = await world.device('mixed', [`0 ${2 ** 36} striped 2 128 8:0 0 8:16 0`]);
  const runs = await mixed.allocation(at(0), sectors(2 ** 36));
  expect(runs.length).toBeLessThan(20_000);
  expect(runs[0]).toEqual({ start: 0, count: 128, kind: 'hole' });
  expect(runs.at(-1)?.kind).toBe('data');
  const empty = await world.device('empty', [`0 ${2 ** 36} striped 2 128 8:0 0 8:32 0`]);
  expect(await empty.allocation(at(0), sectors(2 ** 36))).toHaveLength(1);
});

/** Cannot tell what is stored. */
const plain = (size: BlockDevice['size']): BlockDevice => ({
  name: 'plain',
  size,
  readOnly: false,
  submit: () => Promise.resolve({ ok: true, value: undefined }),
});

test('targets treat them as writes', () =>
  simulated(4, async ({ scheduler }) => {
    const world = new DmWorld({ scheduler });
    world.ram(1);
    const slow = await world.device('slow', ['0 64 delay 8:0 0 5 8:0 0 20']);
    const began = scheduler.now;
    await Promise.all([zero(slow, 0, 9), discard(slow, 20, 9)]);
    expect(scheduler.now - began).toBe(20_000);
    expect(await holes(slow, 0, 64)).toBe(64);

    const bad = await world.device('bad', ['0 64 error']);
    expect(await zero(bad, 0, 1)).toMatchObject({ error: { op: 'zero', why: 'error target' } });
    expect(await discard(bad, 0, 1)).toMatchObject({ error: { op: 'discard' } });
    expect(await holes(bad, 0, 64)).toBe(0);

    const none = await world.device('none', ['0 64 zero']);
    expect(await zero(none, 0, 64)).toEqual(OK);
    expect(await discard(none, 0, 64)).toEqual(OK);
    expect(await holes(none, 0, 64)).toBe(64);

    const drops = await world.device('drops', ['0 64 flakey 8:0 0 1 1 1 drop_writes']);
    await write(drops, 0, 3, 64);
    await sleep(scheduler, 1.2e6, 'test');
    expect(await zero(drops, 0, 64)).toEqual(OK);
    expect(await discard(drops, 0, 64)).toEqual(OK);
    expect(await holes(drops, 0, 64)).toBe(0);
    await sleep(scheduler, 1e6, 'test');
    expect(await read(drops, 0, 2)).toEqual([3, 3]);
    expect(await zero(drops, 0, 64)).toEqual(OK);
    expect(await read(drops, 0, 2)).toEqual([0, 0]);

    const down = await world.device('down', ['0 64 flakey 8:0 0 1 1']);
    expect(await holes(down, 0, 64)).toBe(0);
    await sleep(scheduler, 1.2e6, 'test');
    expect(await zero(down, 0, 64)).toMatchObject({ ok: false });
  }));

test('a read-only device takes neither', async () => {
  const world = new DmWorld();
  world.ram(1);
  world.dm.create('ro', '');
  world.dm.load('ro', ['0 64 linear 8:0 0'], true);
  await world.dm.resume('ro');
  const upper = await world.device('over', ['0 64 linear 8:0 0']);
  await write(upper, 0, 4, 64);
  const opened = world.dm.open('ro');
  if (!opened.ok) throw new Error(opened.error.reason);
  for (const done of [await zero(opened.value, 0, 9), await discard(opened.value, 0, 9)]) {
    expect(done).toMatchObject({ error: { code: 'read-only' } });
  }
  expect(await read(upper, 0)).toEqual([4]);
});
