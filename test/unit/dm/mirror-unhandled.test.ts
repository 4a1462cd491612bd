/**
 * Mirrors without `handle_errors`, as moves of extents have them: nobody repairs them, and every
 * table that comes later copies from the first leg. More careful than the kernel (decision 027).
 */
import { expect, test } from 'vitest';
import { simulated, type Sim } from '../../support/sim.ts';
import { flush, read, write } from '../../support/sectors.ts';
import { MirrorWorld } from '../../support/mirrors.ts';

const OK = { ok: true };
const FAILED = { ok: false };
const COPYING = 'core 1 16 2 8:0 0 8:16 0';
const SAME = 'core 2 16 nosync 2 8:0 0 8:16 0';

const run = (body: (lab: MirrorWorld) => Promise<void>): Promise<void> =>
  simulated(1, (sim: Sim) => body(new MirrorWorld(sim)));

test('a write that the first leg does not take has failed, and what was there is still there', () =>
  run(async (lab) => {
    const volume = await lab.mirror(COPYING);
    await lab.wait(0.1);
    await write(volume, 3, 4);
    lab.disk(0).fails = ['write'];
    expect(await write(volume, 3, 5)).toMatchObject(FAILED);
    lab.disk(0).fails = [];
    // Whoever copies from the first leg once more finds what was acknowledged.
    expect(lab.stamp(0, 3)).toBe(4);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 DA 1 core');
  }));

test('a write that the other leg does not take is done, and its region is not the same', () =>
  run(async (lab) => {
    const volume = await lab.mirror(COPYING);
    await lab.wait(0.1);
    lab.disk(1).fails = ['write'];
    expect(await write(volume, 3, 5)).toEqual(OK);
    expect(lab.status).toBe('2 8:0 8:16 31/32 1 AD 1 core');
    expect(await read(volume, 3)).toEqual([5]);
  }));

test('the first leg is lost: what is the same on the other one is read there', () =>
  run(async (lab) => {
    const volume = await lab.mirror(SAME);
    await write(volume, 3, 5);
    await write(volume, 20, 6);
    lab.disk(1).fails = ['write'];
    await write(volume, 20, 7);
    lab.disk(1).fails = [];
    lab.disk(0).fails = ['read', 'write', 'flush'];
    expect(await read(volume, 3)).toEqual([5]);
    expect(await write(volume, 3, 8)).toMatchObject(FAILED);
    expect(await read(volume, 40)).toEqual([0]);
    // What the other one lacks is no answer.
    expect(await read(volume, 20)).toBe('io-failed');
  }));

test('what cannot be read on the first leg, or written to the other, is not the same', () =>
  run(async (lab) => {
    lab.disk(0).fails = ['read'];
    await lab.mirror(COPYING);
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 SA 1 core');
    lab.disk(0).fails = [];
    lab.disk(1).fails = ['write'];
    await lab.suspend('hold');
    await lab.resume();
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 0/32 1 SS 1 core');
    lab.disk(1).fails = [];
    await lab.suspend('hold');
    await lab.resume();
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
  }));

test('what the other leg cannot flush counts as not copied', () =>
  run(async (lab) => {
    lab.disk(1).fails = ['flush'];
    const volume = await lab.mirror(COPYING);
    await lab.wait(0.1);
    expect(lab.status).toMatch(/^2 8:0 8:16 0\/32 1 AF /);
    lab.disk(1).fails = [];
    await lab.suspend('hold');
    await lab.resume();
    await lab.wait(0.1);
    expect(lab.status).toBe('2 8:0 8:16 32/32 1 AA 1 core');
    lab.disk(1).fails = ['flush'];
    expect(await flush(volume)).toEqual(OK);
    expect(lab.status).toMatch(/^2 8:0 8:16 0\/32 1 AD /);
    lab.disk(0).fails = ['flush'];
    expect(await flush(volume)).toMatchObject(FAILED);
  }));
