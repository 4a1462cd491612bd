/** Partitions beyond the fifteenth have numbers of their own, which a lab keeps. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import type { DiskChange } from '../../../core/engine/disk-keeper.ts';
import { PartitionedDisks } from '../../../core/engine/partitioned-disks.ts';
import { createLab } from '../../../core/host/lab-folder.ts';
import { LabDisks } from '../../../core/host/lab-disks.ts';
import { blankDisk, putGpt } from '../../support/partition-tables.ts';
import { scratch } from './scratch.ts';

/** sda and sdb, each with the partitions 1, 17 and 18. */
async function lab(): Promise<string> {
  const directory = join(await scratch(), 'lab');
  expect(await createLab({ directory, disks: 2, size: mib(4) })).toEqual({ ok: true });
  for (const name of ['sda', 'sdb']) await partition(directory, name, [1, 17, 18]);
  return directory;
}

async function partition(
  directory: string,
  name: string,
  numbers: readonly number[],
): Promise<void> {
  const disk = blankDisk(8192, name);
  putGpt(disk, Object.fromEntries(numbers.map((one) => [one, [one * 100, one * 100 + 63]])));
  await writeFile(join(directory, `${name}.img`), disk.data);
}

/** `sda17 259:0`, of one opening of the lab after the changes. */
async function numbers(directory: string, ...changes: DiskChange[]): Promise<readonly string[]> {
  const disks = await LabDisks.open(directory);
  if (!disks.ok) throw new Error(disks.error.code);
  const all = await PartitionedDisks.over(disks.value);
  for (const change of changes) expect(await all.change(change)).toMatchObject({ ok: true });
  await disks.value.close();
  return all.disks
    .filter(({ devno }) => devno.startsWith('259:'))
    .map(({ path, devno }) => `${path.slice(5)} ${devno}`);
}

const detachSda = { kind: 'detach', device: 'sda' } as const;

test('they stay when another disk goes, and what is free is given again', async () => {
  const directory = await lab();
  const sdb = ['sdb17 259:2', 'sdb18 259:3'];
  expect(await numbers(directory)).toEqual(['sda17 259:0', 'sda18 259:1', ...sdb]);
  expect(await numbers(directory, detachSda)).toEqual(sdb);
  expect(await numbers(directory)).toEqual(sdb);
  await partition(directory, 'sdb', [17, 18, 20]);
  const attach = { kind: 'attach', files: [join(directory, 'sda.img')], mode: 'live' } as const;
  expect(await numbers(directory, attach)).toEqual([
    ...[...sdb, 'sdb20 259:0'],
    ...['sda17 259:1', 'sda18 259:4'],
  ]);
});

test('they wait for a disk that cannot be read, and for nothing else', async () => {
  const directory = await lab();
  const before = await numbers(directory);
  const image = join(directory, 'sda.img');
  const data = await readFile(image);
  await writeFile(image, '');
  expect(await numbers(directory)).toEqual(before.slice(2));
  await writeFile(image, data);
  expect(await numbers(directory)).toEqual(before);
  await partition(directory, 'sda', [1]);
  await partition(directory, 'sdb', [1]);
  expect(await numbers(directory)).toEqual([]);
  expect(await readFile(join(directory, 'lab.json'), 'utf8')).not.toContain('partitions');
});

test('a number that somebody gave to a disk is not given to a partition', async () => {
  const directory = await lab();
  await partition(directory, 'sdb', []);
  const file = join(directory, 'lab.json');
  const content = await readFile(file, 'utf8');
  await writeFile(file, content.replace('"8:16"', '"259:1"'));
  expect(await numbers(directory)).toEqual(['sda17 259:0', 'sda18 259:2', 'sdb 259:1']);
});
