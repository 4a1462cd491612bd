/** Snapshots by device-mapper alone; numbers and words are those of Linux 6.1 (reference 6.1). */
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { answer, DRAIN } from '../../support/dm.ts';
import { discard, flush, read, write, zero } from '../../support/sectors.ts';
import { fateOf } from '../../support/sim.ts';
import { BASE, COW, COW2, inSnapshotLab as run } from '../../support/snapshots.ts';

const OK = { ok: true };
const FAILED = { ok: false };

test('a new store has a header and an empty area before anybody uses it', () =>
  run(async (lab) => {
    await write(lab.disk(1), 8, 99, 8);
    await lab.pair();
    expect(lab.header()).toBe('53 6e 41 70 01 00 00 00 01 00 00 00 08 00 00 00');
    expect(lab.records()).toBe('');
    expect(lab.status()).toBe('16/4096 16');
    expect(lab.world.table('snap')).toEqual(['0 1024 snapshot 8:0 8:16 P 8']);
    expect(lab.world.table('org')).toEqual(['0 1024 snapshot-origin 8:0']);
  }));

test('a write to the origin leaves the snapshot as it was', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    expect(await write(org, 43, 7001)).toEqual(OK);
    expect(await write(org, 48, 7002, 16)).toEqual(OK);
    expect(await read(org, 42, 3)).toEqual([43, 7001, 45]);
    expect(await read(snap, 42, 3)).toEqual([43, 44, 45]);
    expect(await read(snap, 46, 20)).toEqual(Array.from({ length: 20 }, (_, at) => 47 + at));
    expect(lab.records()).toBe('5>2 6>3 7>4');
    expect(lab.status()).toBe('40/4096 16');
    // Once kept, a chunk is written as any other.
    lab.disk(1).seen = [];
    expect(await write(org, 44, 7003)).toEqual(OK);
    expect(lab.disk(1).seen).toEqual([]);
  }));

test('a write to the snapshot leaves the origin as it is; of a whole chunk nothing is copied', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    lab.disk(0).seen = [];
    expect(await write(snap, 80, 8001, 8)).toEqual(OK);
    expect(lab.disk(0).seen).toEqual([]);
    expect(await write(snap, 803, 8002, 2)).toEqual(OK);
    expect(await read(snap, 802, 4)).toEqual([803, 8002, 8002, 806]);
    expect(await read(org, 800, 8)).toEqual([801, 802, 803, 804, 805, 806, 807, 808]);
    expect(lab.records()).toBe('10>2 100>3');
    expect(await write(snap, 804, 8003)).toEqual(OK);
    expect(lab.records()).toBe('10>2 100>3');
    expect(await zero(snap, 80, 4)).toEqual(OK);
    expect(await read(snap, 83, 2)).toEqual([0, 8001]);
  }));

test('a request over chunks of every kind finds each where it is', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    await write(org, 16, 1, 8);
    await write(snap, 32, 2, 8);
    await write(snap, 24, 3, 24);
    expect(await read(snap, 8, 48)).toEqual([
      ...Array.from({ length: 16 }, (_, at) => 9 + at),
      ...Array.from({ length: 24 }, () => 3),
      ...Array.from({ length: 8 }, (_, at) => 49 + at),
    ]);
    expect(lab.records()).toBe('2>2 4>3 3>4 5>5');
  }));

test('the write waits for the data, a flush, the record, and a flush', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    for (const disk of lab.disks) disk.seen = [];
    await write(org, 0, 5);
    expect(lab.disk(0).seen).toEqual(['read', 'write']);
    // The last one is durable when it ends.
    expect(lab.disk(1).seen).toEqual(['write', 'flush', 'write']);
  }));

test('records of one flush: whoever comes while another copies is recorded with it', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    lab.disk(0).takesMicros = 10;
    lab.disk(1).seen = [];
    await Promise.all([0, 64, 128].map((start) => write(org, start, 5)));
    expect(lab.disk(1).seen.filter((op) => op === 'flush')).toHaveLength(1);
    expect(lab.records()).toBe('0>2 8>3 16>4');
  }));

