/** The dirty log on disk: its bytes, and what a mirror makes of them (reference 6.2). */
import { expect, test } from 'vitest';
import { fateOf, simulated, type Sim } from '../../support/sim.ts';
import { flush, read, stamped, write } from '../../support/sectors.ts';
import { MirrorWorld } from '../../support/mirrors.ts';
import { must } from '../../support/results.ts';

const OK = { ok: true };
const LOG = 3;
const LEGS = '2 8:0 0 8:16 0 1 handle_errors';

const run = (body: (lab: MirrorWorld) => Promise<void>, seed = 1): Promise<void> =>
  simulated(seed, (sim: Sim) => body(new MirrorWorld(sim)));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const header = (lab: MirrorWorld): string => hex(lab.bytes(LOG, 0, 1).subarray(0, 16));
const bits = (lab: MirrorWorld): string => hex(lab.bytes(LOG, 2, 1).subarray(0, 8));

/** A log as somebody else left it. */
function putLog(lab: MirrorWorld, head: string, bitmap: string): void {
  const data = new Uint8Array(3 * 512);
  data.set(Buffer.from(head, 'hex'), 0);
  data.set(Buffer.from(bitmap, 'hex'), 1024);
  lab.put(LOG, 0, data);
}

const HEAD = '7252694d02000000';

test('a mirror in sync writes the header and the bits that Linux writes', () =>
  run(async (lab) => {
    await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    expect(header(lab)).toBe(`${HEAD}2000000000000000`);
    expect(bits(lab)).toBe('ffffffff00000000');
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 3 disk 8:48 A');
    expect(lab.world.state('vol').deps).toEqual(['8:16', '8:0', '8:48']);
  }));

test('a region is marked, for good, before its data goes anywhere', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    let open = (): void => undefined;
    lab.disk(LOG).gate = new Promise((resolve) => {
      open = resolve;
    });
    lab.disk(LOG).seen = [];
    const writing = write(volume, 20, 5);
    expect(await fateOf(writing)).toBe('pending');
    expect([lab.stamp(0, 20), lab.stamp(1, 20)]).toEqual([0, 0]);
    // What comes meanwhile shares the next write of the log.
    const others = [write(volume, 40, 6), write(volume, 70, 6), write(volume, 21, 6)];
    open();
    lab.disk(LOG).gate = undefined;
    expect(await Promise.all([writing, ...others])).toEqual([OK, OK, OK, OK]);
    expect(lab.disk(LOG).seen).toEqual(['write', 'flush', 'write', 'flush']);
    expect(bits(lab)).toBe('e9ffffff00000000');
    expect(await write(volume, 22, 7)).toEqual(OK);
    expect(lab.disk(LOG).seen).toHaveLength(4);
  }));

test('regions that are first written in the same turn are marked together', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    lab.disk(LOG).seen = [];
    const all = await Promise.all([20, 40, 70].map((start) => write(volume, start, 5)));
    expect(all).toEqual([OK, OK, OK]);
    expect(lab.disk(LOG).seen).toEqual(['write', 'flush']);
    expect(bits(lab)).toBe('e9ffffff00000000');
  }));

test('regions at rest become clean some time later, once the legs were flushed', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    await write(volume, 0, 5, 40);
    expect(lab.state.cells).toBe(`ddd${'c'.repeat(29)}`);
    for (const disk of lab.disks) disk.seen = [];
    await lab.wait(1.1);
    expect(lab.disks.map(({ seen }) => seen.join())).toEqual(['flush', 'flush', '', 'write']);
    expect(bits(lab)).toBe('ffffffff00000000');
    expect(lab.state.cells).toBe('c'.repeat(32));
    // The bit was set without a flush: to take it back needs one, and a flush from above too.
    expect(await flush(volume)).toEqual(OK);
    expect(lab.disk(LOG).seen).toEqual(['write', 'flush']);
    await write(volume, 0, 6);
    expect(lab.disk(LOG).seen).toEqual(['write', 'flush', 'write', 'flush']);
  }));

test('a suspend tells the log what is clean', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    await write(volume, 0, 5, 40);
    expect(bits(lab)).toBe('f8ffffff00000000');
    await lab.suspend('hold');
    expect(bits(lab)).toBe('ffffffff00000000');
  }));

test('a sync goes on where the log says, whoever began it', () =>
  run(async (lab) => {
    lab.put(0, 0, stamped(3, 512));
    putLog(lab, `${HEAD}2000000000000000`, 'ffff00f0');
    must(lab.world.dm.throttle(0));
    await lab.mirror(`disk 2 8:48 16 ${LEGS}`);
    expect(lab.status).toBe('2 8:0 8:16 20/32 1 AA 3 disk 8:48 A');
    expect(lab.state.cells).toBe(`${'c'.repeat(16)}${'n'.repeat(12)}cccc`);
    must(lab.world.dm.throttle(undefined));
    await lab.wait(2);
    expect(lab.events).toBe(1);
    expect([0, 255, 256, 447, 448].map((at) => lab.stamp(1, at))).toEqual([0, 0, 3, 3, 0]);
    expect(bits(lab)).toBe('ffffffff00000000');
  }));

