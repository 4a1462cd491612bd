/** Merges that are cut short: they are asked about, paused, and go on; or cannot. */
import { expect, test } from 'vitest';
import { SectorStore } from '../../core/block/sector-store.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { sectors } from '../../core/base/units.ts';
import { sleep } from '../../core/env/scheduler.ts';
import type { JobState } from '../../core/contract/jobs.ts';
import { openDevices, say, type DeviceLabHow, type TestLab } from '../support/device-lab.ts';

const MIB = 2048;
const CHUNK = 4096;
const NAMES = ['sda', 'sdb'];

const open = (platters: readonly SectorStore[], how?: DeviceLabHow): Promise<TestLab> =>
  openDevices(
    NAMES.map((name, index) => new RamDisk(name, sectors(64 * MIB), platters[index])),
    undefined,
    undefined,
    how,
  );

/** The data chunks of the store cannot be read; its header and table, in front of them, can. */
const DATA_OF_STORE = '--error-reads 2064:4096';

const blank = (): readonly SectorStore[] => NAMES.map(() => new SectorStore());

const write = async (lab: TestLab, volume: string, chunk: number, value: number): Promise<void> => {
  const data = new Uint8Array(CHUNK).fill(value);
  const done = await lab.scheduler.until(lab.api.write(volume, chunk * CHUNK, data));
  expect(done.ok).toBe(true);
};

/** First byte of a chunk. */
async function read(lab: TestLab, volume: string, chunk: number): Promise<number | undefined> {
  const done = await lab.scheduler.until(lab.api.read(volume, chunk * CHUNK, 1));
  return done.ok ? done.value[0] : undefined;
}

/** Every fourth chunk of the origin was overwritten since the snapshot: runs of one. */
async function begun(lab: TestLab): Promise<void> {
  for (const line of [
    'vgcreate -s 1M vg /dev/sda /dev/sdb',
    'lvcreate -y -Wn -l 8 -n o vg /dev/sda',
    'lvcreate -s -l 4 -n s vg/o /dev/sdb',
  ]) {
    await say(lab, line);
  }
  for (let chunk = 0; chunk < 80; chunk += 4) await write(lab, 'vg/o', chunk, 1);
  await say(lab, 'throttle 2');
  await say(lab, 'lvconvert -b --merge vg/s');
  await lab.scheduler.until(sleep(lab.scheduler, 3_000_000, 'a part of the merge'));
}

const jobsOf = async (lab: TestLab): Promise<readonly JobState[]> =>
  (await lab.scheduler.until(lab.api.state())).jobs;
const status = (lab: TestLab): Promise<string> => say(lab, 'dmsetup status vg-o');
const lvs = (lab: TestLab): Promise<string> => say(lab, 'lvs -a --noheadings -o lv_name,lv_attr');

test('a merge that was cut short is asked about, and goes on where it was', async () => {
  const platters = blank();
  const first = await open(platters);
  await begun(first);
  await first.close();
  const lab = await open(platters, { asks: true });
  const far = await status(lab);
  expect(far).toMatch(/snapshot-merge 1\d\d\/8192 16$/);
  await lab.scheduler.until(sleep(lab.scheduler, 5_000_000, 'whether it goes on'));
  expect(await status(lab)).toBe(far);
  const [job] = await jobsOf(lab);
  expect(job).toMatchObject({
    kind: 'merge',
    phase: 'waiting',
    volume: 'vg/o',
    choices: { goOn: ['lvchange', '--poll', 'y', 'vg/o'] },
  });
  // What is not merged yet is read from the store.
  for (const chunk of [0, 4, 76]) expect(await read(lab, 'vg/o', chunk)).toBe(0);
  await say(lab, 'lvchange --poll y vg/o');
  await lab.scheduler.until(sleep(lab.scheduler, 5_000_000, 'the merge'));
  expect(await lvs(lab)).toBe('o    -wi-a-----');
  for (const chunk of [0, 4, 76]) expect(await read(lab, 'vg/o', chunk)).toBe(0);
  expect((await jobsOf(lab)).at(-1)).toMatchObject({ phase: 'done' });
  await lab.close();
});

