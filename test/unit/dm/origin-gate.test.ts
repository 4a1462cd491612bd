/** Others write an origin past its target, as threads of exports do: what is kept, and no more. */
import { expect, test } from 'vitest';
import { must as present } from '../../../core/base/assert.ts';
import { sectors } from '../../../core/base/units.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { partsOf, release } from '../../../core/nbd/thread/file-parts.ts';
import { must } from '../../support/results.ts';
import { write } from '../../support/sectors.ts';
import { simulated } from '../../support/sim.ts';
import { COW, COW2, SnapshotWorld } from '../../support/snapshots.ts';

/** Where a write would go past the target: `file@sector+count`; undefined: only the engine may. */
function past(device: OpenDevice, start: number, count = 1): string | undefined {
  const lease = present(
    device.lease(() => undefined),
    'a lease',
  );
  const data = new Uint8Array(count * 512);
  const parts = partsOf(lease.leave, { op: 'write', start: sectors(start), data });
  if (parts) release(parts);
  lease.giveBack();
  return parts
    ?.map(({ file, position, data: part }) => `${file}@${position / 512}+${part.length / 512}`)
    .join(' ');
}

const run = (body: (lab: SnapshotWorld) => Promise<void>): Promise<void> =>
  simulated(1, (sim) => body(new SnapshotWorld(sim)));

test('a chunk is written past the target once it is kept, and others are not', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    expect(past(org, 40)).toBeUndefined();
    await write(org, 41, 5);
    expect(past(org, 40, 8)).toBe('0@40+8');
    expect(past(org, 40, 9)).toBeUndefined();
    expect(past(org, 39, 2)).toBeUndefined();
    await write(org, 48, 5, 64);
    // However many chunks: it is one write.
    expect(past(org, 40, 72)).toBe('0@40+72');
  }));

test('a chunk that one snapshot lacks is not open; a new snapshot shuts all', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    await write(org, 40, 5, 16);
    await lab.snapshot('other', COW2, 16);
    expect(past(org, 40)).toBeUndefined();
    await write(org, 40, 6);
    expect(past(org, 40, 8)).toBe('0@40+8');
    // The other one has larger chunks, and with it kept this one as well.
    await write(org, 48, 6);
    expect(past(org, 48, 8)).toBe('0@48+8');
  }));

test('without a snapshot that counts all is open once it was asked for', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    expect(past(org, 80)).toBeUndefined();
    lab.remove(snap);
    await write(org, 80, 5);
    expect(past(org, 80)).toBe('0@80+1');
  }));

test('an origin in several pieces: the regions are those of the whole', () =>
  run(async (lab) => {
    await lab.world.device('real', ['0 20 linear 8:0 100', '20 1004 linear 8:32 0']);
    await lab.world.device('snap', [`0 1024 snapshot real ${COW} P 8`]);
    const org = await lab.world.device('org', ['0 1024 snapshot-origin real']);
    await write(org, 16, 5, 16);
    expect(past(org, 16, 16)).toBe('0@116+4 2@0+12');
    expect(past(org, 8)).toBeUndefined();
    expect(past(org, 32)).toBeUndefined();
  }));

test('reads go past it wherever they are', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    const lease = present(
      org.lease(() => undefined),
      'a lease',
    );
    const wanted = { op: 'read', start: sectors(33), data: new Uint8Array(512) } as const;
    expect(partsOf(lease.leave, wanted)).toMatchObject([{ file: 0, position: 33 * 512 }]);
    lease.giveBack();
    must(await lab.dm.suspend('org', { inFlight: 'drain', freeze: false }));
  }));