test.each([
  ['another magic number', '7252694e020000002000000000000000', 'ffffffff', 0],
  ['version 1', '7252694d010000002000000000000000', 'ffff0000', 16],
  ['fewer regions: the device grew', `${HEAD}0800000000000000`, 'ffffffff', 8],
  ['what LVM writes first: every bit counts', `${HEAD}ffffffffffffffff`, 'ff0fffff', 28],
  ['nothing yet', '00'.repeat(16), '00000000', 0],
])('a log of %s', (_, head, bitmap, inSync) =>
  run(async (lab) => {
    putLog(lab, head, bitmap);
    must(lab.world.dm.throttle(0));
    await lab.mirror(`disk 2 8:48 16 ${LEGS}`);
    expect(lab.state.inSync).toBe(inSync);
    expect(header(lab)).toBe(`${HEAD}2000000000000000`);
    expect(lab.state.log).toEqual({ kind: 'disk', devno: '8:48', health: 'A' });
  }),
);

test('`sync` starts a new log, `nosync` one that is clean, and only once', () =>
  run(async (lab) => {
    putLog(lab, `${HEAD}2000000000000000`, 'ffffffff');
    must(lab.world.dm.throttle(0));
    const volume = await lab.mirror(`disk 3 8:48 16 sync ${LEGS}`);
    expect(lab.state.inSync).toBe(0);
    volume.close();
    must(lab.world.dm.remove('vol'));
    const again = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    expect(lab.state.inSync).toBe(32);
    lab.disk(1).fails = ['write'];
    const writing = write(again, 0, 5);
    await lab.suspend('drain');
    expect(await writing).toMatchObject({ ok: false });
    await lab.resume();
    expect(lab.state.inSync).toBe(31);
  }));

test('bits behind the last region are 0', () =>
  run(async (lab) => {
    putLog(lab, `${HEAD}ffffffffffffffff`, 'ffffffffffffffff');
    await lab.world.device('odd', [`0 ${16 * 33 + 1} mirror disk 2 8:48 16 ${LEGS}`]);
    expect(bits(lab)).toBe('ffffffff03000000');
    const [state] = lab.world.dm.mirrors();
    expect([state?.inSync, state?.regions]).toEqual([34, 34]);
  }));

test('of a version that nobody knows, and of one that cannot be read, nothing is believed', () =>
  run(async (lab) => {
    putLog(lab, '7252694d030000002000000000000000', 'ffffffff');
    must(lab.world.dm.throttle(0));
    const volume = await lab.mirror(`disk 2 8:48 16 ${LEGS}`);
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 AA 3 disk 8:48 D');
    volume.close();
    must(lab.world.dm.remove('vol'));
    lab.disk(LOG).fails = ['read'];
    await lab.mirror(`disk 2 8:48 16 ${LEGS}`);
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 AA 3 disk 8:48 D');
    expect(lab.events).toBe(1);
  }));

test('when the log fails, writes that it has to know of are held', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    lab.disk(LOG).fails = ['write', 'read'];
    const writing = write(volume, 0, 5);
    expect(await fateOf(writing)).toBe('pending');
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 3 disk 8:48 D');
    expect([lab.events, lab.state.held, lab.stamp(0, 0)]).toEqual([1, 1, 0]);
    expect(await read(volume, 0)).toEqual([0]);
    await lab.suspend('hold');
    must(lab.world.dm.load('vol', [`0 512 mirror core 2 16 nosync ${LEGS}`]));
    await lab.resume();
    expect(await writing).toEqual(OK);
    expect(lab.stamp(1, 0)).toBe(5);
  }));

test('a log that cannot be flushed has failed in another way', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    lab.disk(LOG).fails = ['flush'];
    expect(await fateOf(write(volume, 0, 5))).toBe('pending');
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 3 disk 8:48 F');
    lab.disk(LOG).fails = [];
    await lab.suspend('drain');
    await lab.resume();
    // What was marked in vain is not forgotten.
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 AA 3 disk 8:48 A');
    expect(await write(volume, 0, 6)).toEqual(OK);
  }));

test('without handle_errors writes go on without the log', () =>
  run(async (lab) => {
    const volume = await lab.mirror('disk 3 8:48 16 nosync 2 8:0 0 8:16 0');
    lab.disk(LOG).fails = ['write'];
    expect(await write(volume, 0, 5)).toEqual(OK);
    expect(lab.stamp(1, 0)).toBe(5);
  }));

test('legs that cannot be flushed make nothing clean', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    await write(volume, 0, 5);
    lab.disk(1).fails = ['flush'];
    await lab.wait(3);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AF 3 disk 8:48 A');
    expect(bits(lab)).toBe('feffffff00000000');
    await write(volume, 100, 5);
    await lab.wait(3);
    expect(bits(lab)).toBe('beffffff00000000');
  }));

