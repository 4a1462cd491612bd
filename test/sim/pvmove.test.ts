/** Moves of extents as an administrator makes them, beside what a real Linux showed. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SectorStore } from '../../core/block/sector-store.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { sectors } from '../../core/base/units.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';

const MIB = 2048;
/** The layout once all that lies on sda is on sdc. */
const ALL_MOVED = [
  'lv    -wi-a-----     0 /dev/sdc:0-7',
  'lv    -wi-a-----     8 /dev/sdb:0-3',
  'lv    -wi-a-----    12 /dev/sdc:8-15',
  'other -wi-a-----     0 /dev/sdc:16-23',
].join('\n');
let lab: TestLab;

beforeEach(async () => {
  const disks = ['sda', 'sdb', 'sdc'].map((name) => new RamDisk(name, sectors(64 * MIB)));
  lab = await openDevices(disks);
  const lines = [
    'vgcreate -s 1M vg /dev/sda /dev/sdb /dev/sdc',
    'lvcreate -y -Wn -l 8 -n lv vg /dev/sda:0-7',
    'lvextend -l +4 vg/lv /dev/sdb:0-3',
    'lvextend -l +8 vg/lv /dev/sda:16-23',
    'lvcreate -y -Wn -l 8 -n other vg /dev/sda:8-15',
  ];
  for (const line of lines) await say(lab, line);
});

afterEach(() => lab.close());

const tables = (): Promise<string> => say(lab, 'dmsetup table');
const seqno = async (): Promise<number> => Number(await say(lab, 'vgs --noheadings -o seqno'));
const layout = (): Promise<string> =>
  say(lab, 'lvs -a --noheadings --segments -o lv_name,lv_attr,seg_start_pe,seg_pe_ranges');

test('the whole of a disk moves piece after piece, and the tables are those of Linux', async () => {
  const before = await seqno();
  await say(lab, 'throttle 1');
  await say(lab, 'pvmove -b /dev/sda /dev/sdc');
  expect(await tables()).toBe(
    [
      'vg-lv: 0 16384 linear 253:2 0',
      'vg-lv: 16384 8192 linear 8:16 2048',
      'vg-lv: 24576 16384 linear 253:2 16384',
      'vg-other: 0 16384 linear 253:2 32768',
      'vg-pvmove0: 0 16384 mirror core 1 4096 2 8:0 2048 8:32 2048',
      'vg-pvmove0: 16384 16384 linear 8:0 34816',
      'vg-pvmove0: 32768 16384 linear 8:0 18432',
    ].join('\n'),
  );
  await say(lab, 'throttle off');
  await say(lab, 'pvmove -i0');
  expect(await tables()).toBe(
    [
      'vg-lv: 0 16384 linear 8:32 2048',
      'vg-lv: 16384 8192 linear 8:16 2048',
      'vg-lv: 24576 16384 linear 8:32 18432',
      'vg-other: 0 16384 linear 8:32 34816',
    ].join('\n'),
  );
  expect(await layout()).toBe(ALL_MOVED);
  expect(await seqno()).toBe(before + 5);
});

test('a move of everything at once is aborted to where it was, or comes to its end', async () => {
  await say(lab, 'throttle 1');
  await say(lab, 'pvmove -b --atomic /dev/sda /dev/sdc');
  expect(await tables()).toContain('vg-pvmove0: 0 49152 mirror core 1 4096 2 253:2 0 253:3 0');
  const before = await seqno();
  await say(lab, 'pvmove --abort');
  expect(await seqno()).toBe(before + 5);
  const where = await layout();
  expect(where).toContain('lv    -wi-a-----     0 /dev/sda:0-7');
  expect(where).toContain('other -wi-a-----     0 /dev/sda:8-15');
  expect(where).not.toContain('pvmove');
  await say(lab, 'throttle off');
  await say(lab, 'pvmove -i0 --atomic /dev/sda /dev/sdc');
  expect(await layout()).toBe(ALL_MOVED);
});

test('an aborted move leaves at its destination what is there', async () => {
  await say(lab, 'throttle 1');
  await say(lab, 'pvmove -b -n lv /dev/sda /dev/sdc');
  await lab.scheduler.until(sleep(lab.scheduler, 6_000_000, 'the first piece'));
  expect(await tables()).toContain('vg-pvmove0: 0 16384 linear 8:32 2048');
  await say(lab, 'pvmove --abort /dev/sda');
  expect(await layout()).toBe(
    [
      'lv    -wi-a-----     0 /dev/sdc:0-7',
      'lv    -wi-a-----     8 /dev/sdb:0-3',
      'lv    -wi-a-----    12 /dev/sda:16-23',
      'other -wi-a-----     0 /dev/sda:8-15',
    ].join('\n'),
  );
});

