/**
 * The mailing list's post "Update dm table of off-tree layer LV on lvconvert", line by line: its
 * trees and both of its logs come out of the engine, with the PVs and device numbers of the post.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import type { DevNo } from '../../../core/contract/units.ts';
import { MemoryBackups } from '../../../core/engine/backup-store.ts';
import {
  BEFORE_PATCH,
  OF_2008,
  PRESENT,
  type Era,
} from '../../../core/lvm/activate/device-tree.ts';
import { openDevices, type TestLab } from '../../support/device-lab.ts';

const POST = readFileSync(
  new URL('./001-lvconvert-two-mirrors-one-log.txt', import.meta.url),
  'utf8',
).split('\n');

/** Names and numbers of the disks with the post's PVs. */
const DISKS: readonly (readonly [name: string, devno: DevNo])[] = [
  ['sde1', '8:65'],
  ['sdc1', '8:33'],
  ['sdc2', '8:34'],
  ['sdd1', '8:49'],
];

/** Of the post: from this line on those that fit, without their indentation. */
function part(from: string, fits: RegExp): readonly string[] {
  const at = POST.findIndex((line) => line.includes(from)) + 1;
  const rest = POST.slice(at);
  const first = rest.findIndex((line) => fits.test(line));
  const end = rest.findIndex((line, index) => index > first && !fits.test(line));
  return rest.slice(first, end);
}

const tree = (title: string): readonly string[] =>
  part(title, /^ {4}( |vg-)/).map((line) => line.slice(4));

const log = (name: string): readonly string[] => part(`(excerpt from ${name})`, /^#/);

async function open(era: Era): Promise<TestLab> {
  const disks = DISKS.map(([name]) => new RamDisk(name, mib(16), new SectorStore()));
  const numbers = DISKS.map(([, devno]) => devno);
  return openDevices(disks, 1, new MemoryBackups(), { numbers, era });
}

/** Two images and a log, as the post begins; the number 253:0 belongs to something else. */
async function prepare({ scheduler, run }: TestLab): Promise<void> {
  const pvs = DISKS.map(([name]) => `/dev/${name}`).join(' ');
  for (const line of [
    'dmsetup create other --table "0 8 zero"',
    `pvcreate --dataalignment 64k --metadatasize 128k ${pvs}`,
    `vgcreate -s 2m vg ${pvs}`,
    'lvcreate --type mirror -m1 -l1 vg /dev/sde1 /dev/sdc1 /dev/sdc2',
  ]) {
    const { status, output } = await scheduler.until(run(line));
    expect(status, output.map(({ text }) => text).join('\n')).toBe(0);
  }
  await scheduler.drain();
}

/** As the post draws it: devices without the disks under them. */
async function drawn({ scheduler, run }: TestLab): Promise<readonly string[]> {
  const { output } = await scheduler.until(run('dmsetup ls --tree -o ascii'));
  const lines = output.flatMap(({ text }) => text.split('\n'));
  return lines.filter((line) => !/^other|- \(8:\d+\)$/.test(line)).map((line) => line.trimEnd());
}

/** What the end of the conversion logs, from where it suspends until the mirror goes on. */
function excerpt(output: readonly { readonly text: string }[]): readonly string[] {
  const lines = output.flatMap(({ text }) => text.split('\n')).filter((line) => /^#/.test(line));
  const layer = lines.findIndex((line) => line.includes('Suspending vg-lvol0_mimagetmp_2'));
  const first = lines.lastIndexOf('#libdm-deptree.c:940     Suspending vg-lvol0 (253:4)', layer);
  const end = lines.indexOf('#libdm-deptree.c:897     Resuming vg-lvol0 (253:4)', layer);
  return lines.slice(first, end + 1);
}

const CONVERT = 'lvconvert -vvvv -m+1 vg/lvol0 /dev/sdd1';

test('the three trees', async () => {
  const lab = await open(PRESENT);
  await prepare(lab);
  expect(await drawn(lab)).toEqual(tree('1. Before lvconvert'));
  await lab.scheduler.until(lab.run('throttle 0'));
  await lab.scheduler.until(lab.run(CONVERT.replace('-vvvv', '-b')));
  expect(await drawn(lab)).toEqual(tree('2. During lvconvert'));
  await lab.scheduler.until(lab.run('throttle off'));
  await lab.scheduler.drain();
  expect(await drawn(lab)).toEqual(tree('3. After lvconvert'));
  await lab.close();
});

describe('what lvconvert logged in 2008', () => {
  test('without the patch: two mirrors write through one log', async () => {
    const lab = await open(BEFORE_PATCH);
    await prepare(lab);
    lab.mayShareLogs = true;
    const { output } = await lab.scheduler.until(lab.run(CONVERT));
    expect(excerpt(output)).toEqual(log('lvconvert-bad.log'));
    expect(lab.sharedLogs).toContainEqual({
      log: '253:1',
      users: ['vg-lvol0', 'vg-lvol0_mimagetmp_2'],
    });
    await lab.close();
  });

  test('with the patch: the layer is an error before its former parent goes on', async () => {
    const lab = await open(OF_2008);
    await prepare(lab);
    const { output } = await lab.scheduler.until(lab.run(CONVERT));
    expect(excerpt(output)).toEqual(log('lvconvert-good.log'));
    expect(lab.sharedLogs).toEqual([]);
    await lab.close();
  });
});
