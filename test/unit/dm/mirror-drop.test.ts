/** Mirrors that drop failed legs by themselves, and what the log remembers of it. */
import { describe, expect, test } from 'vitest';
import { fateOf, simulated, type Sim } from '../../support/sim.ts';
import { flush, read, write } from '../../support/sectors.ts';
import { MirrorWorld } from '../../support/mirrors.ts';
import { must } from '../../support/results.ts';

const OK = { ok: true };
const LOG = 3;
const TWO = 'disk 3 8:48 16 nosync 2 8:0 0 8:16 0 2 handle_errors drop_failed_legs';
const THREE = 'disk 3 8:48 16 nosync 3 8:0 0 8:16 0 8:32 0 2 handle_errors drop_failed_legs';
const GONE = ['read', 'write', 'flush', 'zero', 'discard'] as const;

const run = (body: (lab: MirrorWorld) => Promise<void>, seed = 1): Promise<void> =>
  simulated(seed, (sim: Sim) => body(new MirrorWorld(sim)));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bits = (lab: MirrorWorld): string => hex(lab.bytes(LOG, 2, 1).subarray(0, 4));
const note = (lab: MirrorWorld): string => hex(lab.bytes(LOG, 1, 1).subarray(0, 16));
const NONE = '00'.repeat(16);

/** Takes the device down and makes it anew. */
async function again(lab: MirrorWorld, table = TWO) {
  must(lab.world.dm.remove('vol'));
  return lab.mirror(table);
}

test('a write goes on without the leg that failed it; what it missed stays marked', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    lab.disk(1).fails = GONE;
    expect(await write(volume, 20, 5)).toEqual(OK);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AD 3 disk 8:48 A');
    expect([lab.events, lab.state.held]).toEqual([1, 0]);
    expect(lab.state.legs[1]).toMatchObject({ health: 'D', dropped: true });
    expect(note(lab)).toBe(`4c5653640200000002000000${'00'.repeat(4)}`);
    expect(await write(volume, 40, 6)).toEqual(OK);
    expect(await flush(volume)).toEqual(OK);
    expect(await read(volume, 20)).toEqual([5]);
    await lab.wait(5);
    expect(bits(lab)).toBe('f9ffffff');
    await lab.suspend('hold');
    expect(bits(lab)).toBe('f9ffffff');
  }));

/** Requests to the log wait until `open` is called, flushes excepted. */
function holdLog(lab: MirrorWorld): () => void {
  let open = (): void => undefined;
  lab.disk(LOG).gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

test('it is not told to the writer before the log remembers it', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    await write(volume, 20, 4);
    const open = holdLog(lab);
    lab.disk(0).fails = GONE;
    const writing = write(volume, 20, 5);
    expect(await fateOf(writing)).toBe('pending');
    expect(note(lab)).toBe(NONE);
    open();
    expect(await writing).toEqual(OK);
    expect(note(lab)).toBe('4c565364020000000100000001000000');
  }));

describe.each(['drain', 'hold'] as const)('%s', (how) => {
  test('a leg whose last flush fails: the next table finds the note', () =>
    run(async (lab) => {
      const volume = await lab.mirror(TWO);
      await write(volume, 20, 4);
      lab.disk(0).fails = ['flush'];
      const open = holdLog(lab);
      const resting = lab.suspend(how);
      expect(await fateOf(resting)).toBe('pending');
      open();
      await resting;
      expect(note(lab)).toBe('4c565364020000000100000001000000');
    }));

  test('a leg that a copy cannot be written to: the next table finds the note', () =>
    run(async (lab) => {
      must(lab.world.dm.throttle(0));
      await lab.mirror(TWO.replace('3 8:48 16 nosync', '2 8:48 16'));
      lab.disk(1).fails = ['write'];
      const open = holdLog(lab);
      must(lab.world.dm.throttle(undefined));
      const resting = lab.suspend(how);
      expect(await fateOf(resting)).toBe('pending');
      expect(lab.state.legs[1]).toMatchObject({ dropped: true });
      open();
      await resting;
      expect(note(lab)).toBe(`4c5653640200000002000000${'00'.repeat(4)}`);
    }));
});

test('a mirror that is taken down keeps its log until the note is there', () =>
  run(async (lab) => {
    const { dm } = lab.world;
    const volume = await lab.mirror(TWO);
    await write(volume, 20, 4);
    lab.disk(0).fails = ['flush'];
    const open = holdLog(lab);
    // The log is told what is clean a second later, and the legs are flushed first.
    await lab.wait(1.1);
    volume.close();
    must(dm.remove('vol'));
    await lab.wait(0.1);
    expect(dm.detachDisk('/dev/sdd')).toMatchObject({ ok: false });
    open();
    await lab.wait(0.1);
    must(dm.detachDisk('/dev/sdd'));
    expect(note(lab)).toBe('4c565364020000000100000001000000');
  }));