test('a job is paused and goes on through the same door as everything else', async () => {
  await say(lab, 'throttle 0');
  await say(lab, 'pvmove -b /dev/sda /dev/sdc');
  expect(await say(lab, 'job pause 1')).toBe('Job 1 is paused: Move extents of /dev/sda');
  const { jobs, mirrors } = await lab.scheduler.until(lab.api.state());
  expect(jobs[0]).toMatchObject({ paused: true, takeBack: ['pvmove', '--abort', '/dev/sda'] });
  expect(mirrors[0]).toMatchObject({ waits: true });
  await say(lab, 'throttle off');
  await lab.scheduler.until(sleep(lab.scheduler, 5_000_000, 'whether anything is copied'));
  expect(await say(lab, 'dmsetup status vg-pvmove0')).toContain(' 0/4 ');
  expect(await say(lab, 'job list')).toContain('paused at 0 %');
  expect(await say(lab, 'job resume 1')).toBe('Job 1 goes on: Move extents of /dev/sda');
  await say(lab, 'pvmove -i0');
  expect(await layout()).not.toContain('/dev/sda');
  const late = await lab.scheduler.until(lab.run('job pause 1'));
  expect(late.output[0]?.text).toBe('  Job 1 is over: Move extents of /dev/sda.');
});

test('a mirror is not changed while a leg of it moves, as Linux lets it be', async () => {
  const lines = [
    'lvcreate -y -Wn --type mirror -m1 --corelog -n mir -l 4 vg /dev/sda:40-50 /dev/sdb',
    'throttle 0',
    'pvmove -b -n mir /dev/sda /dev/sdc',
  ];
  for (const line of lines) await say(lab, line);
  const before = await layout();
  const refusals = {
    'lvconvert -m0 vg/mir': 'Command on LV vg/mir_mimage_0 is invalid',
    'lvextend -l +1 vg/mir': "Can't resize locked logical volume vg/mir_mimage_0.",
    'lvreduce -y -l -1 vg/mir': "Can't resize locked logical volume vg/mir_mimage_0.",
    'lvrename vg/mir vg/other-name': 'Cannot rename locked LV mir_mimage_0',
  };
  for (const [line, words] of Object.entries(refusals)) {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    expect([status, output.map(({ text }) => text).join()], line).toEqual([
      5,
      expect.stringContaining(words),
    ]);
  }
  expect(await layout()).toBe(before);
  await say(lab, 'throttle off');
  await say(lab, 'pvmove -i0');
  await say(lab, 'lvconvert -m0 vg/mir');
});

test('a move that another machine began is told by the path that its disk has here', async () => {
  const stores = ['a', 'b'].map(() => new SectorStore());
  const open = (names: readonly string[], how = {}) =>
    openDevices(
      names.map((name, index) => new RamDisk(name, sectors(64 * MIB), stores[index])),
      1,
      undefined,
      how,
    );
  const there = await open(['sda', 'sdb']);
  for (const line of [
    'vgcreate -s 1M vg /dev/sda /dev/sdb',
    'lvcreate -y -Wn -l 8 -n lv vg /dev/sda',
    'throttle 0',
    'pvmove -b /dev/sda',
  ]) {
    await say(there, line);
  }
  await there.close();
  const here = await open(['sdx', 'sdy'], { asks: true });
  const { jobs } = await here.api.state();
  expect(jobs.map(({ title, choices }) => [title, choices?.takeBack])).toEqual([
    ['Move extents of /dev/sdx', ['pvmove', '--abort', '/dev/sdx']],
  ]);
  await say(here, 'pvmove --abort /dev/sdx');
  expect(await say(here, 'lvs -a --noheadings -o devices vg')).toBe('/dev/sdx(0)');
  await here.close();
});

test('a move of which all was removed ends by the name of its source, as in Linux', async () => {
  const lines = [
    'lvcreate -y -Wn --type mirror -m1 --corelog -n mir -l 4 vg /dev/sda:40-50 /dev/sdb',
    'throttle 0',
    'pvmove -b -n mir /dev/sda /dev/sdc',
    'lvremove -y vg/mir',
  ];
  for (const line of lines) await say(lab, line);
  expect(await layout()).toContain('[pvmove0] p-C---m---');
  const before = await seqno();
  // As in Linux those that name no disk pass over what is down.
  for (const line of ['pvmove -i0', 'pvmove --abort', 'pvmove --abort /dev/sda']) {
    await say(lab, line);
  }
  expect(await seqno()).toBe(before);
  await say(lab, 'throttle off');
  const words = await say(lab, 'pvmove -i0 /dev/sda');
  expect(words).toBe('Detected pvmove in progress for /dev/sda.');
  expect(await layout()).not.toContain('pvmove0');
  expect(await tables()).not.toContain('pvmove0');
  expect(await seqno()).toBe(before + 2);
});

