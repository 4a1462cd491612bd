/** Snapshots that are merged or taken over, and spoilt stores; as Linux 6.1 (reference 6.1). */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RECORD, writeRecord } from '../../../core/dm/snapshot/format.ts';
import { answer, DRAIN } from '../../support/dm.ts';
import { must } from '../../support/results.ts';
import { discard, flush, read, write } from '../../support/sectors.ts';
import { fateOf } from '../../support/sim.ts';
import { COW, COW2, inSnapshotLab as run, type SnapshotWorld } from '../../support/snapshots.ts';

const OK = { ok: true };
const PAIRING = 'EINVAL snapshot: Snapshot cow pairing for exception table handover failed';

test('a merge gives the origin back what it had', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    await write(org, 43, 7001);
    await write(org, 48, 7002, 16);
    await write(org, 200, 7003, 8);
    await lab.merge();
    await lab.wait();
    expect(lab.status('org')).toBe('16/4096 16');
    expect(lab.events('org')).toBe(0);
    expect(lab.records()).toBe('');
    expect(await read(org, 40, 24)).toEqual(Array.from({ length: 24 }, (_, at) => 41 + at));
    expect(await read(org, 200)).toEqual([201]);
    // What is left is an origin like any other.
    expect(await write(org, 43, 8)).toEqual(OK);
    expect(await read(org, 43)).toEqual([8]);
  }));

test('while it is merged, all chunks are read as the snapshot had them', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    await write(org, 40, 7001, 8);
    await write(org, 400, 7002, 8);
    await write(snap, 400, 7003, 8);
    must(lab.dm.throttle(0));
    await lab.merge();
    expect(lab.state('org')).toMatchObject({ role: 'merge', exceptions: 2, condition: 'good' });
    expect(await read(org, 40, 2)).toEqual([41, 42]);
    expect(await read(org, 400, 1)).toEqual([7003]);
    // Of a chunk that is not merged yet the store has it all.
    expect(await write(org, 401, 7004)).toEqual(OK);
    expect(await read(lab.disk(0), 401)).toEqual([7002]);
    expect(await discard(org, 0, 1024)).toEqual(OK);
    must(lab.dm.throttle(undefined));
    await lab.wait();
    expect(await read(org, 399, 4)).toEqual([400, 7003, 7004, 7003]);
    expect(await read(lab.disk(0), 401)).toEqual([7004]);
    expect(lab.status('org')).toBe('16/4096 16');
  }));

test('a write to what is being merged waits for it, and then goes to the origin', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    await write(org, 40, 7001, 8);
    lab.disk(0).takesMicros = 1000;
    await lab.merge();
    await lab.wait(500);
    expect(lab.state('org').merging).toEqual({ oldChunk: 5, newChunk: 2, count: 1 });
    const writing = write(org, 41, 9);
    expect(await fateOf(writing)).toBe('pending');
    expect(await read(org, 40, 3)).toEqual([41, 42, 43]);
    expect(await writing).toEqual(OK);
    await lab.wait();
    expect(await read(lab.disk(0), 40, 3)).toEqual([41, 9, 43]);
    expect(lab.status('org')).toBe('16/4096 16');
  }));

test('other snapshots of the origin keep what a merge writes over', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    await write(org, 40, 7001, 8);
    const other = await lab.snapshot('other', COW2);
    await lab.merge();
    await lab.wait();
    expect(await read(org, 40)).toEqual([41]);
    expect(await read(other, 40)).toEqual([7001]);
    expect(await write(org, 80, 6)).toEqual(OK);
    expect(await read(other, 80)).toEqual([81]);
  }));

test('it goes backwards: what is left is what was kept first', () =>
  run(
    async (lab) => {
      const { org } = await lab.pair();
      for (let chunk = 0; chunk < 300; chunk++) await write(org, chunk * 8, 5);
      expect(lab.status()).toBe('2424/8192 24');
      must(lab.dm.throttle(1));
      await lab.merge();
      await lab.wait(500_000);
      // Those of the second area; the free chunk is counted from there.
      expect(lab.state('org')).toMatchObject({ exceptions: 256, allocated: 259 * 8, limit: 1 });
      expect(lab.status('org')).toBe('2072/8192 24');
      must(await lab.dm.suspend('org', DRAIN));
      must(await lab.dm.resume('org'));
      await lab.wait(1_500_000);
      expect(lab.status('org')).toBe('16/8192 16');
      expect(await read(org, 0, 2)).toEqual([1, 2]);
    },
    [4096, 8192],
  ));

