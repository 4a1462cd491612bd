/** Tables made by hand, sound and spoilt, as Linux reads them. */
import { describe, expect, test } from 'vitest';
import { view } from '../../../core/base/bytes.ts';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import { readPartitionTable } from '../../../core/block/partition/read-table.ts';
import { Slice } from '../../../core/block/partition/slice.ts';
import type { PartitionOddity } from '../../../core/block/partition/types.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import {
  blankDisk,
  listed,
  putGpt,
  putMbr,
  resum,
  tableOf,
  type Entry,
} from '../../support/partition-tables.ts';
import type { TestDisk } from '../../support/ram.ts';
import { flush, read, write } from '../../support/sectors.ts';

const SIZE = 4096;

async function oddities(disk: TestDisk): Promise<readonly PartitionOddity[]> {
  return (await tableOf(disk)).table?.oddities ?? [];
}

describe('a disk without a table', () => {
  test.each<[string, (disk: TestDisk) => void]>([
    ['is blank', () => undefined],
    ['has a boot sector', (disk) => putMbr(disk, 0, [[0x20, 7, 9, 0x41]])],
    ['has the signature alone, as one with a boot loader', (disk) => putMbr(disk, 0, [])],
  ])('%s', async (_, make) => {
    const disk = blankDisk(SIZE);
    make(disk);
    expect(await tableOf(disk)).toEqual({ barred: false });
  });

  test('of no sectors', async () => {
    expect(await tableOf(new RamDisk('sda', sectors(0)))).toEqual({ barred: false });
  });

  test('cannot be told where its first sector is not read', async () => {
    const disk = blankDisk(SIZE);
    disk.bad.add(0);
    const found = await readPartitionTable(disk);
    expect(!found.ok && found.error.code).toBe('io-failed');
  });
});

