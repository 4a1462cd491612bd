/** `-t`: LVM's words for what would be done, and not one byte written. */
import { expect, test } from 'vitest';
import { blank, copyOf, layoutOf, openLab, prepared } from '../../support/lab.ts';

const SETUP = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb',
  'lvcreate -n lin -L 8m vg',
  'lvcreate -n off -an -L 2m vg',
];
const NOTICE = '  TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.';

// As Linux answers them.
test.each([
  ['lvcreate -t -n t1 -L4m vg', 0, ['  Logical volume "t1" created.']],
  ['vgcreate -t new /dev/sdc', 0, ['  Volume group "new" successfully created']],
  ['lvremove -t -y vg/off', 0, ['  Logical volume "off" successfully removed.']],
  ['vgchange -t --addtag x vg', 0, ['  Volume group "vg" successfully changed']],
  ['lvrename -t vg lin lon', 0, ['  Renamed "lin" to "lon" in volume group "vg"']],
  ['vgrename -t vg vgg', 0, ['  Volume group "vg" successfully renamed to "vgg"']],
  ['pvcreate -t /dev/sdc', 0, ['  Physical volume "/dev/sdc" successfully created.']],
  ['vgextend -t vg /dev/sdc', 0, ['  Volume group "vg" successfully extended']],
  ['vgexport -t vg', 5, ['  Volume group "vg" has active logical volumes']],
  ['vgreduce -t vg /dev/sda', 5, ['  Physical volume "/dev/sda" still in use']],
  [
    'lvextend -t -L+4m vg/lin',
    0,
    [
      '  Size of logical volume vg/lin changed from 8.00 MiB (8 extents) to ' +
        '12.00 MiB (12 extents).',
      '  Logical volume vg/lin successfully resized.',
    ],
  ],
  [
    'vgremove -t vg',
    5,
    [
      'Do you really want to remove volume group "vg" containing 2 logical volumes? [y/n]: [n]',
      '  Volume group "vg" not removed',
    ],
  ],
])('%s', async (line, status, said) => {
  const platters = await prepared(SETUP);
  const before = copyOf(platters);
  // Another seed than that of the groups: no two things may share an identifier.
  const lab = await openLab(platters, undefined, 2);
  const result = await lab.run(line);
  const state = JSON.stringify((await lab.api.state()).devices);
  await lab.close();
  const lines = result.output.map(({ text }) => text);
  expect(result.status).toBe(status);
  expect(lines[0]).toBe(NOTICE);
  expect(lines.filter((text) => text === NOTICE)).toHaveLength(1);
  expect(lines.slice(1)).toEqual(expect.arrayContaining(said));
  expect(await layoutOf(platters)).toBe(await layoutOf(before));
  expect(state).toContain('vg-lin');
});

test('a lab without groups says what it finds', async () => {
  const lab = await openLab(blank());
  const answer = async (line: string): Promise<readonly string[]> =>
    (await lab.run(line)).output.map(({ text }) => text);
  expect(await answer('pvscan')).toEqual(['  No matching physical volumes found']);
  expect(await answer('vgdisplay')).toEqual([]);
  expect(await answer('lvmdiskscan')).toContain('  4 disks');
  expect(await answer("vgs --config 'foo'")).toEqual([
    '  Parse error at byte 4 (line 1): unexpected token',
    '  Failed to set overridden configuration entries.',
    "  Run `vgs --help' for more information.",
  ]);
  expect(await answer('vgs --profile x')).toEqual([
    '  /etc/lvm/profile/x.profile: stat failed: No such file or directory',
    '  Failed to apply command profile x.',
  ]);
  await lab.close();
});

test('-A n keeps no archive and no backup, and says so', async () => {
  const lab = await openLab(await prepared(SETUP), undefined, 2);
  const answer = async (line: string): Promise<readonly string[]> =>
    (await lab.run(line)).output.map(({ text }) => text);
  const warning = '  WARNING: This metadata update is NOT backed up.';
  expect(await answer('lvrename -A n vg lin lon')).toEqual([
    warning,
    '  Renamed "lin" to "lon" in volume group "vg"',
  ]);
  expect((await answer('vgcfgrestore --list vg')).join()).not.toContain('lvrename');
  expect(await answer('lvrename --autobackup y vg lon lin')).not.toContain(warning);
  expect((await answer('vgcfgrestore --list vg')).join()).toContain('lvrename --autobackup y');
  expect(await answer('vgchange -A x --addtag a vg')).toEqual([
    '  Invalid argument for --autobackup: x',
    '  Error during parsing of command line.',
  ]);
  expect((await answer('vgck -A n vg'))[0]).toBe("vgck: invalid option -- 'A'");
  await lab.close();
});
