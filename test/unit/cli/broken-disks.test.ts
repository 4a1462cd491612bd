/** Disks broken by the user while volumes are on them, and mended: what everybody sees of it. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import type { DiskState } from '../../../core/contract/state.ts';
import { openDevices, type TestLab } from '../../support/device-lab.ts';
import { blank, openLab, prepared } from '../../support/lab.ts';
import { blankDisk, putGpt } from '../../support/partition-tables.ts';
import { stamped } from '../../support/sectors.ts';

const VOLUME = ['vgcreate -s 1m vg /dev/sda /dev/sdb', 'lvcreate -n home -l 4 vg /dev/sdb'];

async function said(lab: TestLab, line: string): Promise<string> {
  const { status, output } = await lab.run(line);
  return [`${status}`, ...output.map(({ text }) => text.trim())].join('\n');
}

const disk = async (lab: TestLab, path: string): Promise<DiskState | undefined> =>
  (await lab.api.state()).disks.find((one) => one.path === path);

describe('a disk that is gone', () => {
  test('is missing to LVM, fails its volumes, and comes back as it was', async () => {
    const lab = await openLab(await prepared(VOLUME));
    const events: EngineEvent[] = [];
    lab.api.subscribe((event) => events.push(event));
    const data = stamped(7, 8);
    expect((await lab.api.write('vg/home', 0, data)).ok).toBe(true);
    const before = await said(lab, 'pvs --noheadings -o pv_name,pv_attr');

    expect(await said(lab, 'lab break sdb --gone')).toBe('0\n/dev/sdb is broken: gone');
    expect(await disk(lab, '/dev/sdb')).toMatchObject({ faults: [{ kind: 'gone' }] });
    expect(await said(lab, 'pvs --noheadings -o pv_name,pv_attr')).toMatch(
      /Couldn't find device with uuid .*\n.*is missing PV [^]*\/dev\/sda +a--\n.*\[unknown\] +a-m$/,
    );
    expect(await said(lab, 'lvs --noheadings -o lv_attr vg')).toMatch(/-wi-a---p-$/);
    expect(await said(lab, 'lvcreate -n more -l 1 vg')).toContain(
      'Cannot change VG vg while PVs are missing.',
    );
    expect((await lab.api.read('vg/home', 0, 512)).ok).toBe(false);
    expect((await lab.api.write('vg/home', 0, stamped(8, 8))).ok).toBe(false);
    expect(events.map(({ body }) => body)).toContainEqual({
      ...{ kind: 'io-error', device: '/dev/sdb', op: 'read', reason: 'the disk is gone' },
    });
    expect(events.some(({ body }) => body.kind === 'disk' && body.disk.faults)).toBe(true);

    expect(await said(lab, 'lab mend sdb')).toBe('0\n/dev/sdb is whole');
    expect(await said(lab, 'pvs --noheadings -o pv_name,pv_attr')).toBe(before);
    const read = await lab.api.read('vg/home', 0, data.length);
    expect(read.ok && Buffer.from(read.value).equals(data)).toBe(true);
    expect(await disk(lab, '/dev/sdb')).not.toHaveProperty('faults');
    await lab.close();
  });

  test('is opened by nobody, and in no list of disks', async () => {
    const lab = await openLab(blank());
    await lab.run('lab break sdc --gone');
    expect(await said(lab, 'pvcreate /dev/sdc')).toMatch(/^5\n.*sdc/);
    expect(await said(lab, 'lvmdiskscan')).not.toContain('/dev/sdc');
    expect(await said(lab, "dmsetup create a --table '0 8 linear /dev/sdc 0'")).toMatch(/^1\n/);
    expect(await said(lab, "dmsetup create a --table '0 8 linear 8:32 0'")).toMatch(/^1\n/);
    await lab.run('lab mend sdc');
    expect(await said(lab, "dmsetup create a --table '0 8 linear 8:32 0'")).toBe('0');
    expect(await said(lab, 'pvcreate /dev/sdd')).toMatch(/^0\n/);
    await lab.close();
  });

  test('that the group went on without is older when it comes back', async () => {
    const lab = await openLab(await prepared([...VOLUME, 'lvremove -y vg/home']));
    await lab.run('lab break sdb --gone');
    expect(await said(lab, 'vgreduce --removemissing vg')).toMatch(/^0\n/);
    await lab.run('lab mend sdb');
    expect(await said(lab, 'vgs --noheadings -o pv_count vg')).toMatch(/\n1$/);
    await lab.close();
  });
});

test('a disk that cannot be read is not missing: nothing is changed without it', async () => {
  const lab = await openLab(await prepared(VOLUME));
  await lab.run('lab break sdb --error-reads all');
  expect(await said(lab, 'vgreduce --removemissing vg')).toMatch(/^5\n/);
  await lab.run('lab mend sdb');
  expect(await said(lab, 'lvextend -l +1 vg/home')).toMatch(/^0\n/);
  await lab.close();
});

test('errors in a range fail what touches it, through a volume as well', async () => {
  const lab = await openLab(await prepared(VOLUME));
  const [first] = (await lab.api.state()).devices[0]?.live?.[0]?.ranges ?? [];
  const start = (first?.start ?? 0) + 16;
  expect(await said(lab, `lab break sdb --error-writes ${start}:8`)).toBe(
    `0\n/dev/sdb is broken: writes fail in sectors ${start}:8`,
  );
  const write = async (sector: number): Promise<boolean> =>
    (await lab.api.write('vg/home', sector * 512, stamped(3, 1))).ok;
  expect([await write(15), await write(16), await write(23), await write(24)]).toEqual([
    ...[true, false, false, true],
  ]);
  expect((await lab.api.read('vg/home', 16 * 512, 512)).ok).toBe(true);
  await lab.run('lab mend sdb');
  expect(await write(16)).toBe(true);
  await lab.close();
});

test('partitions follow their disk, each in sectors of its own', async () => {
  const sda = blankDisk(65_536);
  putGpt(sda, { 1: [2048, 18_431], 2: [18_432, 40_959] });
  const lab = await openDevices([sda]);
  await lab.run('vgcreate -s 1m vg /dev/sda1 /dev/sda2');
  await lab.run('lab break sda --error-reads 40958:8');
  expect(await disk(lab, '/dev/sda1')).not.toHaveProperty('faults');
  expect((await disk(lab, '/dev/sda2'))?.faults).toEqual([
    { kind: 'errors', on: 'reads', range: { start: 22_526, count: 2 } },
  ]);
  expect(await said(lab, 'lab break sda1 --gone')).toContain('is a partition: its image');
  await lab.run('lab break sda --gone');
  expect(await said(lab, 'pvs -a --noheadings -o pv_name')).toBe('0');
  await lab.run('lab mend sda');
  expect(await said(lab, 'pvs --noheadings -o pv_name')).toBe('0\n/dev/sda1\n/dev/sda2');
  await lab.close();
});

test('metadata that a disk has lost is found to be older once somebody looks', async () => {
  const lab = await openLab(await prepared(VOLUME));
  await lab.run('lab break sda --drop-writes');
  await lab.run('lvchange --addtag x vg/home');
  await lab.run('lab mend sda');
  expect(await said(lab, 'lvs --noheadings -o lv_tags vg/home')).toMatch(/\nx$/);
  await lab.close();
});

test('faults are put on top of one another, and taken away one by one', async () => {
  const lab = await openLab(blank());
  await lab.run('lab break sda --slow 50 --errors 2048:8 --errors 1m:1k');
  expect(await said(lab, 'lab break sda --slow 20 --error-reads all')).toBe(
    '0\n/dev/sda is broken: reads and writes fail in sectors 2048:8, ' +
      'reads and writes fail in sectors 2048:2, reads fail, slow (20 ms a request)',
  );
  expect(await said(lab, 'lab mend sda --slow --errors 2048:8 --error-reads all')).toBe(
    '0\n/dev/sda is broken: reads and writes fail in sectors 2048:2',
  );
  expect(await said(lab, 'lab show')).toContain('sda.img: broken: reads and writes fail in');
  expect(await said(lab, 'lab mend sda sdb --errors 2048:2')).toBe(
    '5\n/dev/sda is whole\nDevice /dev/sdb: nothing is broken on it.',
  );
  await lab.close();
});

test.each([
  ['lab break sda', 3, 'lab break needs --gone,'],
  ['lab break --gone', 3, 'lab break needs a DISK'],
  ['lab mend', 3, 'lab mend needs a DISK'],
  ['lab break sdx --gone', 5, 'There is no disk sdx.'],
  ['lab break sda --slow soon', 3, '--slow soon: milliseconds'],
  ['lab break sda --slow 60001', 5, 'Device /dev/sda: a request is delayed by 1 to 60000 ms.'],
  ['lab break sda --slow 0', 5, 'Device /dev/sda: a request is delayed by 1 to 60000 ms.'],
  ['lab break sda --errors 8', 3, '--errors 8: all, or START:COUNT'],
  ['lab break sda --errors 8:0', 3, '--errors 8:0: all, or START:COUNT'],
  ['lab break sda --errors 8:1:1', 3, '--errors 8:1:1: all, or START:COUNT'],
  ['lab break sda --errors 31m:2m', 5, 'sectors 63488:4096 do not lie inside its 65536 sectors.'],
  ['lab mend sda', 5, 'Device /dev/sda: nothing is broken on it.'],
  ['lab mend sdd --gone', 5, 'Device /dev/sdd: it has no such fault.'],
])('%s', async (line, status, words) => {
  const lab = await openLab(blank());
  await lab.run('lab break sdd --slow 1');
  expect(await said(lab, line)).toContain(words);
  expect((await lab.run(line)).status).toBe(status);
  await lab.close();
});

test('a disk breaks in the middle of an operation, which does not have to end before', async () => {
  const lab = await openLab(await prepared(VOLUME));
  await lab.run('lab break sdb --slow 1000');
  const slow = lab.run('lvchange --addtag x vg/home');
  for (let steps = 0; steps < 3; steps++) await lab.scheduler.until(Promise.resolve());
  expect(await said(lab, 'lab mend sdb')).toBe('0\n/dev/sdb is whole');
  expect((await lab.scheduler.until(slow)).status).toBe(0);
  await lab.close();
});
