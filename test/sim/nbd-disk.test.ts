/**
 * Disks behind servers that break, stop, forget what was not flushed and come back: no write that a
 * flush covered is lost, no read finds what was overwritten, nothing waits for ever.
 */
import { describe, expect, test } from 'vitest';
import type { NbdDisk } from '../../core/nbd/client/nbd-disk.ts';
import type { ServerHow } from '../support/nbd-server.ts';
import { NbdWorld } from '../support/nbd-world.ts';
import { at, flush, read, stampsOf, write } from '../support/sectors.ts';
import { simulated, type Sim } from '../support/sim.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { SectorModel } from './nbd-model.ts';

const SECTORS = 96;
const SECOND = 1_000_000;

function howOf({ scheduler, random }: Sim): ServerHow {
  const blocks = random.pick([
    [1, 4096, 65536],
    [512, 4096, 4096],
    [1024, 4096, 8192],
    [4096, 4096, 2 ** 25],
  ] as const);
  return {
    size: BigInt(SECTORS * 512),
    blocks,
    flags: random.pick([0b1101101, 0b1100101, 0b1001101, 0b101, 0b101101]),
    structured: random.below(3) > 0,
    go: random.below(4) > 0 || blocks[0] > 512,
    scheduler,
    random,
    delayMicros: random.pick([1, 100, 20_000]),
  };
}

/** Servers come and go until told to stop; the last one stays. */
async function havoc(world: NbdWorld, { scheduler, random }: Sim, done: () => boolean) {
  for (let round = 0; round < 12 && !done(); round++) {
    await sleep(scheduler, random.below(400_000), 'peace');
    const kind = random.pick(['break', 'crash', 'forget', 'mute', 'deaf', 'error'] as const);
    if (kind === 'break') world.server?.kill();
    if (kind === 'crash' || kind === 'forget') world.crash(kind === 'forget', random);
    if (kind === 'mute' && world.server) world.server.mute = true;
    if (kind === 'deaf') [world.deaf] = [true, world.server?.kill()];
    if (kind === 'error') {
      const command = random.pick(['read', 'write', 'flush'] as const);
      world.server?.failures.push({ command, error: random.pick([5, 28, 108, 4711]) });
    }
    await sleep(scheduler, random.below(6 * SECOND), 'war');
    world.deaf = false;
    world.listening = true;
  }
}

class Run {
  readonly model = new SectorModel(SECTORS);
  failed = 0;
  private stamp = 0;

  constructor(
    readonly disk: NbdDisk,
    readonly sim: Sim,
  ) {}

  /** Writers of one place do not overlap in time: none of them could say which came last. */
  async work(steps: number): Promise<void> {
    const { random, scheduler } = this.sim;
    for (let step = 0; step < steps; step++) {
      const start = random.below(SECTORS);
      const count = 1 + random.below(Math.min(24, SECTORS - start));
      const kind = random.below(10);
      if (kind < 4) await this.write(start, count, kind === 0);
      else if (kind < 6) await this.read(start, count);
      else if (kind < 8) await this.blank(start, count);
      else await this.flush();
      await sleep(scheduler, random.below(200_000), 'thinking');
    }
  }

  async write(start: number, count: number, fua: boolean): Promise<void> {
    const stamp = ++this.stamp;
    const one = this.model.beginWrite(start, count, stamp);
    const done = await write(this.disk, start, stamp, count, fua);
    if (!done.ok) this.failed++;
    this.model.endWrite(one, done.ok, fua);
  }

  async blank(start: number, count: number): Promise<void> {
    const { random } = this.sim;
    const place = { start: at(start), count: at(count) };
    if (random.below(2) === 0) {
      this.model.discard(start, count);
      await this.disk.submit({ op: 'discard', ...place });
      return;
    }
    const [fua, unmap] = [random.below(2) === 0, random.below(2) === 0];
    const one = this.model.beginWrite(start, count, 0);
    const done = await this.disk.submit({ op: 'zero', ...place, fua, unmap });
    if (!done.ok) this.failed++;
    this.model.endWrite(one, done.ok, fua);
  }

  async read(start: number, count: number): Promise<void> {
    const allowed = this.model.beginRead(start, count);
    const stamps = await read(this.disk, start, count);
    if (typeof stamps === 'string') this.failed++;
    this.model.endRead(allowed, typeof stamps === 'string' ? undefined : stamps);
  }

  async flush(): Promise<void> {
    const snapshot = this.model.beginFlush();
    const done = await flush(this.disk);
    if (!done.ok) this.failed++;
    this.model.endFlush(snapshot, done.ok);
  }
}

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

describe.each(['queue', 'fail'] as const)('a disk with policy %s', (onLoss) => {
  test.each(SEEDS)('keeps its promises, seed %i', (seed) =>
    simulated(seed, async (sim) => {
      const { scheduler, random } = sim;
      const pipe = { scheduler, random, delayMicros: 1000 };
      const world = new NbdWorld(pipe, howOf(sim));
      const disk = world.disk({ onLoss });
      expect(await disk.open()).toMatchObject({ ok: true });
      const run = new Run(disk, sim);
      let over = false;
      const war = havoc(world, sim, () => over);
      await Promise.all(Array.from({ length: 4 }, () => run.work(20)));
      over = true;
      if (random.below(2) === 0) await run.flush();
      // Both ends lose power at once.
      const link = disk.close();
      world.crash(true, random);
      await Promise.all([link, war]);
      run.model.expectDurable(stampsOf(world.platter.durable));
    }),
  );
});