describe('MBR', () => {
  const made = (...entries: readonly Entry[]): TestDisk => {
    const disk = blankDisk(SIZE);
    putMbr(disk, 0, entries);
    return disk;
  };

  test('primary partitions, with a gap, in any order', async () => {
    const found = await tableOf(made([0x8e, 1024, 512], [0, 0, 0], [0x83, 64, 8, 0x80]));
    expect(found.table?.kind).toBe('mbr');
    expect(found.barred).toBe(true);
    expect(listed(found)).toEqual(['1: 1024+512', '3: 64+8']);
    expect(found.table?.oddities).toEqual([]);
  });

  test('logical partitions behind an extended one, which is 1 KiB', async () => {
    const disk = made([0x8e, 64, 64], [0x05, 1024, 2048]);
    putMbr(disk, 1024, [
      [0x8e, 32, 128],
      [0x05, 512, 512],
    ]);
    putMbr(disk, 1536, [[0x8e, 16, 100]]);
    expect(listed(await tableOf(disk))).toEqual([
      '1: 64+64',
      '2: 1024+2',
      '5: 1056+128',
      '6: 1552+100',
    ]);
  });

  test.each([0x05, 0x0f, 0x85])('type %i is extended', async (type) => {
    const disk = made([type, 1024, 1]);
    putMbr(disk, 1024, [[0x8e, 1, 7]]);
    expect(listed(await tableOf(disk))).toEqual(['1: 1024+1', '5: 1025+7']);
  });

  test('two extended ones are counted through', async () => {
    const disk = made([0x05, 1024, 512], [0x0f, 2048, 512]);
    putMbr(disk, 1024, [[0x8e, 1, 7]]);
    putMbr(disk, 2048, [[0x8e, 1, 9]]);
    expect(listed(await tableOf(disk))).toEqual([
      '1: 1024+2',
      '2: 2048+2',
      '5: 1025+7',
      '6: 2049+9',
    ]);
  });

  test('the third and fourth entry of a chain count where they fit', async () => {
    const disk = made([0x05, 1024, 512]);
    const garbage: Entry = [0x77, 400, 400];
    putMbr(disk, 1024, [[0x8e, 1, 7], [0, 0, 0], garbage, [0x8e, 100, 10]]);
    expect(listed(await tableOf(disk))).toEqual(['1: 1024+2', '5: 1025+7', '6: 1124+10']);
  });

  test('what does not fit on the disk is cut off, or left out', async () => {
    const disk = made([0x8e, 4000, 200], [0x8e, 4096, 1], [0x83, 5000, 5], [0x8e, 64, 8]);
    const found = await tableOf(disk);
    expect(listed(found)).toEqual(['1: 4000+96', '4: 64+8']);
    expect(found.table?.oddities).toEqual([
      { kind: 'cut-off', number: 1, size: 200 },
      { kind: 'beyond-end', number: 2, start: 4096 },
      { kind: 'beyond-end', number: 3, start: 5000 },
    ]);
  });

  test('two that overlap are both there, and told', async () => {
    const disk = made([0x8e, 64, 100], [0x8e, 150, 100], [0x8e, 249, 1], [0x8e, 250, 1]);
    const found = await tableOf(disk);
    expect(listed(found)).toHaveLength(4);
    expect(found.table?.oddities).toEqual([
      { kind: 'overlap', one: 1, other: 2 },
      { kind: 'overlap', one: 2, other: 3 },
    ]);
  });

  test('a chain that comes back ends there', async () => {
    const disk = made([0x05, 1024, 512]);
    putMbr(disk, 1024, [
      [0x8e, 1, 7],
      [0x05, 64, 64],
    ]);
    putMbr(disk, 1088, [
      [0x8e, 1, 7],
      [0x05, 0, 64],
    ]);
    expect(listed(await tableOf(disk))).toEqual(['1: 1024+2', '5: 1025+7', '6: 1089+7']);
    expect(await oddities(disk)).toEqual([{ kind: 'chain-loop', at: 1024 }]);
  });

  test('a chain without partitions is given up like in Linux', async () => {
    const disk = made([0x05, 1024, 512]);
    for (let at = 0; at < 200; at++) putMbr(disk, 1024 + at, [[0x05, at + 1, 1]]);
    expect(await oddities(disk)).toEqual([{ kind: 'chain-too-long' }]);
    expect(disk.log.length).toBeLessThan(110);
  });

  test('numbers end at 255', async () => {
    const disk = made([0x05, 1024, 2048]);
    for (let at = 0; at < 300; at++) {
      putMbr(disk, 1024 + 2 * at, [
        [0x8e, 1, 1],
        [0x05, 2 * at + 2, 2],
      ]);
    }
    const found = await tableOf(disk);
    expect(listed(found).at(-1)).toBe('255: 1525+1');
    expect(found.table?.oddities).toEqual([{ kind: 'too-many' }]);
  });

  test.each<[string, (disk: TestDisk) => void]>([
    [
      'leaves the disk',
      (disk) =>
        putMbr(disk, 1024, [
          [0x8e, 1, 7],
          [0x05, 2 ** 31, 1],
        ]),
    ],
    [
      'leads to no table',
      (disk) =>
        putMbr(disk, 1024, [
          [0x8e, 1, 7],
          [0x05, 99, 1],
        ]),
    ],
    [
      'leads to a bad sector',
      (disk) => {
        putMbr(disk, 1024, [
          [0x8e, 1, 7],
          [0x05, 64, 1],
        ]);
        disk.bad.add(1088);
      },
    ],
  ])('a chain that %s keeps what it had', async (_, make) => {
    const disk = made([0x05, 1024, 512]);
    make(disk);
    const found = await tableOf(disk);
    expect(listed(found)).toEqual(['1: 1024+2', '5: 1025+7']);
    expect(found.table?.oddities.map(({ kind }) => kind)).toEqual(['chain-unreadable']);
  });
});

