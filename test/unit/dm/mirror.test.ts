/** The mirror target: writes, reads, recovery and what failures do (reference 5.4, 7). */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { fateOf, simulated, type Sim } from '../../support/sim.ts';
import { flush, read, write, zero, discard, stamped } from '../../support/sectors.ts';
import { MirrorWorld, REGION } from '../../support/mirrors.ts';
import { must } from '../../support/results.ts';

const OK = { ok: true };
const IN_SYNC = 'core 2 16 nosync 2 8:0 0 8:16 0 1 handle_errors';

const run = (body: (lab: MirrorWorld) => Promise<void>, seed = 1): Promise<void> =>
  simulated(seed, (sim: Sim) => body(new MirrorWorld(sim)));

test('a mirror in sync writes to all legs and reads them in turn', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
    expect(await write(volume, 5, 7, 30)).toEqual(OK);
    expect([0, 1].map((leg) => lab.stamp(leg, 34))).toEqual([7, 7]);
    expect(await read(volume, 5, 2)).toEqual([7, 7]);
    expect(await read(volume, 20)).toEqual([7]);
    const { legs, lastRead } = lab.state;
    expect(legs.map(({ reads }) => reads)).toEqual([1, 1]);
    expect(lastRead).toEqual({ leg: 1, region: 1 });
    expect(await zero(volume, 5, 2)).toEqual(OK);
    expect(await discard(volume, 20, 4)).toEqual(OK);
    expect([0, 1].map((leg) => lab.stamp(leg, 21))).toEqual([0, 0]);
    expect(lab.events).toBe(0);
  }));

test('what is not in sync is copied from the first leg, and the end is an event', () =>
  run(async (lab) => {
    lab.put(0, 0, stamped(3, 512));
    must(lab.world.dm.throttle(0));
    const volume = await lab.mirror('core 1 16 2 8:0 0 8:16 100 1 handle_errors');
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 AA 1 core');
    expect(lab.state.cells).toBe('n'.repeat(32));
    // Only the first leg is read and written before.
    expect(await write(volume, 8, 9)).toEqual(OK);
    expect(await read(volume, 8)).toEqual([9]);
    expect(lab.stamp(1, 108)).toBe(0);
    expect(lab.state.met).toEqual({ ahead: { count: 1, region: 0 } });
    must(lab.world.dm.throttle(10));
    await lab.wait(1.05);
    expect(lab.status).toBe('2 8:0 8:16 11/32 1 AA 1 core');
    expect(lab.state.cells).toBe('c'.repeat(11) + 'n'.repeat(21));
    must(lab.world.dm.throttle(undefined));
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
    expect(lab.events).toBe(1);
    expect([108, 611].map((sector) => lab.stamp(1, sector))).toEqual([9, 3]);
    // A device of its own may be faster or slower than the rest.
    must(lab.world.dm.throttle(5, 'vol'));
    expect(lab.world.dm.throttle(5, 'no')).toMatchObject({ ok: false });
  }));

test('the legs are flushed once, after the last of the regions was copied', () =>
  run(async (lab) => {
    // The last regions end together, and out of order.
    const delays = [3, 1, 2, 1, 4, 1, 1];
    const slow = { submit: lab.disk(1).submit.bind(lab.disk(1)) };
    lab.disk(1).submit = async (io) => {
      if (io.op === 'write') await lab.wait(1e-3 * (delays[(io.start / REGION) % 7] ?? 0));
      return slow.submit(io);
    };
    await lab.mirror('core 1 16 2 8:0 0 8:16 0 1 handle_errors');
    await lab.wait(1);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
    expect(lab.events).toBe(1);
    const copied = (op: 'read' | 'write'): string[] => Array.from({ length: 32 }, () => op);
    expect(lab.disk(0).seen).toEqual([...copied('read'), 'flush']);
    expect(lab.disk(1).seen).toEqual([...copied('write'), 'flush']);
  }));

test('a write to a region that is being copied waits, and comes after the copy', () =>
  run(async (lab) => {
    lab.put(0, 0, stamped(3, 512));
    let open = (): void => undefined;
    lab.disk(1).gate = new Promise((resolve) => {
      open = resolve;
    });
    const volume = await lab.mirror('core 1 16 2 8:0 0 8:16 0 1 handle_errors');
    await lab.wait(0.01);
    expect(lab.state.cells.slice(0, 5)).toBe('rrrrn');
    const writing = write(volume, 3, 5);
    expect(await fateOf(writing)).toBe('pending');
    expect(lab.stamp(0, 3)).toBe(3);
    open();
    lab.disk(1).gate = undefined;
    expect(await writing).toEqual(OK);
    expect([0, 1].map((leg) => lab.stamp(leg, 3))).toEqual([5, 5]);
    expect(lab.stamp(1, 4)).toBe(3);
    expect(lab.state.met).toEqual({ at: { count: 1, region: 0 } });
  }));