test('an area that fills up has the next one zeroed, and the free chunk jumps over it', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair();
      await write(lab.disk(1), 258 * 8, 99, 8);
      for (let chunk = 0; chunk < 255; chunk++) await write(org, chunk * 8, 5);
      expect(lab.status()).toBe('2056/8192 16');
      expect(await read(lab.disk(1), 258 * 8)).toEqual([99]);
      await write(org, 255 * 8, 5);
      expect(lab.status()).toBe('2072/8192 24');
      expect(lab.records(1, 1)).toBe('');
      await write(org, 256 * 8, 5);
      expect(lab.records(1, 1)).toBe('256>259');
      await write(org, 257 * 8, 5, 300 * 8);
      expect(lab.status()).toBe('4488/8192 32');
      expect(lab.records(1, 2).startsWith('512>516')).toBe(true);
      // Read anew it is the same.
      lab.remove(snap);
      await lab.snapshot('snap', COW);
      expect(lab.status()).toBe('4488/8192 32');
    },
    [8192, 8192],
  ));

test('two snapshots of one origin keep what each needs', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    await write(org, 0, 5);
    const other = await lab.snapshot('other', COW2, 16);
    await write(org, 40, 6, 16);
    await write(other, 64, 7);
    expect(lab.records(1)).toBe('0>2 5>3 6>4');
    expect(lab.records(2, 0, 16)).toBe('2>2 3>3 4>4');
    expect(await read(snap, 0)).toEqual([1]);
    expect(await read(other, 0)).toEqual([5]);
    expect(await read(other, 40)).toEqual([41]);
    expect(await read(snap, 64)).toEqual([65]);
  }));

test('no room: the snapshot is lost, the origin is not', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair();
      for (let chunk = 0; chunk < 8; chunk++) expect(await write(org, chunk * 8, 5)).toEqual(OK);
      expect(lab.status()).toBe('80/80 16');
      expect(lab.events()).toBe(0);
      expect(await write(org, 100, 6)).toEqual(OK);
      expect(await read(org, 100)).toEqual([6]);
      expect(lab.status()).toBe('Invalid');
      expect(lab.events()).toBe(1);
      expect(lab.header()).toMatch(/^53 6e 41 70 00 00 00 00 01/);
      expect(await read(snap, 500)).toBe('io-failed');
      expect(await write(snap, 500, 1)).toMatchObject(FAILED);
      lab.remove(snap);
      await lab.snapshot('snap', COW);
      expect(lab.status()).toBe('Invalid');
      expect(lab.state().condition).toBe('invalid');
    },
    [1024, 80],
  ));

test('a snapshot that may overflow tells whoever writes to it, and is still read', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair(8, 'PO');
      for (let chunk = 0; chunk < 2; chunk++) await write(org, chunk * 8, 5);
      expect(await write(snap, 100, 6)).toMatchObject(FAILED);
      expect(lab.status()).toBe('Overflow');
      expect(lab.events()).toBe(0);
      expect(await read(snap, 0)).toEqual([1]);
      expect(await write(snap, 0, 6)).toMatchObject(FAILED);
      expect(await write(org, 0, 6)).toEqual(OK);
      expect(lab.status()).toBe('Overflow');
      expect(await write(org, 100, 6)).toEqual(OK);
      expect(lab.status()).toBe('Invalid');
      expect(lab.world.table('snap')).toEqual(['0 1024 snapshot 8:0 8:16 PO 8']);
    },
    [1024, 32],
  ));

test('in memory alone: the chunks of the store are used from the first one on', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair(8, 'N');
      expect(lab.status()).toBe('0/48 0');
      await write(org, 8, 5);
      expect(lab.status()).toBe('8/48 0');
      expect(await read(snap, 8)).toEqual([9]);
      expect(await read(lab.disk(1), 0)).toEqual([9]);
    },
    [1024, 48],
  ));

test('a store that fails loses the snapshot, and no write to the origin', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    lab.disk(1).fails = ['write', 'flush'];
    expect(await write(org, 0, 5)).toEqual(OK);
    expect(lab.status()).toBe('Invalid');
    expect(await read(snap, 100)).toBe('io-failed');
    expect(await read(org, 0)).toEqual([5]);
  }));