test('a merge that was interrupted goes on from what the store still lists', () =>
  run(
    async (lab) => {
      const { org } = await lab.pair();
      for (let chunk = 0; chunk < 300; chunk++) await write(org, chunk * 8, 5);
      must(lab.dm.throttle(1));
      await lab.merge();
      await lab.wait(500_000);
      lab.remove(org);
      must(lab.dm.throttle(undefined));
      const again = await lab.world.device('org', [lab.table('snapshot-merge', COW)]);
      await lab.wait();
      expect(lab.status('org')).toBe('16/8192 16');
      expect(await read(again, 8 * 299, 2)).toEqual([2393, 2394]);
    },
    [4096, 8192],
  ));

test.each([
  ['the store cannot be read', 1, ['read']],
  ['the store cannot be written', 1, ['write']],
  ['the origin cannot be written', 0, ['write']],
  ['the origin cannot be flushed', 0, ['flush']],
] as const)('%s: the merge has failed, and nothing is lost', (_name, disk, fails) =>
  run(async (lab) => {
    const { org } = await lab.pair();
    await write(org, 40, 7001, 8);
    lab.disk(disk).fails = fails;
    await lab.merge();
    await lab.wait();
    expect(lab.status('org')).toBe('Merge failed');
    expect(lab.state('org').condition).toBe('merge-failed');
    lab.disk(disk).fails = [];
    expect(await read(org, 40, 2)).toEqual([41, 42]);
    expect(await write(org, 41, 9)).toEqual(OK);
    expect(await flush(org)).toEqual(OK);
    lab.remove(org);
    const again = await lab.world.device('org', [lab.table('snapshot-merge', COW)]);
    await lab.wait();
    expect(lab.status('org')).toBe('16/4096 16');
    expect(await read(again, 40, 2)).toEqual([41, 9]);
  }),
);

test('an invalid snapshot is not merged: all goes to the origin', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair();
      await write(org, 0, 5, 16);
      expect(lab.status()).toBe('Invalid');
      lab.remove(snap);
      lab.remove(org);
      const merged = await lab.world.device('org', [lab.table('snapshot-merge', COW)]);
      await lab.wait();
      expect(lab.status('org')).toBe('Invalid');
      expect(await read(merged, 0)).toEqual([5]);
      expect(await write(merged, 0, 6)).toEqual(OK);
      expect(await read(lab.disk(0), 0)).toEqual([6]);
    },
    [1024, 24],
  ));

test('a store in memory cannot be merged', () =>
  run(async (lab) => {
    lab.dm.create('org', '');
    const table = lab.table('snapshot-merge', COW, 8, 'N');
    expect(answer(await lab.dm.reload('org', [table]))).toBe(
      'EINVAL snapshot-merge: Snapshot exception store does not support snapshot-merge.',
    );
  }));

test('a store goes over to the device that is resumed while the other one is suspended', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    await write(org, 8, 5, 24);
    lab.dm.create('new', '');
    expect(answer(await lab.dm.reload('new', [lab.table('snapshot', COW, 16)]))).toBe('done');
    // It knows nothing yet.
    expect(lab.world.table('new', 'inactive')).toEqual(['0 1024 snapshot 8:0 8:16 P 0']);
    expect(lab.world.state('new').inactive?.[0]?.status).toBe('0/4096 0');
    expect(answer(await lab.dm.resume('new'))).toBe(
      'EINVAL snapshot: Unable to perform snapshot handover until source is suspended.',
    );
    must(await lab.dm.suspend('snap', DRAIN));
    expect(answer(await lab.dm.resume('snap'))).toBe(
      'EINVAL snapshot: Unable to resume snapshot source until handover completes.',
    );
    must(await lab.dm.resume('new'));
    expect(lab.status('new')).toBe('40/4096 16');
    expect(lab.status('snap')).toBe('Invalid');
    must(await lab.dm.resume('snap'));
    expect(await read(snap, 8)).toBe('io-failed');
    const taken = must(lab.dm.open('new'));
    expect(await read(taken, 8)).toEqual([9]);
    await write(org, 80, 5);
    expect(lab.records()).toBe('1>2 2>3 3>4 10>5');
    lab.remove(snap);
    await write(org, 88, 5);
    expect(await read(taken, 88)).toEqual([89]);
  }));

test('onto itself a table is loaded as any other', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    await write(org, 8, 5, 16);
    await lab.world.swap('snap', [lab.table('snapshot', COW)]);
    expect(lab.status()).toBe('32/4096 16');
    expect(await read(snap, 8)).toEqual([9]);
    await write(org, 24, 5);
    expect(lab.status()).toBe('40/4096 16');
  }));