test('the region in flight is finished before a suspend ends, and no other begins', () =>
  run(async (lab) => {
    must(lab.world.dm.throttle(1));
    await lab.mirror('core 1 16 2 8:0 0 8:16 0 1 handle_errors');
    await lab.wait(3.5);
    expect(lab.status).toMatch(/ 4\/32 /);
    await lab.suspend('hold');
    await lab.wait(5);
    expect(lab.status).toMatch(/ 4\/32 /);
    await lab.resume();
    await lab.wait(2.5);
    expect(lab.status).toMatch(/ 7\/32 /);
  }));

test('a mirror in memory is flushed as it rests: a log that comes next may call it clean', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    expect(await write(volume, 20, 5)).toEqual(OK);
    for (const leg of [0, 1]) lab.disk(leg).seen = [];
    await lab.suspend('hold');
    expect([lab.disk(0).seen, lab.disk(1).seen]).toEqual([['flush'], ['flush']]);
  }));

test('it rests all the same where a mirror below would keep the flush for its repair', () =>
  run(async (lab) => {
    await lab.mirror(IN_SYNC);
    await lab.world.device('top', ['0 512 mirror core 2 16 nosync 2 253:0 0 8:32 0']);
    lab.disk(1).fails = ['flush'];
    must(await lab.world.dm.suspend('top', { inFlight: 'drain', freeze: false }));
    expect(lab.world.state('top').suspended).toBe(true);
  }));

test('a failed write is held until a suspend puts it back', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    lab.disk(1).fails = ['write', 'read'];
    const writing = write(volume, 3, 5);
    expect(await fateOf(writing)).toBe('pending');
    // As dmsetup showed it on Linux.
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 AD 1 core');
    expect([lab.events, lab.state.held]).toEqual([1, 1]);
    // Other regions go on to be tried; this one is read from the leg that has it.
    expect(await read(volume, 3)).toEqual([5]);
    expect(await fateOf(write(volume, 4, 6))).toBe('pending');
    await lab.suspend('hold');
    expect(lab.world.state('vol').queued).toBe(2);
    must(lab.world.dm.load('vol', ['0 512 linear 8:0 0']));
    await lab.resume();
    expect(await writing).toEqual(OK);
    expect(lab.stamp(0, 4)).toBe(6);
  }));

test('a suspend that drains turns held writes into errors, as do legs that have all failed', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    lab.disk(1).fails = ['write'];
    const writing = write(volume, 3, 5);
    expect(await fateOf(writing)).toBe('pending');
    lab.disk(0).fails = ['write'];
    expect(await write(volume, 40, 5)).toMatchObject({ ok: false });
    expect(lab.status).toBe('2 8:0 8:16 30/32 1 DD 1 core');
    await lab.suspend('drain');
    expect(await writing).toMatchObject({ ok: false, error: { code: 'io-failed' } });
    lab.disk(0).fails = [];
    lab.disk(1).fails = [];
    await lab.resume();
    await lab.wait(0.1);
    // What was not the same is copied anew, and all is forgiven.
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
  }));

test('without handle_errors failed writes are reported as success, and no event is raised', () =>
  run(async (lab) => {
    const volume = await lab.mirror('core 2 16 nosync 2 8:0 0 8:16 0');
    lab.disk(1).fails = ['write'];
    expect(await write(volume, 3, 5)).toEqual(OK);
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 AD 1 core');
    expect(lab.events).toBe(0);
    expect(await read(volume, 3)).toEqual([5]);
    // One leg is read as long as it works: the other may be out of date.
    expect(lab.state.legs.map(({ reads }) => reads)).toEqual([1, 0]);
  }));

test('keep_log: failed writes are completed, until the last leg fails', () =>
  run(async (lab) => {
    const volume = await lab.mirror('core 2 16 nosync 2 8:0 0 8:16 0 2 handle_errors keep_log');
    lab.disk(0).fails = ['write'];
    expect(await write(volume, 3, 5)).toEqual(OK);
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 DA 1 core');
    expect(lab.state.primary).toBe(1);
    expect(await read(volume, 3)).toEqual([5]);
    lab.disk(1).fails = ['write'];
    expect(await write(volume, 40, 5)).toMatchObject({ ok: false });
  }));

