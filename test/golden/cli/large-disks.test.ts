/** Disks near the limits of what can be counted. What LVM says was recorded on loop devices. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SECTOR, sectors } from '../../../core/base/units.ts';
import type { BlockDevice } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { openFileDisk } from '../../../core/host/file-disk.ts';
import { openDevices, type TestLab } from '../../support/device-lab.ts';

/** 4 EiB less a sector. */
const LARGEST = sectors(2 ** 53 - 1);

async function labOf(devices: readonly BlockDevice[]): Promise<TestLab> {
  const lab = await openDevices(devices);
  onTestFinished(lab.close);
  return lab;
}

/** The lines of a session with their exit statuses and what was said. */
async function session({ run }: TestLab, lines: readonly string[]): Promise<string> {
  const said: string[] = [];
  for (const line of lines) {
    const { status, output } = await run(line);
    said.push(`$ ${line}`, ...output.map(({ text }) => text.trimEnd()), `= ${status}`);
  }
  return `\n${said.join('\n')}\n`;
}

test('extents that 32 bits do not count', async () => {
  const names = ['sda', 'sdb'];
  const lab = await labOf(names.map((name) => new RamDisk(name, LARGEST)));
  await lab.run('pvcreate /dev/sda /dev/sdb');
  expect(
    await session(lab, [
      'pvs --units b',
      'vgcreate vg /dev/sda',
      'vgcreate -s 1g vg /dev/sda',
      'vgs -o+vg_extent_count',
      'vgextend vg /dev/sdb',
      'vgchange -s 512m vg',
    ]),
  ).toMatchInlineSnapshot(`
    "
    $ pvs --units b
      PV         VG Fmt  Attr PSize                PFree
      /dev/sda      lvm2 ---  4611686018427387392B 4611686018427387392B
      /dev/sdb      lvm2 ---  4611686018427387392B 4611686018427387392B
    = 0
    $ vgcreate vg /dev/sda
      PV /dev/sda too large for extent size 4.00 MiB.
      Format-specific setup of physical volume '/dev/sda' failed.
      PV /dev/sda cannot be added to VG vg.
    = 5
    $ vgcreate -s 1g vg /dev/sda
      Volume group "vg" successfully created
    = 0
    $ vgs -o+vg_extent_count
      VG #PV #LV #SN Attr   VSize  VFree  #Ext
      vg   1   0   0 wz--n- <4.00e <4.00e 4294967295
    = 0
    $ vgextend vg /dev/sdb
      Unable to add /dev/sdb to vg: new extent count (8589934590) exceeds limit (4294967295).
      PV /dev/sdb cannot be added to VG vg.
    = 5
    $ vgchange -s 512m vg
      New extent count 8589934590 for vg exceeds 32 bits.
    = 5
    "
  `);
});

test('the last extents of such a disk', async () => {
  const lab = await labOf([new RamDisk('sda', LARGEST)]);
  await lab.run('pvcreate /dev/sda');
  expect(
    await session(lab, [
      'vgcreate -s 4g vg /dev/sda',
      'vgs --units b -o+vg_extent_count',
      'lvcreate -an -Zn -Wn -n low -l 1073741000 vg',
      'lvcreate -an -Zn -Wn -n one -l 1 vg',
      'lvs -o lv_name,lv_attr,lv_size,devices',
      'pvs /dev/sda -o+pe_start,dev_size --units s',
    ]),
  ).toMatchInlineSnapshot(`
    "
    $ vgcreate -s 4g vg /dev/sda
      Volume group "vg" successfully created
    = 0
    $ vgs --units b -o+vg_extent_count
      VG #PV #LV #SN Attr   VSize                VFree                #Ext
      vg   1   0   0 wz--n- 4611686014132420608B 4611686014132420608B 1073741823
    = 0
    $ lvcreate -an -Zn -Wn -n low -l 1073741000 vg
      WARNING: Logical volume vg/low not zeroed.
      Logical volume "low" created.
    = 0
    $ lvcreate -an -Zn -Wn -n one -l 1 vg
      WARNING: Logical volume vg/one not zeroed.
      Logical volume "one" created.
    = 0
    $ lvs -o lv_name,lv_attr,lv_size,devices
      LV   Attr       LSize  Devices
      low  -wi------- <4.00e /dev/sda(0)
      one  -wi-------  4.00g /dev/sda(1073741000)
    = 0
    $ pvs /dev/sda -o+pe_start,dev_size --units s
      PV         VG Fmt  Attr PSize             PFree       1st PE  DevSize
      /dev/sda   vg lvm2 a--  9007199246352384S 6895435776S   2048S 9007199254740991S
    = 0
    "
  `);
});