test('an origin that cannot be read loses the snapshot where it is needed', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    lab.disk(0).fails = ['read'];
    expect(await write(org, 3, 5)).toEqual(OK);
    expect(lab.status()).toBe('Invalid');
  }));

test('who reads the origin in place of a chunk never sees the write that follows', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    let open: () => void = () => undefined;
    lab.disk(0).gate = new Promise((resolve) => {
      open = resolve;
    });
    const reading = read(snap, 3);
    lab.disk(0).gate = undefined;
    const writing = write(org, 3, 5);
    expect(await fateOf(writing)).toBe('pending');
    open();
    expect(await reading).toEqual([4]);
    expect(await writing).toEqual(OK);
    expect(await read(snap, 3)).toEqual([4]);
  }));

test('nor does it where the store has no room for the chunk', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair();
      for (let chunk = 0; chunk < 8; chunk++) await write(org, chunk * 8, 5);
      let open: () => void = () => undefined;
      lab.disk(0).gate = new Promise((resolve) => {
        open = resolve;
      });
      const reading = read(snap, 100);
      lab.disk(0).gate = undefined;
      const writing = write(org, 100, 6);
      expect(await fateOf(writing)).toBe('pending');
      expect(lab.status()).toBe('Invalid');
      open();
      expect(await reading).toEqual([101]);
      expect(await writing).toEqual(OK);
    },
    [1024, 80],
  ));

test('a flush of the snapshot goes to its store alone', () =>
  run(async (lab) => {
    const { snap } = await lab.pair();
    for (const disk of lab.disks) disk.seen = [];
    await flush(snap);
    expect(lab.disks.map(({ seen }) => seen)).toEqual([[], ['flush'], [], []]);
  }));

test('to throw away what the origin has is not worth a copy', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    expect(await discard(org, 0, 64)).toEqual(OK);
    expect(await discard(snap, 0, 64)).toEqual(OK);
    expect(await read(org, 0)).toEqual([1]);
    expect(lab.records()).toBe('');
    // To write zeros is to write.
    expect(await zero(org, 8, 8)).toEqual(OK);
    expect(await read(snap, 8)).toEqual([9]);
    expect(lab.records()).toBe('1>2');
  }));

test('a discard gives back a whole chunk that is kept, where the table says so', () =>
  run(async (lab) => {
    const snap = await lab.snapshot('snap', COW, 8, 'P');
    await lab.world.swap('snap', [`${lab.table('snapshot', COW)} 1 discard_zeroes_cow`]);
    await write(snap, 8, 5, 8);
    await discard(snap, 8, 8);
    await discard(snap, 16, 8);
    expect(await read(snap, 8, 9)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 17]);
    expect(lab.world.table('snap')).toEqual(['0 1024 snapshot 8:0 8:16 P 8 1 discard_zeroes_cow']);
  }));

test('the last chunk of an origin may be a part of one', () =>
  run(
    async (lab) => {
      const { org, snap } = await lab.pair(16);
      await write(org, 98, 5, 2);
      expect(await read(snap, 95, 5)).toEqual([96, 97, 98, 99, 100]);
      expect(await write(snap, 96, 6, 4)).toEqual(OK);
      expect(await read(snap, 95, 5)).toEqual([96, 6, 6, 6, 6]);
      expect(await read(org, 96, 4)).toEqual([97, 98, 5, 5]);
    },
    [100, 4096],
  ));

test('a suspended snapshot lets the origin be written', () =>
  run(async (lab) => {
    const { org, snap } = await lab.pair();
    await lab.dm.suspend('snap', DRAIN);
    expect(await write(org, 0, 5)).toEqual(OK);
    const reading = read(snap, 0);
    expect(await fateOf(reading)).toBe('pending');
    await lab.dm.resume('snap');
    expect(await reading).toEqual([1]);
  }));

test('what the origin has is known to whoever copies it', () =>
  run(async (lab) => {
    const { org } = await lab.pair();
    await zero(lab.disk(0), 512, 512);
    expect(await org.allocation(sectors(0), sectors(1024))).toEqual([
      { start: 0, count: 512, kind: 'data' },
      { start: 512, count: 512, kind: 'hole' },
    ]);
  }));

