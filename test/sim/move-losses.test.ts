/** What a move must not lose when a disk fails at one certain moment (decision 027). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Io } from '../../core/block/device.ts';
import { FaultPlan } from '../../core/block/wrap/fault.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { blank, Machine, PATHS } from './conversions/machine.ts';
import { succeed } from './conversions/trouble.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { read, write } from '../support/sectors.ts';

/** Where extents begin on a PV, in sectors. */
const PE_START = 2048;
/** In the first region of everything at once, which is copied; and in the second. */
const [EARLY, LATE] = [3, 600];
/** Where the second piece begins on its PV, in sectors. */
const LATE_EXTENT = 512;
const OK = { ok: true };

let machine: Machine;
let volume: OpenDevice;
/** Sees every request to a disk, and says whether it fails. */
let fails: (io: Io, disk: string) => boolean;

const run = (line: string): Promise<void> => succeed(machine, line);
const said = async (line: string): Promise<string> => {
  const done = await machine.until(machine.run(line));
  return [`= ${done?.status}`, ...(done?.output ?? []).map(({ text }) => text.trim())].join('\n');
};
const put = (sector: number, stamp: number) => machine.until(write(volume, sector, stamp));
const found = (sector: number) => machine.until(read(volume, sector));
const places = async (): Promise<string> =>
  (await said('lvs --noheadings --segments -o seg_pe_ranges vg/a')).replace(/\s+/g, ' ');

beforeEach(async () => {
  fails = () => false;
  const plan = new FaultPlan({ when: (io, disk) => fails(io, disk) });
  machine = await Machine.start(blank(), { plan, seed: 1 });
  for (const line of [
    `pvcreate ${PATHS.join(' ')}`,
    `vgcreate -s 64k vg ${PATHS.join(' ')}`,
    'lvcreate -y -l 3 -n a vg /dev/sda',
    'lvcreate -y -l 1 -n gap vg /dev/sda',
    'lvextend -l +2 vg/a /dev/sda',
  ]) {
    await run(line);
  }
  const opened = await machine.until(machine.volume('a'));
  if (!opened) throw new Error('no volume');
  volume = opened;
  await put(EARLY, 1);
  await put(LATE, 1);
});

afterEach(async () => {
  volume.close();
  await machine.close();
});

test('what the destination misses just before the next version stays at home', async () => {
  await run('pvmove -b -n a /dev/sda /dev/sdb');
  let late: ReturnType<typeof write> | undefined;
  fails = ({ op, ...io }, disk) => {
    const isChange = op === 'write' && 'start' in io;
    // The next version is on its way: the piece was seen to be complete.
    if (isChange && io.start < PE_START) late ??= write(volume, EARLY, 2);
    return late !== undefined && disk === 'sdb' && isChange && io.start >= PE_START;
  };
  await machine.rest();
  expect(await late).toEqual(OK);
  fails = () => false;
  await run('pvmove --abort');
  expect(await found(EARLY)).toEqual([2]);
  expect(await places()).toBe('= 0 /dev/sda:0-2 /dev/sda:4-5');
});

test('a write that only the destination took is not acknowledged', async () => {
  await run('throttle 1');
  await run('pvmove -b --atomic -n a /dev/sda /dev/sdb');
  fails = ({ op }, disk) => disk === 'sda' && op === 'write';
  expect(await put(EARLY, 2)).toMatchObject({ ok: false });
  fails = () => false;
  await run('pvmove --abort');
  expect(await found(EARLY)).toEqual([1]);
});

test('what the source cannot read is not taken for copied', async () => {
  fails = ({ op, ...io }, disk) =>
    disk === 'sda' && op === 'read' && 'start' in io && io.start >= PE_START;
  expect(await said('pvmove -i0 -n a /dev/sda /dev/sdb')).toMatch(/^= 5\n.*does not go on/s);
  fails = () => false;
  await run('pvmove --abort');
  expect([await found(EARLY), await found(LATE)]).toEqual([[1], [1]]);
  expect(await places()).toBe('= 0 /dev/sda:0-2 /dev/sda:4-5');
});

