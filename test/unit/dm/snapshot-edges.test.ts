/** What is left of snapshots where something went away, was torn, or is in the way of itself. */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { writeRecord } from '../../../core/dm/snapshot/format.ts';
import { DRAIN } from '../../support/dm.ts';
import { must } from '../../support/results.ts';
import { discard, flush, read, write } from '../../support/sectors.ts';
import { BASE, COW, COW2, inSnapshotLab as run } from '../../support/snapshots.ts';
import { sleep } from '../../../core/env/scheduler.ts';

const OK = { ok: true };

test('a merge whose store went away is the origin', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    must(await lab.dm.reload('org', [lab.table('snapshot-merge', COW)]));
    lab.remove(snap);
    must(await lab.dm.suspend('org', DRAIN));
    must(await lab.dm.resume('org'));
    expect(lab.status('org')).toBe('Invalid');
    expect(await read(org, 40)).toEqual([41]);
    expect(await write(org, 40, 7)).toEqual(OK);
    expect(await read(lab.disk(0), 40)).toEqual([7]);
    expect(await flush(org)).toEqual(OK);
  }));

test('records that a power cut left behind a gap never count again', () =>
  run(async (lab) => {
    const { snap } = await lab.pair();
    lab.remove(snap);
    const area = new Uint8Array(512);
    writeRecord(area, 0, { oldChunk: 5, newChunk: 2 });
    writeRecord(area, 2, { oldChunk: 50, newChunk: 4 });
    await lab.disk(1).submit({ op: 'write', start: sectors(8), data: area });
    const again = await lab.snapshot('snap', COW);
    const org = must(lab.dm.open('org'));
    await write(org, 8 * 20, 7, 8);
    lab.remove(again);
    const third = await lab.snapshot('snap', COW);
    expect(lab.records()).toBe('5>2 20>3');
    await write(org, 8 * 30, 7, 8);
    expect(await read(third, 8 * 50)).toEqual([8 * 50 + 1]);
  }));

test('a copy onto an origin does not keep the buffers that its snapshot needs', () =>
  run(
    async (lab) => {
      const { org } = await lab.pair(2048);
      const size = lab.disk(0).size;
      // Every piece of it that is under way waits for the snapshot to keep what was there.
      await write(lab.disk(2), 0, 7, size);
      await lab.world.device('mir', [`0 ${size} mirror core 1 ${size} 2 ${COW2} 0 org 0`]);
      await sleep(lab.sim.scheduler, 5e6, 'the mirror copies');
      expect(lab.status('mir')).toContain(' 1/1 ');
      expect(await read(org, 0)).toEqual(await read(lab.disk(2), 0));
    },
    [32768, 131072, 32768],
  ));

test('an origin that has become smaller is not read behind its end', () =>
  run(async (lab) => {
    await lab.world.device('base', [`0 1024 linear ${BASE} 0`]);
    const table = `0 1024 snapshot base ${COW} P 8`;
    const snap = await lab.world.device('snap', [table]);
    must(lab.dm.load('base', [`0 512 linear ${BASE} 0`]));
    must(await lab.dm.suspend('base', DRAIN));
    must(await lab.dm.resume('base'));
    expect(await write(snap, 801, 7)).toMatchObject({ error: { code: 'io-failed' } });
    expect(lab.status()).toBe('Invalid');
  }));

test('what may be thrown away of the origin is so of the store, too', () =>
  run(async (lab) => {
    const features = '2 discard_zeroes_cow discard_passdown_origin';
    const snap = await lab.world.device('snap', [`${lab.table('snapshot', COW)} ${features}`]);
    await write(snap, 40, 7, 8);
    expect(await discard(snap, 40, 8)).toEqual(OK);
    expect(await read(snap, 40)).toEqual([0]);
  }));

test(
  'chunks that no origin has may all have one place in the index',
  () =>
    run(
      async (lab) => {
        const { snap } = await lab.pair(1024);
        lab.remove(snap);
        const area = new Uint8Array(1024 * 512);
        // A chunk size of 512 KiB: 32,768 records, less the one that ends them.
        for (let row = 0; row < 32_767; row++) {
          writeRecord(area, row, { oldChunk: (row + 1) * (2 ** 32 + 1), newChunk: 2 + row });
        }
        await lab.disk(1).submit({ op: 'write', start: sectors(1024), data: area });
        const again = await lab.snapshot('snap', COW, 1024);
        expect(lab.state().exceptions).toBe(32_767);
        expect(await read(again, 0)).toEqual([1]);
      },
      [1024, 8192],
    ),
  5_000,
);
