/** Writes to an origin that are answered before they are done. */
import { expect, test } from 'vitest';
import { DRAIN } from '../../support/dm.ts';
import { hold, OK, onDisk, PUT_OFF, run } from '../../support/put-off.ts';
import { must } from '../../support/results.ts';
import { discard, read, write, zero } from '../../support/sectors.ts';
import { simulated } from '../../support/sim.ts';
import { COW2, SnapshotWorld } from '../../support/snapshots.ts';

test(
  'a write that has to wait for copies is answered at once; a flush waits for it',
  run(async (lab, org, snap) => {
    const letGo = hold(lab);
    expect(await lab.fate(write(org, 40, 7, 8))).toEqual(OK);
    const flushed = org.submit({ op: 'flush' });
    expect(await lab.fate(flushed)).toBe('pending');
    expect(onDisk(lab, 40)).toEqual([41]);
    letGo();
    expect(await flushed).toEqual(OK);
    expect(onDisk(lab, 40)).toEqual([7]);
    expect(await read(snap, 40, 2)).toEqual([41, 42]);
  }),
);

test(
  'one that is to be durable is answered when it is; so is one of zeros',
  run(async (lab, org) => {
    const letGo = hold(lab);
    const [durable, zeros] = [write(org, 40, 7, 1, true), zero(org, 80, 8)];
    expect(await lab.fate(durable)).toBe('pending');
    expect(await lab.fate(zeros)).toBe('pending');
    letGo();
    expect([await durable, await zeros]).toEqual([OK, OK]);
    expect(onDisk(lab, 40)).toEqual([7]);
  }),
);

test(
  'who reads or writes the same sectors sees it done; others do not wait',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7, 8);
    const reading = read(org, 39, 3);
    const writing = write(org, 44, 8, 8);
    expect(await lab.fate(reading)).toBe('pending');
    expect(await lab.fate(writing)).toBe('pending');
    expect(await lab.fate(write(org, 80, 9))).toEqual(OK);
    letGo();
    expect(await reading).toEqual([40, 7, 7]);
    expect(await writing).toEqual(OK);
    expect(await read(org, 43, 3)).toEqual([7, 8, 8]);
  }),
);

test(
  'the same sectors again, while nothing was begun for them: what was written last counts',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 0, 5);
    await write(org, 40, 7, 8);
    expect(await lab.fate(write(org, 42, 8, 2))).toEqual(OK);
    const reading = read(org, 40, 5);
    letGo();
    expect(await reading).toEqual([7, 7, 8, 8, 7]);
  }),
);

test(
  'neighbours are copied and written as one',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 0, 5);
    for (let at = 0; at < 8; at++) await write(org, 40 + (at ^ 1) * 2, 7, 2);
    lab.disk(0).seen = [];
    const flushed = org.submit({ op: 'flush' });
    letGo();
    await flushed;
    // Of the first one only the write is left.
    expect(lab.disk(0).seen).toEqual(['read', 'write', 'write', 'flush']);
    expect(lab.records()).toBe('0>2 5>3 6>4');
    expect(await read(org, 40, 16)).toEqual(new Array(16).fill(7));
  }),
);

test(
  'no more of it than the budget says is answered early',
  run(async (lab, org) => {
    const letGo = hold(lab);
    expect(await lab.fate(write(org, 0, 5, 128))).toEqual(OK);
    const late = write(org, 200, 6);
    expect(await lab.fate(late)).toBe('pending');
    letGo();
    expect(await late).toEqual(OK);
    expect(onDisk(lab, 200)).toEqual([6]);
  }),
);

test(
  'a suspend waits for all of it',
  run(async (lab, org, snap) => {
    const letGo = hold(lab);
    for (const start of [40, 400, 80]) await write(org, start, 7);
    const suspended = lab.dm.suspend('org', DRAIN);
    expect(await lab.fate(suspended)).toBe('pending');
    letGo();
    must(await suspended);
    expect([40, 400, 80].flatMap((start) => onDisk(lab, start))).toEqual([7, 7, 7]);
    expect(await read(snap, 80, 1)).toEqual([81]);
    must(await lab.dm.resume('org'));
    expect(await read(org, 400, 1)).toEqual([7]);
  }),
);