describe('GPT', () => {
  const made = (): TestDisk => {
    const disk = blankDisk(SIZE);
    putGpt(disk, { 1: [64, 127], 3: [128, 1023] });
    return disk;
  };
  const header = (disk: TestDisk, at = 1): DataView => view(disk.data.subarray(at * SECTOR));
  /** Behind the entries' sectors of the backup. */
  const LAST = SIZE - 1;

  test('partitions have the numbers of their entries', async () => {
    const found = await tableOf(made());
    expect(found.table?.kind).toBe('gpt');
    expect(found.barred).toBe(true);
    expect(listed(found)).toEqual(['1: 64+64', '3: 128+896']);
    expect(found.table?.oddities).toEqual([]);
  });

  test('no more than 255, however many entries there are', async () => {
    const disk = blankDisk(SIZE);
    putGpt(
      disk,
      { 1: [600, 600], 255: [601, 601], 256: [602, 602], 400: [603, 603] },
      { count: 512 },
    );
    expect(listed(await tableOf(disk))).toEqual(['1: 600+1', '255: 601+1']);
  });

  test('an entry that leaves the disk is not used', async () => {
    const disk = blankDisk(SIZE);
    putGpt(disk, { 1: [64, 4095], 2: [64, 4096], 3: [9999, 10_000], 4: [90, 80], 5: [90, 89] });
    const found = await tableOf(disk);
    expect(listed(found)).toEqual(['1: 64+4032']);
    expect(found.table?.oddities).toEqual([
      { kind: 'beyond-end', number: 2, start: 64 },
      { kind: 'beyond-end', number: 3, start: 9999 },
      { kind: 'ends-before-start', number: 4 },
    ]);
  });

  test.each<[string, string, (data: DataView, disk: TestDisk) => void]>([
    ['signature', 'signature', (data) => data.setUint8(0, 0)],
    ['checksum', 'header-crc', (data) => data.setUint8(16, data.getUint8(16) ^ 1)],
    ['length below 92', 'header-size', (data) => data.setUint32(12, 91, true)],
    ['length above a sector', 'header-size', (data) => data.setUint32(12, 513, true)],
    ['own place', 'own-place', (data) => data.setBigUint64(24, 2n, true)],
    ['first sector', 'usable-range', (data) => data.setBigUint64(40, 4096n, true)],
    ['last sector', 'usable-range', (data) => data.setBigUint64(48, 2n ** 63n, true)],
    ['range', 'usable-range', (data) => data.setBigUint64(48, 33n, true)],
    ['length of an entry', 'entry-size', (data) => data.setUint32(84, 256, true)],
    ['number of entries', 'entry-count', (data) => data.setUint32(80, 32_769, true)],
    ['number of entries, none', 'entry-count', (data) => data.setUint32(80, 0, true)],
    ['place of the entries', 'entries-place', (data) => data.setBigUint64(72, 4090n, true)],
    ['place far away', 'entries-place', (data) => data.setBigUint64(72, 2n ** 64n - 1n, true)],
    ['checksum of the entries', 'entries-crc', (data) => data.setUint32(88, 1, true)],
    ['entries', 'entries-crc', (_, disk) => disk.data.fill(7, 3 * SECTOR, 3 * SECTOR + 1)],
  ])('the backup is used where the primary has a bad %s', async (_, fault, spoil) => {
    const disk = made();
    spoil(header(disk), disk);
    if (!fault.startsWith('header-crc')) resum(disk.data, 1);
    const found = await tableOf(disk);
    expect(listed(found)).toEqual(['1: 64+64', '3: 128+896']);
    expect(found.table?.oddities).toEqual([{ kind: 'gpt-copy-bad', copy: 'primary', fault }]);
  });

  test('the backup is used where the primary cannot be read', async () => {
    const disk = made();
    disk.bad.add(1);
    expect(listed(await tableOf(disk))).toHaveLength(2);
    expect(await oddities(disk)).toEqual([
      { kind: 'gpt-copy-bad', copy: 'primary', fault: 'unreadable' },
    ]);
  });

  test('a bad backup is told', async () => {
    const disk = made();
    disk.data.fill(0, LAST * SECTOR);
    expect(listed(await tableOf(disk))).toHaveLength(2);
    expect(await oddities(disk)).toEqual([
      { kind: 'gpt-copy-bad', copy: 'backup', fault: 'signature' },
    ]);
  });

  test('with both copies bad there are no partitions, and still a table', async () => {
    const disk = made();
    disk.data.fill(0, SECTOR, 2 * SECTOR);
    disk.data.fill(7, (LAST - 4) * SECTOR, (LAST - 3) * SECTOR);
    disk.data.fill(7, 3 * SECTOR, 4 * SECTOR);
    disk.data.fill(7, (LAST - 31) * SECTOR, (LAST - 30) * SECTOR);
    const found = await tableOf(disk);
    expect(found.barred).toBe(true);
    expect(found.table).toEqual({
      kind: 'gpt',
      partitions: [],
      oddities: [{ kind: 'gpt-bad', primary: 'signature', backup: 'entries-crc' }],
    });
  });

  test('a disk that grew has its backup further in front', async () => {
    const disk = blankDisk(SIZE);
    putGpt(disk, { 1: [64, 127] }, { size: 2048 });
    expect(listed(await tableOf(disk))).toEqual(['1: 64+64']);
    expect(await oddities(disk)).toEqual([{ kind: 'gpt-grown', backup: 2047, last: LAST }]);
    // The entries of the primary are spoilt, and its header still knows the place.
    disk.data.fill(7, 3 * SECTOR, 4 * SECTOR);
    expect(listed(await tableOf(disk))).toEqual(['1: 64+64']);
  });

  test('what is made for sectors of 4096 bytes is told', async () => {
    const disk = blankDisk(SIZE);
    putMbr(disk, 0, [[0xee, 1, LAST]]);
    disk.data.set(new TextEncoder().encode('EFI PART'), 8 * SECTOR);
    expect(await oddities(disk)).toEqual([{ kind: 'gpt-large-sectors' }]);
  });

  test('is not looked for without an entry that points at it', async () => {
    const disk = made();
    putMbr(disk, 0, [[0xee, 2, LAST]]);
    expect(await oddities(disk)).toEqual([{ kind: 'gpt-elsewhere', start: 2 }]);
    putMbr(disk, 0, [[0x8e, 64, 8]]);
    expect(listed(await tableOf(disk))).toEqual(['1: 64+8']);
    disk.data.fill(0, 0, SECTOR);
    expect(await tableOf(disk)).toEqual({ barred: false });
  });

  test('goes before other entries, and whatever their flags are', async () => {
    const disk = made();
    putMbr(disk, 0, [
      [0x8e, 64, 64, 0x41],
      [0xee, 1, LAST],
    ]);
    const found = await tableOf(disk);
    expect(listed(found)).toHaveLength(2);
    expect(found.barred).toBe(false);
  });
});

