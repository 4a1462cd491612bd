/** What threads of exports, and devices above, see of writes that were put off. */
import { expect, test } from 'vitest';
import { must as present } from '../../../core/base/assert.ts';
import { sectors } from '../../../core/base/units.ts';
import type { Lease } from '../../../core/dm/lease.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { partsOf, release } from '../../../core/nbd/thread/file-parts.ts';
import { DRAIN, HOLD } from '../../support/dm.ts';
import { hold, OK, onDisk, PUT_OFF, run } from '../../support/put-off.ts';
import { must } from '../../support/results.ts';
import { read, write } from '../../support/sectors.ts';
import { COW, COW2, inSnapshotLab, type SnapshotWorld } from '../../support/snapshots.ts';

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
    PUT_OFF,
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
