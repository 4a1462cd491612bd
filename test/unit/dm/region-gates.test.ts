/**
 * Others read and write past a mirror, as the threads of exports do while a move is under way: each
 * write reaches the legs it has to reach, whatever is being copied.
 */
import { expect, test } from 'vitest';
import { must as present } from '../../../core/base/assert.ts';
import { sectors } from '../../../core/base/units.ts';
import type { Lease } from '../../../core/dm/lease.ts';
import type { MirrorSet } from '../../../core/dm/mirror/mirror-set.ts';
import { ALL_LEGS, enter, leave } from '../../../core/dm/mirror/region-gate.ts';
import { RegionGates } from '../../../core/dm/mirror/region-gates.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { partsOf, release, type Part } from '../../../core/nbd/thread/file-parts.ts';
import { MirrorWorld } from '../../support/mirrors.ts';
import { stamped, write } from '../../support/sectors.ts';
import { simulated } from '../../support/sim.ts';

const MOVE = 'core 1 16 2 8:0 0 8:16 32';
/** Microseconds of a request on the disks; a region takes two. */
const SLOW = 100;

class World extends MirrorWorld {
  private lease: Lease | undefined;
  volume: OpenDevice | undefined;

  /** A move of data, not of holes, and a lease of it. */
  async move(args = MOVE): Promise<void> {
    this.put(0, 0, stamped(1, 512));
    for (const disk of this.disks) disk.takesMicros = SLOW;
    this.volume = await this.mirror(args);
    this.lease = this.volume.lease(() => undefined);
  }

  /** Begins a write past the mirror. @returns undefined: only the engine may */
  begin(start: number, stamp: number, count = 1): readonly Part[] | undefined {
    const { leave } = present(this.lease, 'a lease');
    return partsOf(leave, { op: 'write', start: sectors(start), data: stamped(stamp, count) });
  }

  end(parts: readonly Part[]): void {
    for (const { file, position, data } of parts) this.put(file, position / 512, data);
    release(parts);
  }

  get isLent(): boolean {
    return this.lease !== undefined;
  }

  look(): void {
    this.lease?.look();
  }

  read(start: number): void {
    const { leave } = present(this.lease, 'a lease');
    partsOf(leave, { op: 'read', start: sectors(start), data: new Uint8Array(512) });
  }

  giveBack(): void {
    this.lease?.giveBack();
    this.lease = undefined;
  }

  async settled(): Promise<void> {
    for (let turn = 0; turn < 1000 && !this.status.includes('32/32'); turn++)
      await this.wait(0.001);
    expect(this.status).toContain('32/32');
  }
}

const run = (body: (lab: World) => Promise<void>): Promise<void> =>
  simulated(1, (sim) => body(new World(sim)));

const files = (parts: readonly Part[] | undefined) => parts?.map(({ file }) => file);

test('a write goes to the first leg before the copy, to both after it, and waits for it', () =>
  run(async (lab) => {
    await lab.move();
    // Regions 0 to 3 are being copied.
    expect(lab.begin(3, 5)).toBeUndefined();
    const ahead = present(lab.begin(500, 5), 'a write');
    expect(files(ahead)).toEqual([0]);
    lab.end(ahead);
    await lab.settled();
    const behind = present(lab.begin(3, 6), 'a write');
    expect(files(behind)).toEqual([0, 1]);
    lab.end(behind);
    expect([lab.stamp(0, 500), lab.stamp(1, 532), lab.stamp(0, 3), lab.stamp(1, 35)]).toEqual([
      5, 5, 6, 6,
    ]);
  }));

test('a region is not copied while it is written', () =>
  run(async (lab) => {
    await lab.move();
    const write = present(lab.begin(500, 5), 'a write');
    await lab.wait(1);
    expect(lab.status).toContain('31/32');
    expect(lab.begin(501, 6)).toBeUndefined();
    lab.end(write);
    await lab.settled();
    expect(lab.stamp(1, 532)).toBe(5);
  }));

/** More regions than there are counters: 5 and 1029 are counted together. */
test('nor kept waiting by regions that are counted with it, however much is written there', () =>
  simulated(1, async ({ scheduler }) => {
    const set = {
      regionSize: 16,
      log: { count: 3000 },
      regions: { stateOf: (region: number) => (region === 5 ? 'recovering' : 'clean') },
    };
    const gates = new RegionGates(set as unknown as MirrorSet);
    const { gate } = gates.lend();
    expect(enter(gate, 1029)).toBe(ALL_LEGS);
    let isQuiet = false;
    const quiet = present(gates.quiet(5, scheduler), 'a wait').then(() => (isQuiet = true));
    await sleep(scheduler, 500, 'a write');
    expect([isQuiet, enter(gate, 1029), enter(gate, 1030)]).toEqual([false, undefined, ALL_LEGS]);
    leave(gate, 1029);
    await quiet;
    expect([enter(gate, 1029), enter(gate, 5)]).toEqual([ALL_LEGS, undefined]);
  }));

test('a copy that had to wait for a write rests no longer than one that had not', () =>
  run(async (lab) => {
    await lab.move();
    const write = present(lab.begin(500, 5), 'a write');
    await lab.wait(0.05);
    expect(lab.status).toContain('31/32');
    lab.end(write);
    const again = present(lab.begin(3, 5), 'a write');
    await lab.wait(0.0005);
    lab.giveBack();
    await lab.wait(0.01);
    expect(lab.status).toContain('32/32');
    expect(again).toHaveLength(2);
  }));

