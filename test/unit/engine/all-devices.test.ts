/** All devices of a lab at once, as when it is closed. */
import { expect, test } from 'vitest';
import { takeAllDown } from '../../../core/engine/all-devices.ts';
import { must } from '../../support/results.ts';
import { read, write } from '../../support/sectors.ts';
import { COW, COW2, COW3, inSnapshotLab as run } from '../../support/snapshots.ts';

const CHUNKS = 40;

test('while a snapshot merges: another one keeps what is written over until the end', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    for (let chunk = 0; chunk < CHUNKS; chunk++) await write(org, chunk * 16, 7000 + chunk, 8);
    for (const device of [org, snap]) lab.remove(device);
    (await lab.snapshot('another', COW2)).close();
    // It takes its time to go, for it finishes what it copies.
    lab.disk(3).takesMicros = 20_000;
    (await lab.world.device('mir', [`0 512 mirror core 1 512 2 ${COW3} 0 ${COW3} 512`])).close();
    (await lab.world.device('org', [lab.table('snapshot-merge', COW)])).close();
    lab.disk(0).takesMicros = 1000;
    await lab.wait(10_500);
    await takeAllDown(lab.dm);
    expect(lab.dm.list()).toEqual([]);
    expect(lab.records(1)).not.toBe('');
    lab.disk(0).takesMicros = 0;
    const again = await lab.snapshot('another', COW2);
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      expect(await read(again, chunk * 16), `chunk ${2 * chunk}`).toEqual([7000 + chunk]);
    }
  }));

test('an origin that somebody has open stays, and its snapshots with it', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    snap.close();
    await takeAllDown(lab.dm);
    expect(lab.dm.list().map(({ name }) => name)).toEqual(['org', 'snap']);
    await write(org, 40, 7);
    expect(await read(must(lab.dm.open('snap')), 40)).toEqual([41]);
    expect(lab.status()).toBe('24/4096 16');
    expect(lab.world.state('snap').live?.[0]?.params).toContain(COW);
  }));