test('a log that comes is told from the first moment what a write put back may have left', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`core 2 16 nosync ${LEGS}`);
    lab.disk(1).fails = ['write'];
    const writing = write(volume, 28, 5, 8);
    expect(await fateOf(writing)).toBe('pending');
    expect([lab.stamp(0, 28), lab.stamp(1, 28)]).toEqual([5, 0]);
    await lab.suspend('hold');
    must(lab.world.dm.load('vol', [`0 512 mirror disk 3 8:48 16 nosync ${LEGS}`]));
    lab.disk(1).fails = [];
    let open = (): void => undefined;
    lab.disk(1).gate = new Promise((resolve) => {
      open = resolve;
    });
    await lab.resume();
    // Nothing was clean first and marked then.
    expect(lab.disk(LOG).seen).toEqual(['read', 'write', 'flush']);
    expect(bits(lab)).toBe('f9ffffff00000000');
    expect(lab.state.cells).toBe(`cdd${'c'.repeat(29)}`);
    open();
    expect(await writing).toEqual(OK);
    await lab.wait(1.1);
    expect(bits(lab)).toBe('ffffffff00000000');
    expect(lab.stamp(1, 35)).toBe(5);
  }));

test('a region does not become clean where an error took the place of a leg', () =>
  run(async (lab) => {
    const { world } = lab;
    await world.device('leg', ['0 512 linear 8:0 0']);
    const volume = await lab.mirror('disk 3 8:48 16 nosync 2 leg 0 8:16 0 1 handle_errors');
    expect(await write(volume, 0, 5)).toEqual(OK);
    await world.swap('leg', ['0 512 error']);
    await lab.wait(3);
    expect(bits(lab)).toBe('feffffff00000000');
  }));

test('what was written when a flush failed does not become clean, whoever flushes later', () =>
  run(async (lab) => {
    const volume = await lab.mirror(`disk 3 8:48 16 nosync ${LEGS}`);
    expect(await write(volume, 0, 5)).toEqual(OK);
    lab.disk(1).fails = ['flush'];
    const flushing = flush(volume);
    expect(await fateOf(flushing)).toBe('pending');
    lab.disk(1).fails = [];
    expect(await write(volume, 100, 5)).toEqual(OK);
    await lab.wait(3);
    expect(bits(lab)).toBe('beffffff00000000');
    expect(lab.state.cells).toBe(`dcccccd${'c'.repeat(25)}`);
    // Both are copied once the same table goes on.
    await lab.suspend('hold');
    must(lab.world.dm.throttle(0));
    await lab.resume();
    expect(lab.state.cells).toBe(`ncccccn${'c'.repeat(25)}`);
    expect(await flushing).toEqual(OK);
    await lab.wait(3);
    expect(bits(lab)).toBe('beffffff00000000');
  }));

test('a mark that the log could not take is not forgotten when the same table goes on', () =>
  run(async (lab) => {
    const volume = await lab.mirror('disk 3 8:48 16 nosync 2 8:0 0 8:16 0');
    for (const index of [1, LOG]) lab.disk(index).fails = ['write'];
    expect(await write(volume, 20, 5)).toEqual(OK);
    expect([lab.stamp(1, 20), bits(lab)]).toEqual([0, 'ffffffff00000000']);
    for (const index of [1, LOG]) lab.disk(index).fails = [];
    must(lab.world.dm.throttle(0));
    await lab.suspend('hold');
    await lab.resume();
    expect(lab.state.cells).toBe(`cn${'c'.repeat(30)}`);
    must(lab.world.dm.throttle(undefined));
    await lab.wait(3);
    expect([lab.stamp(1, 20), bits(lab)]).toEqual([5, 'ffffffff00000000']);
  }));

test('a region that was copied is not clean while what waited for the copy is written', () =>
  run(async (lab) => {
    const gates: (() => void)[] = [];
    const shut = (): void => {
      lab.disk(1).gate = new Promise((resolve) => gates.push(resolve));
    };
    shut();
    const volume = await lab.mirror(`disk 2 8:48 16 ${LEGS}`);
    const writing = write(volume, 3, 5);
    expect(await fateOf(writing)).toBe('pending');
    expect(lab.state.cells).toBe(`rrrr${'n'.repeat(28)}`);
    gates[0]?.();
    shut();
    await lab.wait(3);
    expect(lab.state.cells).toBe(`dcccrrrr${'n'.repeat(24)}`);
    expect(bits(lab)).toBe('0e00000000000000');
    lab.disk(1).gate = undefined;
    gates[1]?.();
    expect(await writing).toEqual(OK);
    await lab.wait(3);
    expect([lab.stamp(1, 3), bits(lab)]).toEqual([5, 'ffffffff00000000']);
  }));