test('a read that fails goes to another leg, and the leg is read no more', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    await write(volume, 0, 4, 32);
    lab.disk(0).fails = ['read'];
    for (const sector of [0, 1, 20]) expect(await read(volume, sector)).toEqual([4]);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 RA 1 core');
    expect([lab.events, lab.state.primary]).toEqual([1, 1]);
    expect(lab.state.legs.map(({ reads }) => reads)).toEqual([1, 3]);
    // Writes still go to both.
    expect(await write(volume, 2, 8)).toEqual(OK);
    expect(lab.stamp(0, 2)).toBe(8);
    lab.disk(1).fails = ['read'];
    expect(await read(volume, 2)).toBe('io-failed');
    // Where no leg is without an error, the one that can be read answers.
    lab.disk(0).fails = [];
    expect(await read(volume, 2)).toEqual([8]);
  }));

test('a read that fails where a write has failed meanwhile goes to the leg that has it', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    let open = (): void => undefined;
    lab.disk(0).gate = new Promise((resolve) => {
      open = resolve;
    });
    lab.disk(0).fails = ['read', 'write'];
    const reading = read(volume, 3);
    expect(await fateOf(reading)).toBe('pending');
    lab.disk(0).gate = undefined;
    expect(await fateOf(write(volume, 3, 5))).toBe('pending');
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 DA 1 core');
    open();
    expect(await reading).toEqual([5]);
  }));

test('a region that cannot be copied stays out of sync until the next resume', () =>
  run(async (lab) => {
    lab.disk(1).fails = ['write'];
    const volume = await lab.mirror('core 1 256 2 8:0 0 8:16 0 1 handle_errors');
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 0/2 1 AS 1 core');
    expect(lab.events).toBe(1);
    expect(await write(volume, 3, 5)).toEqual(OK);
    lab.disk(1).fails = [];
    await lab.wait(5);
    expect(lab.status).toBe('2 8:0 8:16 0/2 1 AS 1 core');
    await lab.suspend('hold');
    await lab.resume();
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 2/2 1 AA 1 core');
    expect(lab.stamp(1, 3)).toBe(5);
  }));

test('a first leg that cannot be read while the others are not in sync is kept', () =>
  run(async (lab) => {
    lab.disk(0).fails = ['read'];
    const volume = await lab.mirror('core 1 16 2 8:0 0 8:16 0 1 handle_errors');
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 SA 1 core');
    expect(lab.state.primary).toBe(0);
    expect(await read(volume, 0)).toBe('io-failed');
    lab.disk(0).fails = [];
    expect(await read(volume, 0)).toEqual([0]);
  }));

test('a flush goes to every leg; one that fails is held', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    for (const disk of lab.disks) disk.seen = [];
    expect(await flush(volume)).toEqual(OK);
    expect(lab.disks.map(({ seen }) => seen.join())).toEqual(['flush', 'flush', '', '']);
    lab.disk(1).fails = ['flush'];
    const flushing = flush(volume);
    expect(await fateOf(flushing)).toBe('pending');
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AD 1 core');
    await lab.suspend('hold');
    lab.disk(1).fails = [];
    must(lab.world.dm.load('vol', ['0 512 linear 8:0 0']));
    await lab.resume();
    expect(await flushing).toEqual(OK);
  }));

test.each(['directly', 'below a leg'])('a leg that has an error %s takes a flush', (where) =>
  run(async (lab) => {
    const { world } = lab;
    await world.device('none', ['0 512 error']);
    const below = where === 'directly' ? 'none' : 'leg';
    if (below === 'leg') await world.device('leg', ['0 16 linear 8:0 0', '16 496 linear none 16']);
    const volume = await lab.mirror(`core 2 16 nosync 2 ${below} 0 8:16 0 1 handle_errors`);
    expect(await flush(volume)).toEqual(OK);
    expect(lab.status).toMatch(/ AA 1 core$/);
  }),
);

test('a flush that failed leaves nothing in sync once the same table goes on', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    lab.disk(1).fails = ['flush'];
    const flushing = flush(volume);
    await lab.suspend('drain');
    expect(await flushing).toMatchObject({ ok: false });
    lab.disk(1).fails = [];
    must(lab.world.dm.throttle(0));
    await lab.resume();
    expect(lab.status).toMatch(/ 0\/32 1 AD /);
    must(lab.world.dm.throttle(undefined));
    await lab.wait(0.1);
    expect(lab.status).toMatch(/ 32\/32 1 AA /);
  }));