test('a command that opens the lab lets it go on by itself', async () => {
  const platters = blank();
  const first = await open(platters);
  await begun(first);
  await first.close();
  const lab = await open(platters);
  await lab.scheduler.until(sleep(lab.scheduler, 5_000_000, 'the merge'));
  expect(await lvs(lab)).toBe('o    -wi-a-----');
  await lab.close();
});

test('it is paused and goes on, also under another name', async () => {
  const lab = await open(blank());
  await begun(lab);
  expect(await say(lab, 'job pause 1')).toBe('Job 1 is paused: Merge vg/s into vg/o');
  await say(lab, 'throttle off');
  const far = await status(lab);
  await lab.scheduler.until(sleep(lab.scheduler, 2_000_000, 'whether it goes on'));
  expect(await status(lab)).toBe(far);
  await say(lab, 'lvrename vg/o vg/p');
  await say(lab, 'job resume 1');
  await lab.scheduler.until(sleep(lab.scheduler, 2_000_000, 'the merge'));
  expect(await lvs(lab)).toBe('p    -wi-a-----');
  await lab.close();
});

test('what takes the origin down ends the job, and the merge goes on when it is up', async () => {
  const lab = await open(blank());
  await begun(lab);
  await say(lab, 'lvchange -an vg/o');
  await lab.scheduler.until(sleep(lab.scheduler, 1_000_000, 'the end of the job'));
  expect((await jobsOf(lab))[0]).toMatchObject({
    phase: 'cancelled',
    why: 'its volume is not active any more',
  });
  expect(await lvs(lab)).toBe('o    Owi---s---\n[s]  Swi---s---');
  await say(lab, 'throttle off');
  await say(lab, 'lvchange -ay vg/o');
  await lab.scheduler.until(sleep(lab.scheduler, 2_000_000, 'the merge'));
  expect(await lvs(lab)).toBe('o    -wi-a-----');
  await lab.close();
});

test('a merge that meets an error has failed, says so, and is tried again', async () => {
  const lab = await open(blank());
  await begun(lab);
  await say(lab, `lab break sdb ${DATA_OF_STORE}`);
  await say(lab, 'throttle off');
  await lab.scheduler.until(sleep(lab.scheduler, 2_000_000, 'the error'));
  const [job] = await jobsOf(lab);
  expect(job).toMatchObject({ phase: 'failed' });
  expect(job?.why).toContain('lvchange -an vg/o and lvchange -ay vg/o let it go on');
  expect(await lvs(lab)).toBe('o    Owi-m-s---\n[s]  Swi-m-s---');
  await say(lab, 'lab mend sdb');
  await say(lab, 'lvchange -an vg/o');
  await say(lab, 'lvchange -ay vg/o');
  await lab.scheduler.until(sleep(lab.scheduler, 2_000_000, 'the merge'));
  expect(await lvs(lab)).toBe('o    -wi-a-----');
  for (const chunk of [0, 4, 76]) expect(await read(lab, 'vg/o', chunk)).toBe(0);
  await lab.close();
});

test('who waits for a merge that fails hears it in the words of Linux', async () => {
  const lab = await open(blank());
  for (const line of [
    'vgcreate -s 1M vg /dev/sda /dev/sdb',
    'lvcreate -y -Wn -l 8 -n o vg /dev/sda',
    'lvcreate -s -l 4 -n s vg/o /dev/sdb',
  ]) {
    await say(lab, line);
  }
  await write(lab, 'vg/o', 0, 1);
  await say(lab, `lab break sdb ${DATA_OF_STORE}`);
  const { status: code, output } = await lab.scheduler.until(lab.run('lvconvert --merge vg/s'));
  expect([code, ...output.map(({ text }) => text)]).toEqual([
    5,
    '  Merging of volume vg/s started.',
    '  vg/o: Merge failed. Retry merge or inspect manually.',
  ]);
  await lab.close();
});