test('whose store was to be taken over is gone: what waited for it has nothing', () =>
  run(async (lab) => {
    const { snap } = await lab.pair();
    lab.dm.create('new', '');
    must(await lab.dm.reload('new', [lab.table('snapshot', COW)]));
    lab.remove(snap);
    must(await lab.dm.resume('new'));
    expect(lab.status('new')).toBe('Invalid');
    expect(await read(must(lab.dm.open('new')), 0)).toBe('io-failed');
    expect(lab.header()).toMatch(/^53 6e 41 70 01/);
  }));

test('a third one is refused', () =>
  run(async (lab) => {
    await lab.pair();
    for (const name of ['new', 'third']) lab.dm.create(name, '');
    must(await lab.dm.reload('new', [lab.table('snapshot', COW)]));
    expect(answer(await lab.dm.reload('third', [lab.table('snapshot', COW)]))).toBe(PAIRING);
    must(lab.dm.clear('new'));
    expect(answer(await lab.dm.reload('third', [lab.table('snapshot', COW)]))).toBe('done');
  }));

/** Writes the first area of the first store. */
async function lists(lab: SnapshotWorld, list: readonly string[]): Promise<void> {
  const area = new Uint8Array(list.length * RECORD);
  for (const [index, text] of list.entries()) {
    const [oldChunk = 0, newChunk = 0] = text.split('>').map(Number);
    writeRecord(area, index, { oldChunk, newChunk });
  }
  const data = new Uint8Array(512);
  data.set(area);
  await lab.disk(1).submit({ op: 'write', start: sectors(8), data });
}

/** Chunk 5 of the origin; what the record says of where it is, and what the kernel makes of it. */
const SPOILT = [
  [['5>100'], '808/4096 16', [41]],
  [['5>2', '0>0', '6>3'], '24/4096 16', [0]],
  [['5>600'], '4808/4096 16', 'io-failed'],
  [['5>1'], '16/4096 16', undefined],
  [['5>2', '5>3'], '32/4096 16', [0]],
  [['9999999>2', '5>3'], '32/4096 16', [0]],
] as const;

test.each(SPOILT)('a store that lists %j is used as far as it goes', (list, status, found) =>
  run(async (lab) => {
    const { snap } = await lab.pair();
    lab.remove(snap);
    await lists(lab, list);
    if (found !== undefined && found[0] === 41) await write(lab.disk(1), 800, 41, 8);
    const again = await lab.snapshot('snap', COW);
    expect(lab.status()).toBe(status);
    if (found !== undefined) expect(await read(again, 40)).toEqual(found);
    expect(await read(again, 80)).toEqual([81]);
  }),
);

/** The first sector of each chunk of the store says which it is: what 5 and 6 have in the end. */
const TWICE = [
  [
    ['5>2', '5>3'],
    [2, undefined],
  ],
  [
    ['5>2', '6>3', '5>4'],
    [2, 3],
  ],
  [
    ['5>4', '6>5', '5>2', '6>3'],
    [4, 5],
  ],
  [
    ['6>3', '5>5', '6>6'],
    [5, 3],
  ],
  [
    ['5>3', '6>9', '5>8'],
    [3, 9],
  ],
  [
    ['5>2', '5>2'],
    [2, undefined],
  ],
] as const;

test.each(TWICE)('a store that lists %j, a chunk twice, is merged', (list, kept) =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    lab.remove(snap);
    await lists(lab, list);
    for (let chunk = 2; chunk < 10; chunk++) await write(lab.disk(1), chunk * 8, 7000 + chunk);
    const again = await lab.snapshot('snap', COW);
    const wanted = kept.map((at, index) => (at === undefined ? 8 * (5 + index) + 1 : 7000 + at));
    for (const [index, one] of wanted.entries()) {
      expect(await read(again, 8 * (5 + index)), 'the snapshot').toEqual([one]);
    }
    must(lab.dm.throttle(1));
    await lab.merge();
    // Where the chunk is merged for the first time, this is written to the store, and not lost.
    await lab.wait(500_000);
    expect(await write(org, 41, 9)).toEqual(OK);
    must(lab.dm.throttle(undefined));
    await lab.wait();
    expect(lab.status('org')).toBe('16/4096 16');
    expect(lab.records()).toBe('');
    const found = await read(lab.disk(0), 0, lab.disk(0).size);
    const before = Array.from({ length: lab.disk(0).size }, (_, at) => at + 1);
    const named = before.map((stamp, at) =>
      at === 40 || at === 48 ? wanted[(at - 40) / 8] : stamp,
    );
    const isCopied = (at: number): boolean => kept[Math.floor(at / 8) - 5] !== undefined;
    // Nobody wrote the other sectors of a chunk of the store.
    const all = named.map((stamp, at) => (isCopied(at) && at % 8 > 0 ? 0 : stamp));
    expect(found).toEqual(all.map((stamp, at) => (at === 41 ? 9 : stamp)));
  }),
);
