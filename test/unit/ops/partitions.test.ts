/** PVs in partitions, and disks that LVM keeps away from because they have a table. */
import { expect, test } from 'vitest';
import { openDevices, type TestLab } from '../../support/device-lab.ts';
import { blankDisk, putGpt, putMbr } from '../../support/partition-tables.ts';
import type { TestDisk } from '../../support/ram.ts';

const SIZE = 65_536;
const MIB = 2048;

/** sda: GPT with 1 and 17, each 8 MiB; sdb: MBR with 1, an extended 2, and 5; sdc: blank. */
async function open(): Promise<{ lab: TestLab; disks: readonly TestDisk[]; tables: Uint8Array[] }> {
  const [sda, sdb, sdc] = ['sda', 'sdb', 'sdc'].map((name) => blankDisk(SIZE, name)) as [
    TestDisk,
    TestDisk,
    TestDisk,
  ];
  putGpt(sda, { 1: [MIB, 9 * MIB - 1], 17: [9 * MIB, 17 * MIB - 1] });
  putMbr(sdb, 0, [
    [0x8e, MIB, 8 * MIB],
    [0x05, 9 * MIB, 16 * MIB],
  ]);
  putMbr(sdb, 9 * MIB, [[0x8e, MIB, 8 * MIB]]);
  const disks = [sda, sdb, sdc];
  const tables = disks.map(tablesOf);
  return { lab: await openDevices(disks), disks, tables };
}

/** Everything outside the partitions. */
const tablesOf = ({ data }: TestDisk): Uint8Array => {
  const copy = data.slice();
  copy.fill(0, MIB * 512, 9 * MIB * 512);
  copy.fill(0, 9 * MIB * 512 + 512, 18 * MIB * 512);
  return copy;
};

const said = async (lab: TestLab, line: string): Promise<readonly string[]> => {
  const { status, output } = await lab.run(line);
  return [...output.map(({ text }) => text.trimEnd()), `status ${status}`];
};

test('partitions are disks with the numbers that Linux gives them', async () => {
  const { lab } = await open();
  const { disks } = await lab.api.state();
  expect(
    disks.map(({ path, devno, unfit, partitionOf }) =>
      [path, devno, unfit, partitionOf?.start].filter((one) => one !== undefined).join(' '),
    ),
  ).toEqual([
    '/dev/sda 8:0 partitioned',
    '/dev/sda1 8:1 2048',
    '/dev/sda17 259:0 18432',
    '/dev/sdb 8:16 partitioned',
    '/dev/sdb1 8:17 2048',
    '/dev/sdb2 8:18 too-small 18432',
    '/dev/sdb5 8:21 20480',
    '/dev/sdc 8:32',
  ]);
  await lab.close();
});