test('PVs that together are more than can be counted are refused: LVM takes them', async () => {
  const lab = await labOf(['sda', 'sdb'].map((name) => new RamDisk(name, LARGEST)));
  const said = await session(lab, ['vgcreate -s 4g vg /dev/sda', 'vgextend vg /dev/sdb', 'vgs']);
  expect(said).toMatchInlineSnapshot(`
    "
    $ vgcreate -s 4g vg /dev/sda
      Physical volume "/dev/sda" successfully created.
      Volume group "vg" successfully created
    = 0
    $ vgextend vg /dev/sdb
      Physical volume "/dev/sdb" successfully created.
      Unable to add /dev/sdb to vg: 4 EiB and more cannot be counted here.
      PV /dev/sdb cannot be added to VG vg.
    = 5
    $ vgs
      VG #PV #LV #SN Attr   VSize  VFree
      vg   1   0   0 wz--n- <4.00e <4.00e
    = 0
    "
  `);
});

test('a volume behind the last byte that a number can name', async () => {
  const lab = await labOf([new RamDisk('sda', LARGEST)]);
  const made = await session(lab, [
    'pvcreate /dev/sda',
    'vgcreate -s 4g vg /dev/sda',
    'lvcreate -an -Zn -n low -l 1073741821 vg',
    'lvcreate -n far -l 1 vg',
    'dmsetup table vg-far',
    'vgrename vg group',
  ]);
  expect(made).toMatchInlineSnapshot(`
    "
    $ pvcreate /dev/sda
      Physical volume "/dev/sda" successfully created.
    = 0
    $ vgcreate -s 4g vg /dev/sda
      Volume group "vg" successfully created
    = 0
    $ lvcreate -an -Zn -n low -l 1073741821 vg
      WARNING: Logical volume vg/low not zeroed.
      Logical volume "low" created.
    = 0
    $ lvcreate -n far -l 1 vg
      Logical volume "far" created.
    = 0
    $ dmsetup table vg-far
    0 8388608 linear 8:0 9007199229577216
    = 0
    $ vgrename vg group
      Volume group "vg" successfully renamed to "group"
    = 0
    "
  `);
  const data = Uint8Array.from({ length: 3000 }, (_, index) => index % 251);
  expect(await lab.api.write('group/far', 2 ** 32 - 3000, data)).toEqual({ ok: true });
  expect(await lab.api.read('group/far', 2 ** 32 - 3000, 3000)).toEqual({ ok: true, value: data });
});

test('as large an image as this file system allows, in a group, to its last extent', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lvstudio-large-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'sda.img');
  const file = await open(path, 'wx');
  let size = 2 ** 53 - SECTOR;
  while (size > 2 ** 30 && !(await fits(file, size))) size = Math.floor(size / 2 ** 20) * 2 ** 19;
  await file.close();
  const disk = await openFileDisk({ path, name: 'sda', mode: 'live' });
  if (!disk.ok) throw new Error(disk.error.why);
  onTestFinished(() => disk.value.close());
  const lab = await labOf([disk.value]);
  const said = await session(lab, ['vgcreate -s 1g vg /dev/sda', 'lvcreate -l100%FREE -n all vg']);
  expect(said).toContain('Logical volume "all" created.');
  const [vg] = (await lab.api.state()).vgs;
  const end = (vg?.extentCount ?? 0) * 2 ** 30;
  expect(end).toBeGreaterThan(size - 2 ** 31);
  const data = Uint8Array.from({ length: 4096 }, (_, index) => index % 251);
  expect(await lab.api.write('vg/all', end - 4096, data)).toEqual({ ok: true });
  expect(await lab.api.read('vg/all', end - 4096, 4096)).toEqual({ ok: true, value: data });
});

const fits = (file: { truncate(bytes: number): Promise<void> }, size: number): Promise<boolean> =>
  file.truncate(size).then(
    () => true,
    () => false,
  );
