/** Partitions in the window: below their disk, and offered where the whole disk is not. */
import { expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import type { DiskState, LabState } from '../../core/contract/state.ts';
import { detachDisk } from '../../renderer/actions/change-disks.ts';
import { createPv } from '../../renderer/actions/change-pv.ts';
import { freeDisks } from '../../renderer/actions/create-group.ts';
import { problemsOf } from '../../renderer/state/problems.ts';
import { labModes } from '../../renderer/views/disk-words.ts';
import { rowsOf } from '../../renderer/views/explorer-rows.ts';
import { disk, lab, pv, vg } from './support/lab.ts';

const whole = (letter: string, number: number): DiskState => ({
  ...disk(letter, number),
  table: 'mbr',
  unfit: 'partitioned',
  note: `sd${letter}.img: partitions 1 and 5 overlap`,
});

const part = (letter: string, number: number, more: Partial<DiskState> = {}): DiskState => ({
  ...disk(`${letter}${number}`, number),
  partitionOf: { disk: `/dev/sd${letter}`, number, start: sectors(2048 * number) },
  ...more,
});

const extended = part('c', 2, {
  unfit: 'too-small',
  partitionOf: { disk: '/dev/sdc', number: 2, start: sectors(4096), extended: true },
});
const { vg: _group, ...orphan } = pv('c6', 0, 0);
const inPartitions: LabState = {
  ...lab,
  disks: [disk('a', 0), whole('c', 32), part('c', 1), extended, part('c', 5), part('c', 6)],
  orphans: [orphan],
  vgs: [{ ...vg, pvs: [pv('a', 10, 10), pv('c5', 10, 10)] }],
};

test('they stand below their disk, whatever is in them', () => {
  const rows = rowsOf(inPartitions);
  const all = rows.flatMap((row) => [row, ...row.children]);
  expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
  const [row] = rows.filter(({ name }) => name === '/dev/sdc');
  expect(row?.note).toBe('MBR, 4 partitions');
  expect(row?.children.map(({ key, note }) => `${key} ${note}`)).toEqual([
    'disk:/dev/sdc1 no PV',
    'disk:/dev/sdc2 extended',
    `disk:/dev/sdc5 in ${vg.name}`,
    'pv:/dev/sdc6 no group',
  ]);
  expect(rows.some(({ name }) => name === '/dev/sdc6')).toBe(false);
});

test('forms offer them, and not the disk that they are on', () => {
  expect(freeDisks(inPartitions)).toEqual(['/dev/sdc1', '/dev/sdc6']);
  const why = (id: string): string | undefined =>
    createPv.unavailable(inPartitions, { kind: 'disk', id });
  expect(why('/dev/sdc')).toBe('It has a partition table: select one of its partitions.');
  expect(why('/dev/sdc2')).toBe('It is smaller than 2 MiB.');
  expect(why('/dev/sdc5')).toBe('It is a physical volume already.');
  expect(why('/dev/sdc1')).toBeUndefined();
});

test('what concerns the image is done with the disk', () => {
  const why = (id: string): string | undefined =>
    detachDisk.unavailable(inPartitions, { kind: 'disk', id });
  expect(why('/dev/sdc1')).toBe('It is a partition: select /dev/sdc.');
  expect(why('/dev/sdc')).toBeUndefined();
});

test('an image counts once', () => {
  expect(labModes(inPartitions)).toBe('2 live');
  const broken = {
    ...inPartitions,
    disks: inPartitions.disks.map((one) => ({ ...one, problem: 'sdc.img: is a directory' })),
  };
  const sentences = problemsOf(broken).filter(({ name }) => name.startsWith('/dev/sdc'));
  expect(sentences.map(({ name }) => name)).toEqual(['/dev/sdc', '/dev/sdc']);
});