// What Linux 2.03.16 answered on the same disks.
test.each<[string, ...string[]]>([
  ['pvcreate /dev/sda', '  Cannot use /dev/sda: device is partitioned', 'status 5'],
  ['pvcreate -ff -y /dev/sda', '  Cannot use /dev/sda: device is partitioned', 'status 5'],
  [
    'pvcreate /dev/sda1 /dev/sda /dev/sdb2',
    '  Cannot use /dev/sda: device is partitioned',
    '  Cannot use /dev/sdb2: device is too small (pv_min_size)',
    '  Physical volume "/dev/sda1" successfully created.',
    'status 5',
  ],
  [
    'vgcreate vg /dev/sda',
    '  Cannot use /dev/sda: device is partitioned',
    '  Command requires all devices to be found.',
    'status 5',
  ],
  [
    'vgextend old /dev/sda /dev/sdb1',
    '  Cannot use /dev/sda: device is partitioned',
    '  Command requires all devices to be found.',
    'status 5',
  ],
  ['pvs /dev/sda', '  Cannot use /dev/sda: device is partitioned', 'status 5'],
  ['pvdisplay /dev/sdb2', '  Cannot use /dev/sdb2: device is too small (pv_min_size)', 'status 5'],
  ['pvck /dev/sda', '  Cannot use /dev/sda: device is partitioned.', 'status 0'],
  ['pvck --dump headers /dev/sda', '  Cannot use /dev/sda: device is partitioned.', 'status 5'],
  ['pvremove /dev/sda', '  Cannot use /dev/sda: device is partitioned', 'status 5'],
  [
    'pvresize /dev/sda /dev/sdb5',
    '  Cannot use /dev/sda: device is partitioned',
    '  Physical volume "/dev/sdb5" changed',
    '  1 physical volume(s) resized or updated / 0 physical volume(s) not resized',
    'status 5',
  ],
  [
    'pvchange -x n /dev/sda /dev/sdb5',
    '  Cannot use /dev/sda: device is partitioned',
    '  Physical volume "/dev/sdb5" changed',
    '  1 physical volume changed / 0 physical volumes not changed',
    'status 5',
  ],
  ['vgreduce old /dev/sda', '  Cannot use /dev/sda: device is partitioned', 'status 5'],
  [
    'vgreduce old /dev/sda /dev/sda17',
    '  Cannot use /dev/sda: device is partitioned',
    '  Removed "/dev/sda17" from volume group "old"',
    'status 5',
  ],
  [
    'lvcreate -l 1 -n lv old /dev/sda',
    '  Physical Volume "/dev/sda" not found in Volume Group "old".',
    'status 5',
  ],
  ['vgimportclone /dev/sda', '  Device /dev/sda is excluded: device is partitioned.', 'status 5'],
  [
    'lvmdiskscan',
    '  /dev/sda1  [       8.00 MiB]',
    '  /dev/sda17 [       8.00 MiB] LVM physical volume',
    '  /dev/sdb1  [       8.00 MiB]',
    '  /dev/sdb5  [       8.00 MiB] LVM physical volume',
    '  /dev/sdc   [      32.00 MiB]',
    '  1 disk',
    '  2 partitions',
    '  0 LVM physical volume whole disks',
    '  2 LVM physical volumes',
    'status 0',
  ],
  [
    'dmsetup create x --table "0 8 linear /dev/sdb 0"',
    'device-mapper: reload ioctl on x (253:1) failed: Device or resource busy',
    'Command failed.',
    'status 1',
  ],
])('%s', async (line, ...expected) => {
  const { lab, disks, tables } = await open();
  expect(await said(lab, 'vgcreate -s 1m old /dev/sda17 /dev/sdb5')).toContain('status 0');
  expect(await said(lab, 'lvcreate -l 2 -n lv1 old /dev/sdb5')).toContain('status 0');
  expect(await said(lab, line)).toEqual(expected);
  await lab.close();
  expect(disks.map((disk, at) => Buffer.compare(tablesOf(disk), tables[at]!))).toEqual([0, 0, 0]);
});

test('a group over partitions is reported as one over disks', async () => {
  const { lab } = await open();
  await said(lab, 'vgcreate -s 1m vg /dev/sda17 /dev/sdb5');
  await said(lab, 'lvcreate -i 2 -l 4 -n lv vg');
  expect(
    await said(lab, 'pvs -a -o pv_name,vg_name,pv_major,pv_minor,dev_size --noheadings'),
  ).toEqual([
    '  /dev/sda1     8   1     8.00m',
    '  /dev/sda17 vg 259 0     8.00m',
    '  /dev/sdb1     8   17    8.00m',
    '  /dev/sdb5  vg 8   21    8.00m',
    '  /dev/sdc      8   32   32.00m',
    'status 0',
  ]);
  expect(await said(lab, 'lvs -o devices --noheadings')).toEqual([
    '  /dev/sda17(0),/dev/sdb5(0)',
    'status 0',
  ]);
  expect(await said(lab, 'dmsetup deps')).toEqual([
    'vg-lv: 2 dependencies\t: (8, 21) (259, 0)',
    'status 0',
  ]);
  expect(await said(lab, 'dmsetup table')).toEqual([
    'vg-lv: 0 8192 striped 2 128 259:0 2048 8:21 2048',
    'status 0',
  ]);
  await lab.close();
});

test('an LVM label under a table is not seen', async () => {
  const disk = blankDisk(SIZE);
  const before = await openDevices([disk]);
  await said(before, 'vgcreate vg /dev/sda');
  await before.close();
  putMbr(disk, 0, [[0x8e, MIB, 8 * MIB]]);
  const lab = await openDevices([disk]);
  expect(await said(lab, 'vgs')).toEqual(['status 0']);
  expect(await said(lab, 'pvs -a -o name --noheadings')).toEqual(['  /dev/sda1', 'status 0']);
  await lab.close();
});
