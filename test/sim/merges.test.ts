/** Snapshots that flow back, part from their origins and come back, beside what Linux showed. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { sectors } from '../../core/base/units.ts';
import { openDevices, say, written, type TestLab } from '../support/device-lab.ts';

const MIB = 2048;
let lab: TestLab;

beforeEach(async () => {
  const disks = ['sda', 'sdb', 'sdc'].map((name) => new RamDisk(name, sectors(64 * MIB)));
  lab = await openDevices(disks);
  for (const line of ['vgcreate -s 1M vg /dev/sda /dev/sdb', 'lvcreate -y -Wn -l 8 -n o vg']) {
    await say(lab, line);
  }
});

afterEach(() => lab.close());

const tables = (): Promise<string> => say(lab, 'dmsetup table');
const seqno = async (): Promise<number> => Number(await say(lab, 'vgs --noheadings -o seqno'));
const attributes = (): Promise<string> => say(lab, 'lvs -a --noheadings -o lv_name,lv_attr');
const snapshot = async (name: string, origin = 'o'): Promise<void> => {
  await say(lab, `lvcreate -y -Wn -l 4 -n ${name} vg`);
  await say(lab, `lvconvert -y -s vg/${origin} vg/${name}`);
};
/** What was answered, with its streams. */
async function session(line: string): Promise<readonly string[]> {
  return written(line, await lab.scheduler.until(lab.run(line)));
}

test('a volume becomes a store and parts again, with what it kept', async () => {
  await say(lab, 'lvcreate -y -Wn -l 4 -n s vg');
  expect(await session('lvconvert -s vg/o vg/s')).toEqual([
    '$ lvconvert -s vg/o vg/s',
    '= 5',
    '2   WARNING: Converting logical volume vg/s to snapshot exception store.',
    '2   THIS WILL DESTROY CONTENT OF LOGICAL VOLUME (filesystem etc.)',
    '2 Do you really want to convert vg/s? [y/n]: [n]',
    '2   Conversion aborted.',
  ]);
  const before = await seqno();
  expect(await say(lab, 'lvconvert -y -s vg/o vg/s')).toContain(
    'Logical volume vg/s converted to snapshot.',
  );
  expect(await seqno()).toBe(before + 1);
  expect(await tables()).toBe(
    [
      'vg-o: 0 16384 snapshot-origin 253:1',
      'vg-o-real: 0 16384 linear 8:0 2048',
      'vg-s: 0 16384 snapshot 253:1 253:2 P 8',
      'vg-s-cow: 0 8192 linear 8:0 18432',
    ].join('\n'),
  );
  expect(await session('lvconvert --splitsnapshot vg/s')).toEqual([
    '$ lvconvert --splitsnapshot vg/s',
    '= 5',
    '2 Do you really want to split off active logical volume vg/s? [y/n]: [n]',
    '2   Logical volume vg/s not split.',
  ]);
  expect(await say(lab, 'lvconvert -y --splitsnapshot vg/s')).toBe(
    'Logical Volume vg/s split from its origin.',
  );
  expect(await tables()).toBe(
    ['vg-o: 0 16384 linear 8:0 2048', 'vg-s: 0 8192 linear 8:0 18432'].join('\n'),
  );
  expect(await session('lvconvert -y -Zn -s vg/o s')).toContain('2   WARNING: vg/s not zeroed.');
});

test('a snapshot merges at once where nobody has it open', async () => {
  await snapshot('s');
  await lab.scheduler.until(lab.api.write('vg/s', 100 * 4096, new Uint8Array(4096).fill(7)));
  const before = await seqno();
  expect(await say(lab, 'lvconvert -i1 --merge vg/s')).toBe(
    [
      'Merging of volume vg/s started.',
      'vg/o: Merged: 100.00%',
      'Merge of snapshot into logical volume vg/o has finished.',
      'Logical volume "s" successfully removed.',
    ].join('\n'),
  );
  expect(await seqno()).toBe(before + 3);
  expect(await tables()).toBe('vg-o: 0 16384 linear 8:0 2048');
});

test('it waits while its origin is open, and begins when that comes up', async () => {
  await snapshot('s');
  await say(lab, "dmsetup create user --table '0 8 linear vg-o 0'");
  expect(await say(lab, 'lvconvert --merge vg/s')).toBe(
    [
      'Delaying merge since origin is open.',
      'Merging of snapshot vg/s will occur on next activation of vg/o.',
    ].join('\n'),
  );
  expect(await attributes()).toBe(['o    Owi-aos---', '[s]  Swi-a-s---'].join('\n'));
  expect(await session('lvconvert --merge vg/s')).toEqual([
    '$ lvconvert --merge vg/s',
    '= 5',
    '2   Command on LV vg/s is invalid on LV with properties: lv_is_merging_cow .',
    '2   Command not permitted on LV vg/s.',
  ]);
  await say(lab, 'lvchange --refresh vg/o');
  expect(await tables()).toContain('snapshot-origin');
  await say(lab, 'dmsetup remove user');
  await say(lab, 'lvchange --refresh vg/o');
  await lab.scheduler.until(sleep(lab.scheduler, 1_000_000, 'the merge'));
  expect(await attributes()).toBe('o    -wi-a-----');
});

test('all are begun before any is waited for; one origin takes one', async () => {
  await say(lab, 'lvcreate -y -Wn -l 4 -n q vg');
  for (const name of ['a', 'b']) await snapshot(name);
  await snapshot('c', 'q');
  expect(await session('lvconvert -i1 --merge vg/a vg/b vg/c')).toEqual([
    '$ lvconvert -i1 --merge vg/a vg/b vg/c',
    '= 5',
    '1   Merging of volume vg/a started.',
    '1   Merging of volume vg/c started.',
    '1   vg/o: Merged: 100.00%',
    '1   Merge of snapshot into logical volume vg/o has finished.',
    '1   Logical volume "a" successfully removed.',
    '1   vg/q: Merged: 100.00%',
    '1   Merge of snapshot into logical volume vg/q has finished.',
    '1   Logical volume "c" successfully removed.',
    '2   Cannot merge snapshot vg/b into the origin vg/o with merging snapshot vg/b.',
  ]);
});
