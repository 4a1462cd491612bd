/** Writes to an origin that are answered before they are done. */
import { expect, test } from 'vitest';
import { must as present } from '../../../core/base/assert.ts';
import { sectors } from '../../../core/base/units.ts';
import type { Lease } from '../../../core/dm/lease.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { partsOf, release } from '../../../core/nbd/thread/file-parts.ts';
import { DRAIN, HOLD } from '../../support/dm.ts';
import { must } from '../../support/results.ts';
import { discard, read, stampsOf, write, zero } from '../../support/sectors.ts';
import { COW, COW2, inSnapshotLab, SnapshotWorld } from '../../support/snapshots.ts';
import { simulated } from '../../support/sim.ts';

const OK = { ok: true };
const OPTIONS = { writeBehind: 64 * 1024 };

type Body = (lab: SnapshotWorld, org: OpenDevice, snap: OpenDevice) => Promise<void>;

const run = (body: Body) => () =>
  inSnapshotLab(
    async (lab) => {
      const { org, snap } = await lab.pair();
      await body(lab, org, snap);
    },
    undefined,
    OPTIONS,
  );

/** Nothing below the origin ends until it is let go: what was answered was not done. */
function hold(lab: SnapshotWorld): () => void {
  let letGo = (): void => undefined;
  lab.disk(0).gate = new Promise((resolve) => {
    letGo = resolve;
  });
  return () => {
    lab.disk(0).gate = undefined;
    letGo();
  };
}

const leaseOf = (device: OpenDevice): Lease =>
  present(
    device.lease(() => undefined),
    'a lease',
  );

/** Whether a thread of an export may read there, past the target. */
function isReadPast(device: OpenDevice, start: number, lease = leaseOf(device)): boolean {
  const parts = partsOf(lease.leave, {
    op: 'read',
    start: sectors(start),
    data: new Uint8Array(512),
  });
  if (parts) release(parts);
  lease.giveBack();
  return parts !== undefined;
}

function onDisk(lab: SnapshotWorld, start: number): readonly number[] {
  const data = new Uint8Array(512);
  lab.disk(0).store.read(sectors(start), data);
  return stampsOf(data);
}

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
  'threads do not read past the target what is not below yet',
  run(async (lab, org) => {
    expect(isReadPast(org, 44)).toBe(true);
    const letGo = hold(lab);
    await write(org, 40, 7);
    expect(isReadPast(org, 44)).toBe(false);
    expect(isReadPast(org, 48)).toBe(true);
    letGo();
    await org.submit({ op: 'flush' });
    expect(isReadPast(org, 44)).toBe(true);
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
  'threads read past the target when all that was put off in a region is below',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 0, 5);
    await write(org, 40, 7);
    await write(org, 46, 7);
    letGo();
    // The first of the two ends before the other.
    lab.disk(0).slow = { start: 46, takesMicros: 5000 };
    const first = lab.sim.scheduler.now;
    while (onDisk(lab, 40)[0] !== 7) await lab.wait(100);
    expect(onDisk(lab, 46)).toEqual([47]);
    expect(isReadPast(org, 41)).toBe(false);
    await org.submit({ op: 'flush' });
    expect(isReadPast(org, 41)).toBe(true);
    expect(lab.sim.scheduler.now).toBeGreaterThan(first);
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

test(
  'what was put off stays hidden from threads when a snapshot is suspended and goes on',
  run(async (lab, org) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    must(await lab.dm.suspend('snap', DRAIN));
    must(await lab.dm.resume('snap'));
    expect(isReadPast(org, 40)).toBe(false);
    expect(isReadPast(org, 48)).toBe(true);
    letGo();
  }),
);

test('a request to all of a large device does not go through its sectors', () =>
  simulated(1, async (sim) => {
    const lab = new SnapshotWorld(sim, [2 ** 50, 4096], OPTIONS);
    const { org } = await lab.pair();
    const letGo = hold(lab);
    await write(org, 40, 7);
    const discarded = discard(org, 0, org.size);
    expect(await lab.fate(discarded)).toBe('pending');
    letGo();
    expect(await discarded).toEqual(OK);
  }));

/** The origin lies on a mirror that keeps what was answered, for one of its legs fails. */
const onFailingMirror = (body: (lab: SnapshotWorld, above: OpenDevice) => Promise<void>) => () =>
  inSnapshotLab(
    async (lab) => {
      const mirror = 'mirror core 2 16 nosync 2 8:0 0 8:48 0 1 handle_errors';
      await lab.world.device('real', [`0 1024 ${mirror}`]);
      await lab.world.device('snap', ['0 1024 snapshot real 8:16 P 8']);
      await lab.world.device('org', ['0 1024 snapshot-origin real']);
      const above = await lab.world.device('above', ['0 512 linear org 8']);
      lab.disk(3).fails = ['write'];
      expect(await lab.fate(write(above, 32, 7))).toEqual(OK);
      await lab.wait(10_000);
      await body(lab, above);
    },
    undefined,
    OPTIONS,
  );

test(
  'a device above that keeps requests does not ask once more for what was answered',
  onFailingMirror(async (lab, above) => {
    const flushed = above.submit({ op: 'flush' });
    must(await lab.dm.suspend('above', HOLD));
    must(await lab.dm.resume('above'));
    expect(await flushed).toMatchObject({ ok: false, error: { why: 'it could not be finished' } });
  }),
);

test(
  'once all of it is below, devices above are lent again what their threads may read',
  onFailingMirror(async (lab, above) => {
    must(await lab.dm.suspend('org', HOLD));
    must(lab.dm.load('org', ['0 1024 linear 8:0 0']));
    const letGo = hold(lab);
    must(await lab.dm.resume('org'));
    expect(above.lease(() => undefined)).toBeUndefined();
    const reading = read(above, 32, 2);
    letGo();
    expect(await reading).toEqual([7, 42]);
    expect(isReadPast(above, 32)).toBe(true);
  }),
);

test(
  'whoever still has an older lease does not read it either',
  run(async (lab, org) => {
    const lease = leaseOf(org);
    const other = await lab.snapshot('other', COW2, 16);
    const letGo = hold(lab);
    await write(org, 40, 7);
    expect(isReadPast(org, 44, lease)).toBe(false);
    expect(isReadPast(org, 44)).toBe(false);
    letGo();
    await org.submit({ op: 'flush' });
    expect(isReadPast(org, 44)).toBe(true);
    expect(await read(other, 40, 1)).toEqual([41]);
  }),
);

test(
  'a snapshot that gets another table misses nothing meanwhile, and nothing shows',
  run(async (lab, org, snap) => {
    const letGo = hold(lab);
    await write(org, 40, 7);
    const swapped = lab.world.swap('snap', [lab.table('snapshot', COW)]);
    await write(org, 80, 8);
    expect(isReadPast(org, 40)).toBe(false);
    letGo();
    await swapped;
    await org.submit({ op: 'flush' });
    expect(await read(snap, 40, 1)).toEqual([41]);
    expect(await read(snap, 80, 1)).toEqual([81]);
  }),
);

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