test('a discard that fails on one leg is an error, and nothing else', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    lab.disk(1).fails = ['discard'];
    expect(await discard(volume, 0, REGION)).toMatchObject({ ok: false });
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
  }));

test('after a resume a leg that came back is tried again, and the first leg misses nothing', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    lab.disk(0).fails = ['write'];
    const writing = write(volume, 3, 5);
    expect(await fateOf(writing)).toBe('pending');
    expect(lab.state.primary).toBe(1);
    must(lab.world.dm.throttle(0));
    lab.disk(0).fails = [];
    await lab.suspend('hold');
    await lab.resume();
    expect(await writing).toEqual(OK);
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 DA 1 core');
    expect([0, 1].map((leg) => lab.stamp(leg, 3))).toEqual([5, 5]);
    // A first leg that fails again is nobody's loss but its own.
    lab.disk(0).fails = ['write'];
    expect(await fateOf(write(volume, 3, 6))).toBe('pending');
    expect(lab.stamp(1, 3)).toBe(6);
    lab.disk(1).fails = ['write'];
  }));

test('a linear volume above and linear legs below: everything passes the mirror', () =>
  run(async (lab) => {
    await lab.world.device('leg0', ['0 512 linear 8:0 8']);
    await lab.world.device('leg1', ['0 512 linear 8:16 16']);
    await lab.mirror('core 2 16 nosync 2 leg0 0 leg1 0 1 handle_errors');
    const top = await lab.world.device('top', ['0 200 linear vol 100']);
    expect(await write(top, 0, 6, 40)).toEqual(OK);
    expect([lab.stamp(0, 108), lab.stamp(1, 116)]).toEqual([6, 6]);
    expect(await read(top, 39)).toEqual([6]);
    expect(top.lease(() => undefined)).toBeUndefined();
    const runs = await top.allocation(sectors(0), sectors(8));
    expect(runs).toEqual([{ start: 0, count: 8, kind: 'data' }]);
    expect(lab.world.state('vol').deps).toEqual(['253:1', '253:0']);
    await lab.world.dm.suspend('leg1', { inFlight: 'drain', freeze: false });
    const writing = write(top, 0, 7);
    expect(await fateOf(writing)).toBe('pending');
    expect(lab.world.dm.stuckOn('top')).toBe('leg1');
    must(await lab.world.dm.resume('leg1'));
    expect(await writing).toEqual(OK);
  }));

test('a removal waits for the copy under way; after it nothing is copied', () =>
  run(async (lab) => {
    let open = (): void => undefined;
    lab.disk(1).gate = new Promise((resolve) => {
      open = resolve;
    });
    const volume = await lab.mirror('core 1 16 2 8:0 0 8:16 0 1 handle_errors');
    volume.close();
    const retiring = lab.world.dm.retire('vol');
    expect(await fateOf(retiring)).toBe('pending');
    open();
    expect(await retiring).toEqual(OK);
    const { length } = lab.disk(1).seen;
    await lab.wait(5);
    expect(lab.disk(1).seen).toHaveLength(length);
    expect(lab.world.dm.detachDisk('/dev/sda')).toEqual(OK);
  }));

test('somebody who does not wait finds the legs open until the copy has ended', () =>
  run(async (lab) => {
    let open = (): void => undefined;
    lab.disk(1).gate = new Promise((resolve) => {
      open = resolve;
    });
    (await lab.mirror('core 1 16 2 8:0 0 8:16 0 1 handle_errors')).close();
    must(lab.world.dm.remove('vol'));
    expect(lab.world.dm.detachDisk('/dev/sda')).toMatchObject({ ok: false });
    open();
    await lab.wait(0.1);
    expect(lab.world.dm.detachDisk('/dev/sda')).toEqual(OK);
  }));

test('that regions change is told a few times a second at most', () =>
  run(async (lab) => {
    const volume = await lab.mirror(IN_SYNC);
    lab.world.happened();
    for (let count = 0; count < 50; count++) await write(volume, count * 10, count);
    await lab.wait(0.15);
    expect(lab.world.happened()).toEqual(['regions vol']);
    lab.disk(0).fails = ['read'];
    await read(volume, 0);
    await read(volume, 0);
    expect(lab.world.happened()).toEqual(['io-error /dev/sda', 'event vol']);
  }));