test('what moves beside a volume that goes down goes with it if nothing stands on it', async () => {
  const lines = [
    'lvcreate -y -Wn --type mirror -m1 --corelog -n mir -l 4 vg /dev/sda:40-50 /dev/sdb',
    'throttle 0',
    'pvmove -b /dev/sda /dev/sdc',
  ];
  for (const line of lines) await say(lab, line);
  const { output } = await lab.scheduler.until(lab.run('lvchange -an vg/lv'));
  expect(output.map(({ text }) => text.trim())).toEqual([
    'Device vg-mir_mimage_0 (253:2) is used by another device.',
  ]);
  expect(await tables()).toMatch(/^vg-mir: .*\nvg-mir_mimage_0: .*\n(.*\n)*vg-pvmove0: /);
  expect(await tables()).not.toContain('vg-other');
  await say(lab, 'lvremove -y vg/mir');
  expect(await tables()).not.toContain('vg-pvmove0');
  await say(lab, 'throttle off');
  await say(lab, 'pvmove -i0 /dev/sda');
  expect(await layout()).toBe(ALL_MOVED);
});

test('what moves at once is not moved once more, which stops the first move on Linux', async () => {
  for (const line of ['throttle 0', 'pvmove -b --atomic /dev/sda /dev/sdb']) await say(lab, line);
  const before = await layout();
  const { status, output } = await lab.scheduler.until(lab.run('pvmove -b /dev/sdb /dev/sdc'));
  expect([status, ...output.map(({ text }) => text.trim())]).toEqual([
    5,
    'Skipping locked LV vg/lv.',
    'Skipping locked LV vg/other.',
    'All data on source PV skipped. It contains locked, hidden or non-top level LVs only.',
    'No data to move for vg.',
  ]);
  expect(await layout()).toBe(before);
});

test('a move takes no name of what another one has left', async () => {
  const lines = [
    'pvmove -b -i +600 --atomic -n lv /dev/sda /dev/sdc',
    // Its image cannot be taken down: what was begun to end it stays where it is.
    "dmsetup create user --table '0 8 linear /dev/mapper/vg-pvmove0_mimage_1 0'",
  ];
  for (const line of lines) await say(lab, line);
  expect((await lab.scheduler.until(lab.run('pvmove --abort'))).status).toBe(5);
  await say(lab, 'dmsetup remove user');
  await say(lab, 'pvmove --abort');
  const left = await layout();
  expect(left).toMatch(/^pvmove0_mimage_0 .*\n(.*\n)*.*pvmove0_mimage_1 /m);
  await say(lab, 'pvmove -b -i +600 --atomic -n lv /dev/sda /dev/sdc');
  expect(await layout()).toContain('[pvmove1_mimage_0]');
  await say(lab, 'pvmove --abort');
  expect(await layout()).toBe(left);
  await say(lab, 'lvremove -y vg/pvmove0_mimage_0 vg/pvmove0_mimage_1');
});

test('a move whose end is refused has failed, and all that it moved has arrived', async () => {
  const lines = [
    'throttle 0',
    'pvmove -b -n other /dev/sda /dev/sdc',
    "dmsetup create user --table '0 8 linear /dev/mapper/vg-pvmove0 0'",
    'throttle off',
  ];
  for (const line of lines) await say(lab, line);
  const jobs = async () => (await lab.scheduler.until(lab.api.state())).jobs;
  await lab.scheduler.until(sleep(lab.scheduler, 5e6, 'a move'));
  const why = 'all is copied, but the change that should end it was refused';
  expect(await jobs()).toMatchObject([{ kind: 'move', phase: 'failed', why }]);
  expect(await tables()).toContain('vg-other: 0 16384 linear 8:32 2048');
  // As on Linux whose device cannot be removed: a volume that nothing lies on.
  await say(lab, 'dmsetup remove user');
  await say(lab, 'lvremove -y vg/pvmove0');
  expect(await tables()).not.toContain('vg-pvmove0');
  expect(await layout()).toContain('other -wi-a-----     0 /dev/sdc:0-7');
});
