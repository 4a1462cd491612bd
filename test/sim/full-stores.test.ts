/** The monitor beside the stores of snapshots: it tells, and has them extended by their policy. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';

const MIB = 2048;
const CHUNK = 4096;
let lab: TestLab;
let told: string[];

beforeEach(async () => {
  lab = await openDevices(['sda', 'sdb'].map((name) => new RamDisk(name, sectors(64 * MIB))));
  told = [];
  lab.api.subscribe(({ body }) => {
    if (body.kind === 'monitor') told.push(body.message);
  });
  for (const line of [
    'vgcreate -s 1M vg /dev/sda /dev/sdb',
    'lvcreate -y -Wn -l 20 -n o vg',
    'lvcreate -s -l 2 -n s vg/o',
  ]) {
    await say(lab, line);
  }
});

afterEach(() => lab.close());

/** So many chunks of the origin are written for the first time. */
async function keep(from: number, chunks: number): Promise<void> {
  const data = new Uint8Array(chunks * CHUNK).fill(1);
  const done = await lab.scheduler.until(lab.api.write('vg/o', from * CHUNK, data));
  expect(done.ok).toBe(true);
  await lab.scheduler.until(sleep(lab.scheduler, 1_000_000, 'the monitor'));
}

const sizes = (): Promise<string> => say(lab, 'lvs --noheadings -o lv_size,data_percent vg/s');

test('it is told from 80 percent on, and in each further step of five', async () => {
  await keep(0, 405);
  expect(told).toEqual([]);
  await keep(405, 10);
  expect(told).toEqual(['WARNING: Snapshot vg-s is now 81.64% full.']);
  await keep(415, 10);
  expect(told).toHaveLength(1);
  await keep(425, 20);
  expect(told.slice(1)).toEqual(['WARNING: Snapshot vg-s is now 87.50% full.']);
  expect(await sizes()).toBe('2.00m 87.50');
});

test('a store is extended as far as its policy says; that it is lost is said once', async () => {
  await say(lab, 'lab set activation/snapshot_autoextend_threshold 70');
  await say(lab, 'lab set activation/snapshot_autoextend_percent 50');
  await keep(0, 300);
  expect(await sizes()).toBe('2.00m 59.18');
  await keep(300, 100);
  expect(await sizes()).toBe('3.00m 52.47');
  await keep(400, 200);
  expect(await sizes()).toBe('5.00m 47.19');
  expect(told).toEqual([]);
  await keep(600, 1000);
  expect(told).toEqual(['WARNING: Snapshot vg-s changed state to: Invalid and should be removed.']);
});

test('what is not monitored is left alone', async () => {
  await say(lab, 'lab set activation/snapshot_autoextend_threshold 70');
  expect(await say(lab, 'lvchange --monitor n vg/s')).toBe('');
  await keep(0, 450);
  expect(await sizes()).toBe('2.00m 88.48');
  expect(told).toEqual([]);
});

test.each([
  ['--error-writes 2048:8', 'sdb: write failed at sector 2048: sector 2048 cannot be written'],
  [
    '--error-reads 2048:8',
    'device-mapper: reload ioctl on vg-t (253:5) failed: Input/output error',
  ],
  [
    '--error-writes 2056:8',
    'device-mapper: reload ioctl on vg-t (253:5) failed: Input/output error',
  ],
])('of a snapshot whose store cannot be made nothing is left: %s', async (fault, words) => {
  const seen = async (): Promise<readonly string[]> => [
    await say(lab, 'lvs -a --noheadings -o lv_name,lv_attr,lv_size'),
    await say(lab, 'vgs --noheadings -o vg_free_count'),
    await say(lab, 'dmsetup table'),
    await say(lab, 'dmsetup info -c --noheadings -o name,suspended,tables_loaded'),
  ];
  const before = await seen();
  await say(lab, `lab break sdb ${fault}`);
  const line = 'lvcreate -s -l 4 -n t vg/o /dev/sdb';
  const { status, output } = await lab.scheduler.until(lab.run(line));
  expect([status, ...output.map(({ text }) => text.trim())]).toEqual([5, words]);
  expect(await seen()).toEqual(before);
  await say(lab, 'lab mend sdb');
  await keep(0, 10);
  await say(lab, line);
});
