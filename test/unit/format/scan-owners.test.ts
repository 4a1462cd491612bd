/** Whose a PV is where the texts of two groups claim it. */
import { expect, test } from 'vitest';
import { copyOf, DISK_SIZE, openLab, prepared, type Platters } from '../../support/lab.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';

const BEFORE = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
  'lvcreate -an -Zn -l 40 vg /dev/sdb /dev/sdc',
  'vgchange --setautoactivation n vg',
];

test('a split cut short: what it took over is with the new group', async () => {
  const old = await prepared(BEFORE);
  const split = await after(old, 'vgsplit vg v2 /dev/sdb /dev/sdc', 'vgexport v2');
  for (const changed of [[1], [2], [1, 2]]) {
    const mixed = old.map((store, disk) => (changed.includes(disk) ? split[disk]! : store));
    expect(await members(mixed), changed.join()).toEqual({ vg: ['sda'], v2: ['sdb', 'sdc'] });
  }
});

test('a merge cut short is complete as soon as one disk has changed over', async () => {
  const old = await prepared([...BEFORE, 'vgcreate -s 1m v2 /dev/sdd']);
  const merged = await after(old, 'vgmerge v2 vg');
  for (const changed of [[0], [1], [2], [0, 2]]) {
    const mixed = old.map((store, disk) => (changed.includes(disk) ? merged[disk]! : store));
    expect(await members(mixed), changed.join()).toEqual({ v2: ['sda', 'sdb', 'sdc', 'sdd'] });
  }
  const onlyTarget = old.map((store, disk) => (disk === 3 ? merged[disk]! : store));
  expect(await members(onlyTarget)).toEqual({ vg: ['sda', 'sdb', 'sdc'], v2: ['sdd'] });
});

async function after(platters: Platters, ...lines: readonly string[]): Promise<Platters> {
  const changed = copyOf(platters);
  const lab = await openLab(changed, undefined, 5);
  for (const line of lines) expect((await lab.run(line)).status, line).toBe(0);
  await lab.close();
  return changed;
}

/** The disks of every group, by its name. */
async function members(platters: Platters): Promise<Record<string, readonly string[]>> {
  const { vgs } = await scanDisks(
    ['sda', 'sdb', 'sdc', 'sdd'].map((name, disk) => ({
      path: name,
      device: new RamDisk(name, DISK_SIZE, platters[disk]),
    })),
  );
  return Object.fromEntries(
    vgs.map(({ vg, devices }) => [vg.name, [...devices.values()].map(({ path }) => path)]),
  );
}
