/** What LVM refuses is refused in its words and with its status, and nothing on a disk changes. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { copyOf, DISK_SIZE, openLab, prepared, type Platters } from '../../support/lab.ts';

const BEFORE = ['vgcreate -s 1m vg /dev/sda /dev/sdb', 'lvcreate -n home -l 6 vg'];

/** Command line, exit status, what it says. */
const REFUSED: readonly (readonly [string, number, string])[] = [
  ['lvcreate -l 1 -n snapshot1 vg', 3, 'Names starting "snapshot" are reserved.'],
  ['lvcreate -l 1 -n a_mlog vg', 3, 'Names including "_mlog" are reserved.'],
  ['lvcreate -l 1 -n a@b vg', 3, 'Logical volume name "a@b" is invalid.'],
  ['lvcreate -l 1 -n home vg', 5, 'Logical Volume "home" already exists in volume group "vg"'],
  ['lvcreate -l 1 novg', 5, 'Volume group "novg" not found'],
  ['lvcreate -L 0 vg', 3, '--size may not be zero.'],
  ['lvcreate -L 1x vg', 3, "Can't parse size argument."],
  ['lvcreate -l 9999 vg', 5, 'Volume group "vg" has insufficient free space (56 extents): 9999'],
  ['lvcreate -l 50 -C y vg', 5, 'Insufficient suitable contiguous allocatable extents'],
  ['lvcreate -i 4 -l 8 vg', 5, 'Number of stripes (4) must not exceed number of physical volumes'],
  ['lvcreate -i 2 -I 3k -l 8 vg', 3, 'Invalid stripe size 3.00 KiB.'],
  ['lvcreate -l 1 vg /dev/sdc', 5, 'Physical Volume "/dev/sdc" not found in Volume Group "vg".'],
  ['lvextend -l 6 vg/home', 5, 'New size (6 extents) matches existing size (6 extents).'],
  ['lvextend -l +999 vg/home', 5, 'Insufficient free space: 999 extents needed, but only 56'],
  ['lvextend -l +1 vg/nosuch', 5, 'Logical volume nosuch not found in volume group vg.'],
  ['lvremove vg/home', 5, 'Logical volume vg/home not removed.'],
  ['lvremove vg/nosuch', 5, 'Failed to find logical volume "vg/nosuch"'],
  ['lvrename vg home home', 3, 'Old and new logical volume names must differ'],
  ['lvrename vg nosuch x', 5, 'Existing logical volume "nosuch" not found in'],
  ['vgcreate vg /dev/sdc', 5, 'A volume group called vg already exists.'],
  ["vgcreate 'a b' /dev/sdc", 3, 'Name contains invalid character'],
  ['vgcreate two /dev/sda', 5, "Physical volume '/dev/sda' is already in volume group 'vg'"],
  ['vgcreate -s 3k two /dev/sdc', 5, 'must be a multiple of 128.00 KiB when not a power of 2.'],
  ['vgextend vg /dev/sda', 5, "Physical volume '/dev/sda' is already in volume group 'vg'"],
  ['vgextend vg /dev/nosuch', 5, 'No device found for /dev/nosuch.'],
  ['vgremove vg', 5, 'Volume group "vg" not removed'],
  ['pvcreate /dev/sda', 5, `Can't initialize physical volume "/dev/sda" of volume group "vg"`],
  ['pvresize --setphysicalvolumesize 20m /dev/sda', 5, 'Physical Volume /dev/sda not resized.'],
  ['lvcreate -l 99999999999999999999 vg', 3, 'Invalid argument for --extents'],
  ['vgchange -ay -x n vg', 3, 'Command does not accept option: --activate y.'],
  ['pvcreate /dev/nosuch', 5, 'No device found for /dev/nosuch.'],
  ['pvcreate --nosuch /dev/sdc', 3, "unrecognized option '--nosuch'"],
  ['frobnicate', 2, "No such command 'frobnicate'."],
];

test.each(REFUSED)('%s is refused with status %i', async (line, status, words) => {
  const platters = await prepared(BEFORE);
  const before = sumsOf(platters);
  const lab = await openLab(platters);
  const result = await lab.run(line);
  await lab.close();
  expect(result.output.map(({ text }) => text).join('\n')).toContain(words);
  expect(result.status).toBe(status);
  expect(sumsOf(platters)).toEqual(before);
});

/** Sector of the first disk that is spoilt, and what the report then says. */
const DAMAGE: readonly (readonly [string, number, string])[] = [
  ['label', 1, 'label'],
  ['metadata header', 8, 'mda-header'],
  ['metadata text', 12, 'text'],
];

test.each(DAMAGE)('a damaged %s is named; the group comes from another disk', async (...row) => {
  const [, sector, words] = row;
  const platters = await prepared(BEFORE);
  spoil(platters, sector);
  const lab = await openLab(platters);
  const { output, status } = await lab.run('lvs');
  const { vgs } = await lab.api.state();
  await lab.close();
  expect(status).toBe(0);
  expect(output.map(({ text }) => text).join('\n')).toContain(words);
  expect(vgs.map(({ name }) => name)).toEqual(['vg']);
});

test('a disk that is shorter than its metadata says is warned of, not written beyond', async () => {
  const platters = await prepared(BEFORE);
  const lab = await openLab(platters, (disk, store) =>
    disk.name === 'sda' ? new RamDisk('sda', sectors(20_000), store) : disk,
  );
  const { output } = await lab.run('pvs');
  await lab.close();
  expect(output.map(({ text }) => text).join('\n')).toContain('Was device resized?');
});

test('a read-only disk is refused before anything is written', async () => {
  const platters = await prepared(BEFORE);
  const before = sumsOf(platters);
  const lab = await openLab(platters, (disk, store) =>
    disk.name === 'sda' ? new RamDisk('sda', DISK_SIZE, store, undefined, true) : disk,
  );
  const { status, output } = await lab.run('lvcreate -l 1 -n new vg');
  await lab.close();
  expect(status).toBe(5);
  expect(output.map(({ text }) => text).join('\n')).toContain('/dev/sda');
  expect(sumsOf(platters)).toEqual(before);
});

test('the same PV on two disks is warned of, and the group is not changed', async () => {
  const platters = await prepared(BEFORE);
  const twin = copyOf(platters)[0];
  const doubled = platters.map((store, index) => (index === 3 && twin ? twin : store));
  const lab = await openLab(doubled);
  const report = await lab.run('pvs');
  const change = await lab.run('lvcreate -l 1 -n new vg');
  await lab.close();
  expect(report.output.map(({ text }) => text).join('\n')).toContain('Not using device');
  expect(change.status).toBe(5);
});

function spoil(platters: Platters, sector: number): void {
  const data = new Uint8Array(512);
  platters[0]?.read(sector, data);
  data[40] = (data[40] ?? 0) ^ 0xff;
  platters[0]?.write(sector, data);
}

/** The first 2 MiB of every disk, as sums: labels, metadata and the first extents. */
function sumsOf(platters: Platters): readonly string[] {
  return platters.map((store) => {
    const data = new Uint8Array(2 * 2 ** 20);
    store.read(0, data);
    return createHash('sha256').update(data).digest('hex');
  });
}