test(
  'a snapshot that comes has all that was answered before it',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    await write(org, 80, 7);
    const coming = lab.snapshot('other', COW2);
    await lab.wait(1000);
    const late = write(org, 120, 8);
    expect(await lab.fate(late)).toBe('pending');
    letGo();
    const other = await coming;
    await late;
    await write(org, 40, 9);
    expect(await read(other, 40, 1)).toEqual([7]);
    expect(await read(other, 80, 1)).toEqual([7]);
    expect(await read(org, 40, 1)).toEqual([9]);
  }),
);

test(
  'a failure of what was answered is told by the next flush, and nothing is answered early then',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    lab.disk(0).fails = ['write'];
    const flushed = org.submit({ op: 'flush' });
    letGo();
    expect(await flushed).toMatchObject({ ok: false, error: { op: 'write', start: 40 } });
    expect(await org.submit({ op: 'flush' })).toEqual(OK);
    expect(await write(org, 80, 7)).toMatchObject({ ok: false });
    lab.disk(0).fails = [];
    must(await lab.dm.suspend('org', DRAIN));
    must(await lab.dm.resume('org'));
    await lab.world.swap('org', ['0 1024 snapshot-origin 8:0']);
    const again = hold(lab);
    expect(await lab.fate(write(org, 120, 7))).toEqual(OK);
    again();
  }),
);

test(
  'a device that nobody has open any more goes when all of it is written',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    org.close();
    const retired = lab.dm.retire('org');
    expect(await lab.fate(retired)).toBe('pending');
    letGo();
    must(await retired);
    expect(onDisk(lab, 40)).toEqual([7]);
  }),
);

test(
  'one that goes when it is closed writes all of it, too',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    await write(org, 80, 7);
    must(lab.dm.remove('org', true));
    org.close();
    expect(lab.dm.state('org')).toBeUndefined();
    letGo();
    await lab.wait();
    expect([40, 80].flatMap((start) => onDisk(lab, start))).toEqual([7, 7]);
  }),
);

test(
  'a failure of what was answered is told by every flush that is under way',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    lab.disk(0).fails = ['write'];
    const flushes = [org.submit({ op: 'flush' }), org.submit({ op: 'flush' })];
    letGo();
    for (const flushed of flushes) expect(await flushed).toMatchObject({ ok: false });
  }),
);

test('a request to all of a large device does not go through its sectors', () =>
  simulated(1, async (sim) => {
    const lab = new SnapshotWorld(sim, [2 ** 50, 4096], PUT_OFF);
    const { org } = await lab.pair();
    const letGo = hold(lab);
    await write(org, 40, 7);
    const discarded = discard(org, 0, org.size);
    expect(await lab.fate(discarded)).toBe('pending');
    letGo();
    expect(await discarded).toEqual(OK);
  }));

test(
  'of neighbours that go as one only what lies on a bad sector is lost',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 0, 5);
    for (const start of [40, 42, 44, 46]) await write(org, start, 7, 2);
    lab.disk(0).bad = 45;
    letGo();
    const flushed = await org.submit({ op: 'flush' });
    expect(flushed).toMatchObject({ ok: false, error: { start: 44 } });
    expect([41, 43, 45, 47].flatMap((at) => onDisk(lab, at))).toEqual([7, 7, 46, 7]);
  }),
);

test(
  'a snapshot that comes while the origin is being suspended has all that was answered, too',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    await write(org, 80, 7);
    const suspended = lab.dm.suspend('org', DRAIN);
    const coming = lab.snapshot('other', COW2);
    await lab.wait(1000);
    letGo();
    must(await suspended);
    const other = await coming;
    must(await lab.dm.resume('org'));
    await write(org, 40, 9);
    await org.submit({ op: 'flush' });
    expect(await read(other, 40, 1)).toEqual([7]);
    expect(await read(other, 80, 1)).toEqual([7]);
  }),
);