describe('a partition', () => {
  const whole = new RamDisk('sda', sectors(256));
  const part = new Slice(whole, 'sda1', sectors(64), sectors(32));

  test('is a run of its disk', async () => {
    await write(part, 0, 5, 32);
    expect(await read(whole, 63, 34)).toEqual([0, ...Array<number>(32).fill(5), 0]);
    expect(await flush(part)).toEqual({ ok: true });
  });

  test('lets nothing through beyond its end, under its own name', async () => {
    const done = await part.submit({ op: 'read', start: sectors(31), data: new Uint8Array(1024) });
    expect(done).toEqual({
      ok: false,
      error: { code: 'out-of-range', device: 'sda1', start: 31, count: 2, size: 32 },
    });
  });

  test('passes on fua, and tells errors of the disk as its own', async () => {
    const disk = blankDisk(256);
    const one = new Slice(disk, 'sda1', sectors(64), sectors(32));
    await one.submit({ op: 'write', start: sectors(1), data: new Uint8Array(SECTOR), fua: true });
    expect(disk.log).toEqual(['write 65+1 fua']);
    disk.bad.add(70);
    const done = await one.submit({ op: 'read', start: sectors(6), data: new Uint8Array(SECTOR) });
    expect(!done.ok && done.error.device).toBe('sda1');
  });

  test('of a read-only disk is read-only', async () => {
    const disk = new RamDisk('sda', sectors(256), undefined, undefined, true);
    const one = new Slice(disk, 'sda1', sectors(64), sectors(32));
    const done = await one.submit({ op: 'write', start: sectors(0), data: new Uint8Array(SECTOR) });
    expect(done).toEqual({ ok: false, error: { code: 'read-only', device: 'sda1' } });
  });
});