const REFUSED = [
  ['8:0 8:16 P', 'EINVAL snapshot: requires 4 or more arguments'],
  ['/dev/nosuch 8:16 P 8', 'ENODEV snapshot: Cannot get origin device'],
  ['99:0 8:16 P 8', 'ENXIO snapshot: Cannot get origin device'],
  ['8:0 99:0 P 8', 'ENXIO snapshot: Cannot get COW device'],
  ['8:0 8:0 P 8', 'EINVAL snapshot: COW device cannot be the same as origin device'],
  ...['X 8', 'P x', 'P 8x', 'P -8', 'P 3', 'P 6', 'P 2147483648', 'P 4294967304', 'PX 8'].map(
    (words) => [`8:0 8:16 ${words}`, "EINVAL snapshot: Couldn't create exception store"] as const,
  ),
  ['8:0 8:16 N 0', 'EINVAL snapshot: Chunk size not set'],
  ['8:0 8:16 P 8 3 a b c', 'EINVAL snapshot: Invalid number of feature arguments'],
  ['8:0 8:16 P 8 1', 'EINVAL snapshot: Invalid number of feature arguments'],
  ['8:0 8:16 P 8 1 nosuch', 'EINVAL snapshot: Unrecognised feature requested'],
  [
    '8:0 8:16 P 8 1 discard_passdown_origin',
    'EINVAL snapshot: discard_passdown_origin feature depends on discard_zeroes_cow',
  ],
] as const;

test.each(REFUSED)('%s is refused', (args, words) =>
  run(async (lab) => {
    lab.dm.create('snap', '');
    expect(answer(await lab.dm.reload('snap', [`0 1024 snapshot ${args}`]))).toBe(words);
  }),
);

test.each([
  ['53 6e 41 71', 'ENXIO'],
  ['53 6e 41 70 01 00 00 00 02 00 00 00 08 00 00 00', 'EINVAL'],
  ['53 6e 41 70 01 00 00 00 01 00 00 00 03 00 00 00', 'EINVAL'],
  ['53 6e 41 70 01 00 00 00 01 00 00 00 00 00 00 00', 'EINVAL'],
  ['53 6e 41 70 01 00 00 00 01 00 00 00 00 20 00 00', 'EIO'],
])('a store with the header %s is not used', (hex, errno) =>
  run(async (lab) => {
    const sector = new Uint8Array(512);
    sector.set(hex.split(' ').map((byte) => parseInt(byte, 16)));
    await lab.disk(1).submit({ op: 'write', start: sectors(0), data: sector });
    lab.dm.create('snap', '');
    const loaded = await lab.dm.reload('snap', [lab.table('snapshot', COW)]);
    expect(answer(loaded)).toBe(`${errno} snapshot: Failed to read snapshot metadata`);
    expect(lab.header().startsWith(hex)).toBe(true);
    expect(lab.world.state('snap').inactive).toBeUndefined();
    expect(lab.dm.detachDisk('/dev/sdb')).toEqual(OK);
  }),
);

test('the chunk size of the store is the one that counts', () =>
  run(async (lab) => {
    lab.remove(await lab.snapshot('snap', COW, 16));
    const snap = await lab.snapshot('snap', COW, 8);
    expect(lab.world.table('snap')).toEqual(['0 1024 snapshot 8:0 8:16 P 16']);
    lab.remove(snap);
    await lab.snapshot('snap', COW, 0);
    expect(lab.status()).toBe('32/4096 32');
    await lab.snapshot('new', COW2, 0);
    expect(lab.status('new')).toBe('64/4096 64');
  }));

test('an origin takes one argument, and it has to be a device', () =>
  run(async (lab) => {
    lab.dm.create('org', '');
    const load = async (args: string) =>
      answer(await lab.dm.reload('org', [`0 1024 snapshot-origin${args}`]));
    expect(await load('')).toBe('EINVAL snapshot-origin: incorrect number of arguments');
    expect(await load(' 8:0 0')).toBe('EINVAL snapshot-origin: incorrect number of arguments');
    expect(await load(' 9:9')).toBe('ENXIO snapshot-origin: Cannot get target device');
    expect(await load(` ${BASE}`)).toBe('done');
  }));