test('the source is lost: what was copied is read, all is there when it is back', async () => {
  await run('throttle 1');
  await run('pvmove -b --atomic -n a /dev/sda /dev/sdb');
  await machine.lose('/dev/sda');
  expect(await found(EARLY)).toEqual([1]);
  expect(await found(LATE)).toBe('io-failed');
  expect(await put(EARLY, 2)).toMatchObject({ ok: false });
  expect(await said('pvmove --abort')).toContain('Cannot change VG vg while PVs are missing.');
  await run('lab mend sda');
  await run('lvchange --refresh vg/a');
  await run('throttle off');
  await run('pvmove -i0');
  expect(await found(LATE)).toEqual([1]);
  expect(await places()).toBe('= 0 /dev/sdb:0-4');
});

test('the destination is lost: the volume works, and comes back to where it was', async () => {
  await run('throttle 1');
  await run('pvmove -b --atomic -n a /dev/sda /dev/sdb');
  await machine.lose('/dev/sdb');
  expect(await put(EARLY, 2)).toEqual(OK);
  expect([await found(EARLY), await found(LATE)]).toEqual([[2], [1]]);
  expect(await said('pvmove --abort')).toContain('Cannot change VG vg while PVs are missing.');
  await run('lab mend sdb');
  await run('pvmove --abort');
  expect(await found(EARLY)).toEqual([2]);
  expect(await places()).toBe('= 0 /dev/sda:0-2 /dev/sda:4-5');
});

/** The first of two pieces is at its destination. */
async function firstMoved(): Promise<void> {
  await run('throttle 1');
  await run('pvmove -b -n a /dev/sda /dev/sdb');
  while (!(await said('dmsetup table vg-pvmove0')).includes('0 384 linear 8:16')) {
    await machine.until(sleep(machine.scheduler, 10_000, 'a while'));
  }
}

const REDUCE = 'vgreduce --removemissing --mirrorsonly --force vg';
const REMOVE = 'vgreduce --removemissing --force vg';

test('the destination is lost for good: what is not there yet is where it was', async () => {
  await firstMoved();
  await machine.lose('/dev/sdb');
  expect(await said(REMOVE)).toMatch(/^= 5\n.*Can't remove locked logical volume vg\/a\.$/s);
  expect(await said(REDUCE)).toContain("Non-mirror-image LV a found: can't remove.");
  expect([await found(EARLY), await found(LATE)]).toEqual(['io-failed', [1]]);
  expect(await places()).toMatch(/ \[unknown\]:0-2 \/dev\/sda:4-5$/);
  await put(LATE, 2);
  expect(await found(LATE)).toEqual([2]);
});

test('the destination is lost before anything was moved: nothing is lost with it', async () => {
  await run('throttle 1');
  await run('pvmove -b -n a /dev/sda /dev/sdb');
  await machine.lose('/dev/sdb');
  await run(REDUCE);
  expect([await found(EARLY), await found(LATE)]).toEqual([[1], [1]]);
  expect(await places()).toBe('= 0 /dev/sda:0-2 /dev/sda:4-5');
  expect(await said('dmsetup ls')).not.toContain('pvmove');
});

test('the source is lost for good: what was copied is there, the rest is told', async () => {
  fails = ({ op, ...io }, disk) =>
    disk === 'sda' && op === 'read' && 'start' in io && io.start >= PE_START + LATE_EXTENT;
  await firstMoved();
  await machine.lose('/dev/sda');
  const reduced = await said(REDUCE);
  expect(reduced).toContain('Unable to determine mirror sync status of vg/pvmove0.');
  expect(await found(EARLY)).toEqual([1]);
  expect(await places()).toMatch(/ \/dev\/sdb:0-4$/);
});