test('a write over the border of two regions is cut there', () =>
  run(async (lab) => {
    await lab.move();
    await lab.settled();
    const write = present(lab.begin(12, 5, 8), 'a write');
    const runs = write.map(({ file, position, data }) => [file, position / 512, data.length / 512]);
    expect(runs).toEqual([
      [0, 12, 4],
      [1, 44, 4],
      [0, 16, 4],
      [1, 48, 4],
    ]);
  }));

test('through other devices, to legs that lie in partitions', () =>
  run(async (lab) => {
    lab.disk(0).first = 1000;
    lab.disk(1).first = 50;
    await lab.move();
    await lab.settled();
    const lines = ['0 100 linear vol 300', '100 64 striped 2 8 vol 8 vol 200'];
    const lease = present(
      (await lab.world.device('top', lines)).lease(() => undefined),
      'a lease',
    );
    const places = (start: number, count: number) => {
      const io = { op: 'write', start: sectors(start), data: stamped(1, count) } as const;
      const parts = present(partsOf(lease.leave, io), 'a write');
      release(parts);
      return parts.map(({ file, position, mark }) => [file, position / 512, mark?.count]);
    };
    // Sector 302 of the mirror, whose regions end at 304.
    expect(places(2, 4)).toEqual([
      [0, 1302, 2],
      [1, 384, 2],
      [0, 1304, 2],
      [1, 386, 2],
    ]);
    // The second chunk of the first leg, then that of the other one: 16 to 24, and 208 on.
    expect(places(116, 12)).toEqual([
      [0, 1016, 8],
      [1, 98, 8],
      [0, 1208, 4],
      [1, 290, 4],
    ]);
  }));

test('one half may be written, the other is being copied: the engine does all of it', () =>
  run(async (lab) => {
    await lab.move();
    // Region 4 is not being copied yet, region 3 is.
    expect(lab.begin(60, 5, 8)).toBeUndefined();
    await lab.settled();
  }));

test('a region that another leg has missed a write of is written on the first leg alone', () =>
  run(async (lab) => {
    await lab.move();
    await lab.settled();
    lab.disk(1).fails = ['write'];
    await write(present(lab.volume, 'a volume'), 20, 7);
    expect(files(lab.begin(21, 8))).toEqual([0]);
    expect(files(lab.begin(40, 8))).toEqual([0, 1]);
  }));

test('who was writing is gone: what may be on one leg alone is copied once more', () =>
  run(async (lab) => {
    await lab.move();
    await lab.settled();
    const [first] = present(lab.begin(3, 6), 'a write');
    lab.put(0, 3, present(first, 'a part').data);
    lab.giveBack();
    expect(lab.status).toContain('31/32');
    await lab.settled();
    expect([lab.stamp(0, 3), lab.stamp(1, 35)]).toEqual([6, 6]);
  }));

test('and while others are being copied each of them is copied once', () =>
  run(async (lab) => {
    await lab.move();
    await lab.wait(0.0005);
    present(lab.begin(3, 6), 'a write');
    lab.look();
    // It has given way, and copies several at a time again.
    await lab.wait(0.0015);
    const before = lab.disk(1).seen.filter((op) => op === 'write').length;
    lab.giveBack();
    await lab.settled();
    const all = lab.disk(1).seen.filter((op) => op === 'write').length;
    // All that were left by then, and the one.
    expect(before).toBeLessThan(28);
    expect(all).toBe(33);
  }));

test('what was done past it is seen: reads, and where writes met the copy', () =>
  run(async (lab) => {
    await lab.move();
    lab.end(present(lab.begin(500, 5), 'a write'));
    lab.read(320);
    lab.look();
    expect(lab.state).toMatchObject({
      lastRead: { leg: 0, region: 20 },
      met: { ahead: { count: 1, region: 31 } },
    });
    expect(lab.state.legs[0]?.reads).toBe(1);
    await lab.wait(0.001);
    lab.end(present(lab.begin(3, 5), 'a write'));
    lab.look();
    expect(lab.state.met?.behind).toEqual({ count: 1, region: 0 });
  }));

test('a move gives way to those who use what moves past it', async () => {
  const took = (reads: boolean): Promise<number> => {
    let micros = 0;
    return simulated(1, async (sim) => {
      const lab = new World(sim);
      await lab.move();
      const began = sim.scheduler.now;
      while (!lab.status.includes('32/32')) {
        await lab.wait(0.0001);
        if (reads) lab.read(5);
      }
      micros = sim.scheduler.now - began;
    }).then(() => micros);
  };
  const ratio = (await took(true)) / (await took(false));
  expect(ratio).toBeGreaterThan(8);
  expect(ratio).toBeLessThan(20);
});

test.each([
  ['errors are handled by taking another leg', `${MOVE} 1 handle_errors`],
  ['a log has to know of writes', 'disk 2 8:48 16 2 8:0 0 8:16 32'],
])('not past a mirror where %s', (_, args) =>
  run(async (lab) => {
    await lab.move(args);
    expect(lab.isLent).toBe(false);
  }),
);