test('a first leg that comes back is not read where it is out of date, and gets everything', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    await write(volume, 0, 1, 512);
    await lab.wait(2);
    lab.disk(0).fails = GONE;
    expect(await write(volume, 20, 5)).toEqual(OK);
    expect(lab.state.primary).toBe(1);
    volume.close();
    lab.disk(0).fails = [];
    must(lab.world.dm.throttle(0));
    // Not even what is declared in sync is believed.
    const back = await again(lab);
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 AA 3 disk 8:48 A');
    expect(lab.state.primary).toBe(1);
    for (let turn = 0; turn < 4; turn++) expect(await read(back, 20)).toEqual([5]);
    // Where the log says clean it can be read.
    for (let turn = 0; turn < 4; turn++) expect(await read(back, 200)).toEqual([1]);
    expect(lab.state.legs[0]?.reads).toBe(2);
    must(lab.world.dm.throttle(undefined));
    await lab.wait(0.5);
    expect(lab.stamp(0, 20)).toBe(5);
    expect(note(lab)).not.toBe(NONE);
    await lab.wait(1);
    expect(note(lab)).toBe(NONE);
    expect(bits(lab)).toBe('ffffffff');
  }));

test('a leg that is still away after a resume is dropped once more', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    lab.disk(1).fails = GONE;
    expect(await write(volume, 20, 5)).toEqual(OK);
    await lab.suspend('hold');
    await lab.resume();
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AD 3 disk 8:48 A');
    expect(lab.state.legs[1]).toMatchObject({ dropped: true });
    expect(bits(lab)).toBe('fdffffff');
    expect(await write(volume, 300, 5)).toEqual(OK);
  }));

test('of three legs two may go; writes go to both that are left, then to the last', () =>
  run(async (lab) => {
    const volume = await lab.mirror(THREE);
    lab.disk(0).fails = GONE;
    expect(await write(volume, 20, 5)).toEqual(OK);
    expect([1, 2].map((leg) => lab.stamp(leg, 20))).toEqual([5, 5]);
    lab.disk(1).fails = GONE;
    expect(await write(volume, 20, 6)).toEqual(OK);
    expect(lab.status).toBe('3 8:0 8:16 8:32 32/32 1 DDA 3 disk 8:48 A');
    expect(await read(volume, 20)).toEqual([6]);
    lab.disk(2).fails = ['write'];
    expect(await write(volume, 40, 7)).toMatchObject({ ok: false });
    expect(lab.state.legs[2]).not.toMatchObject({ dropped: true });
  }));

test('the leg that alone is complete is not dropped while others are not', () =>
  run(async (lab) => {
    must(lab.world.dm.throttle(0));
    const volume = await lab.mirror(TWO.replace('3 8:48 16 nosync', '2 8:48 16'));
    lab.disk(0).fails = ['write'];
    expect(await write(volume, 20, 5)).toMatchObject({ ok: false });
    expect(lab.state).toMatchObject({ primary: 0, inSync: 0 });
    expect(await read(volume, 20)).toEqual([0]);
  }));

test('when the log has failed no write is taken', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    lab.disk(LOG).fails = ['write'];
    expect(await write(volume, 20, 5)).toMatchObject({ ok: false });
    expect(await flush(volume)).toMatchObject({ ok: false });
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 3 disk 8:48 D');
    expect(await read(volume, 20)).toEqual([0]);
  }));

test('a log that fails while it is told of a leg: the write fails', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    await write(volume, 20, 4);
    lab.disk(LOG).fails = ['write'];
    lab.disk(0).fails = ['write'];
    expect(await write(volume, 20, 5)).toMatchObject({ ok: false });
    expect(await write(volume, 21, 5)).toMatchObject({ ok: false });
  }));

test('a flush that fails drops the leg as well', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    await write(volume, 20, 4);
    lab.disk(1).fails = ['flush'];
    expect(await flush(volume)).toEqual(OK);
    expect(lab.state.legs[1]).toMatchObject({ dropped: true });
    await lab.wait(3);
    expect(bits(lab)).toBe('fdffffff');
  }));

test('a log that cannot be read may hold a note: nothing is read, written or copied', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    await write(volume, 0, 1, 512);
    lab.disk(0).fails = GONE;
    expect(await write(volume, 20, 5)).toEqual(OK);
    volume.close();
    lab.disk(0).fails = [];
    lab.disk(LOG).fails = ['read'];
    const back = await again(lab);
    expect(await read(back, 20)).toBe('io-failed');
    expect(await write(back, 21, 5)).toMatchObject({ ok: false });
    await lab.wait(3);
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 AA 3 disk 8:48 D');
    expect(lab.stamp(1, 20)).toBe(5);
    lab.disk(LOG).fails = [];
    await lab.suspend('hold');
    await lab.resume();
    await lab.wait(0.5);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 3 disk 8:48 A');
    for (let turn = 0; turn < 2; turn++) expect(await read(back, 20)).toEqual([5]);
  }));

test('the note of a mirror with another number of legs is none', () =>
  run(async (lab) => {
    const volume = await lab.mirror(TWO);
    lab.disk(1).fails = GONE;
    expect(await write(volume, 20, 5)).toEqual(OK);
    volume.close();
    lab.disk(1).fails = [];
    must(lab.world.dm.throttle(0));
    await again(lab, THREE.replace('3 8:48 16 nosync', '2 8:48 16'));
    expect(lab.state).toMatchObject({ primary: 0, inSync: 31 });
  }));