test('a server that never comes back is asked a bounded number of times, and nobody hangs', () =>
  simulated(7, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 65536n });
    const disk = world.disk();
    await disk.open();
    world.crash();
    const began = scheduler.now;
    expect(await write(disk, 0, 1)).toMatchObject({
      ok: false,
      error: { why: expect.stringContaining('connection refused') as string },
    });
    expect(scheduler.now - began).toBeLessThanOrEqual(31 * SECOND);
    const { dials } = world;
    expect(dials).toBeLessThan(25);
    await sleep(scheduler, 600 * SECOND, 'ten minutes');
    expect(world.dials).toBe(dials);
    expect(await read(disk, 0)).toBe('io-failed');
    expect(scheduler.now - began).toBeLessThanOrEqual(632 * SECOND);
    world.listening = true;
    await disk.look();
    expect(disk.trouble).toBeUndefined();
    expect(await read(disk, 0)).toEqual([0]);
    await disk.close();
  }));

test('what a forgetful server acknowledged and did not flush is written again', () =>
  simulated(8, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 65536n });
    const disk = world.disk();
    await disk.open();
    await write(disk, 4, 44, 4);
    await write(disk, 6, 66);
    world.crash(true);
    world.listening = true;
    expect(await read(disk, 4, 4)).toEqual([44, 44, 66, 44]);
    expect(world.servers).toBe(2);
    expect(await flush(disk)).toMatchObject({ ok: true });
    await disk.close();
    expect(stampsOf(world.platter.durable.subarray(2048, 4096))).toEqual([44, 44, 66, 44]);
  }));

test.each<[string, (how: ServerHow) => void, RegExp]>([
  ['another size', (how) => (how.size = 131072n), /had 65536 bytes and has 131072 now/],
  ['read-only', (how) => (how.flags = 0b100011), /can only be read now/],
  ['without flush', (how) => (how.flags = 0b1), /other things/],
  ['larger blocks', (how) => (how.blocks = [4096, 4096, 65536]), /block sizes/],
])('an export that comes back %s is another disk', (_name, change, why) =>
  simulated(9, async ({ scheduler }) => {
    const how: ServerHow = { size: 65536n };
    const world = new NbdWorld({ scheduler }, how);
    const disk = world.disk();
    await disk.open();
    world.crash();
    change(how);
    world.listening = true;
    expect(await read(disk, 0)).toBe('io-failed');
    expect(disk.lost).toBe(true);
    expect(disk.trouble).toMatch(why);
    await disk.close();
  }),
);

test('a request that breaks every connection fails in the end', () =>
  simulated(10, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 65536n });
    const disk = world.disk();
    await disk.open();
    world.onServer = (server) => server.failures.push({ command: 'read', error: 108 });
    world.server?.kill();
    expect(await read(disk, 5)).toBe('io-failed');
    expect(world.servers).toBeLessThan(10);
    expect(await write(disk, 5, 5)).toMatchObject({ ok: true });
    await disk.close();
  }));

test('a server that stops answering counts as away before its connection counts as broken', () =>
  simulated(11, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 65536n });
    const disk = world.disk({ onLoss: 'fail' });
    await disk.open();
    if (world.server) world.server.mute = true;
    const asked = read(disk, 5);
    await sleep(scheduler, 6 * SECOND, 'silence');
    expect(disk.trouble).toBe('does not answer');
    expect(await asked).toBe('io-failed');
    expect(scheduler.now).toBeLessThan(40 * SECOND);
    await sleep(scheduler, SECOND, 'another one');
    expect(disk.trouble).toBeUndefined();
    await disk.close();
  }));

test('after a flush that failed, the next one that succeeds has covered everything', () =>
  simulated(12, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 65536n });
    const disk = world.disk();
    await disk.open();
    await write(disk, 9, 99);
    world.server?.failures.push({ command: 'flush', error: 5 });
    expect(await flush(disk)).toMatchObject({
      ok: false,
      error: { why: 'the server says: input/output error' },
    });
    expect(await flush(disk)).toMatchObject({ ok: true });
    world.crash(true);
    expect(stampsOf(world.platter.durable)[9]).toBe(99);
    await disk.close();
  }));

test('a success that comes together with a failed flush is none', () =>
  simulated(14, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 65536n });
    const disk = world.disk();
    await disk.open();
    await write(disk, 9, 99);
    world.server?.failures.push({ command: 'flush', error: 5 });
    world.server?.keepBack();
    const both = [flush(disk), flush(disk)];
    await sleep(scheduler, SECOND, 'both are answered');
    world.server?.letGo();
    expect(await Promise.all(both)).toMatchObject([{ ok: false }, { ok: true }]);
    world.crash(true);
    expect(stampsOf(world.platter.durable)[9]).toBe(99);
    await disk.close();
  }));

test('a disk that is never flushed is flushed before its writes fill the memory', () =>
  simulated(13, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: 5n * 2n ** 23n });
    const disk = world.disk();
    await disk.open();
    const flushes = (): number =>
      world.server?.asked.filter((one) => one.startsWith('flush')).length ?? 0;
    // What is written again to one place is held once.
    for (let round = 0; round < 6; round++) await write(disk, 0, round, 16384);
    expect(flushes()).toBe(0);
    for (let round = 0; round < 5; round++) await write(disk, round * 16384, round, 16384);
    await sleep(scheduler, SECOND, 'the flush');
    expect(flushes()).toBe(1);
    await disk.close();
  }));
