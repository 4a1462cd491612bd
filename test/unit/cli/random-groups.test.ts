/** What random groups with mirrors (test/sim/mirror-groups) have found, each in a few lines. */
import { afterEach, expect, test } from 'vitest';
import type { BlockDevice } from '../../../core/block/device.ts';
import { FaultPlan, FaultyDevice } from '../../../core/block/wrap/fault.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import type { TestLab } from '../../support/device-lab.ts';
import { blank, openLab, type Wrap } from '../../support/lab.ts';

const PVS = ['/dev/sda', '/dev/sdb', '/dev/sdc', '/dev/sdd'];
const MIRRORED = '--config global{support_mirrored_mirror_log=1}';
const LENGTH = 64 * 1024;

let platters = blank();
let lab: TestLab | undefined;

afterEach(async () => {
  await lab?.scheduler.until(lab.close());
  lab = undefined;
});

function here(): TestLab {
  if (!lab) throw new Error('no lab');
  return lab;
}

interface Done {
  readonly status: number;
  readonly said: string;
}

type Run = (line: string) => Promise<Done>;

const group = (...lines: readonly string[]): Promise<Run> => groupOn((disk) => disk, ...lines);

async function groupOn(wrap: Wrap, ...lines: readonly string[]): Promise<Run> {
  platters = blank();
  lab = await openLab(platters, wrap);
  const run = async (line: string): Promise<Done> => {
    const { status, output } = await here().scheduler.until(here().run(line));
    return { status, said: output.map(({ text }) => text.trim()).join('\n') };
  };
  const first = [`pvcreate ${PVS.join(' ')}`, `vgcreate -s 4k vg ${PVS.join(' ')}`];
  for (const line of [...first, ...lines])
    expect(await run(line), line).toMatchObject({ status: 0 });
  return run;
}

async function diskOf(run: (line: string) => Promise<Done>, part: string): Promise<string> {
  const { said } = await run(`lvs -a --noheadings -o devices vg/${part}`);
  return /(sd.)\(/.exec(said)?.[1] ?? '';
}

const CREATE = 'lvcreate --type mirror -R 4k -l 16 -n a vg';

test('a leg that joins while the log changes holds nothing yet', async () => {
  const run = await group(`${CREATE} -m1`);
  const { api, scheduler } = here();
  const data = new Uint8Array(LENGTH).fill(7);
  await scheduler.until(api.write('vg/a', 0, data));
  await run('throttle 0');
  expect((await run('lvconvert -y -b -m+1 --mirrorlog core vg/a')).status).toBe(0);
  const [mirror] = (await api.state()).mirrors;
  expect(mirror).toMatchObject({ regions: 16, inSync: 0 });
  for (let time = 0; time < 4; time++) {
    const read = await scheduler.until(api.read('vg/a', 0, LENGTH));
    expect(read).toEqual({ ok: true, value: data });
  }
  await run('throttle off');
});

test('of a mirror that is down nobody knows whether its legs are the same', async () => {
  const run = await group('lvcreate -l 16 -n a vg /dev/sda', 'lvchange -an vg/a');
  await run('lvconvert -y --type mirror -m1 --mirrorlog core vg/a /dev/sdb');
  const unknown = 'Unable to determine mirror sync status of vg/a.';
  const what = 'Unable to remove primary mirror image while';
  const kept = `${what} mirror volume vg/a is not in-sync.`;
  expect(await run('lvconvert -y -m0 vg/a /dev/sda')).toEqual({
    status: 5,
    said: `${unknown}\n${kept}`,
  });
  expect(await run('lvconvert -y --splitmirrors 1 -n s vg/a')).toEqual({
    status: 5,
    said: `${unknown}\nUnable to split mirror vg/a that is not in-sync.`,
  });
  expect((await run('lvconvert -y -m0 vg/a')).status).toBe(0);
});

test('two legs of three are split off while the others are suspended', async () => {
  const run = await group(`${CREATE} -m2`);
  expect((await run('lvconvert -y --splitmirrors 2 -n s vg/a')).status).toBe(0);
  const { devices } = await here().api.state();
  expect(devices.filter(({ suspended }) => suspended)).toEqual([]);
});

test('a log of two legs that lost one keeps nobody waiting who has the turn', async () => {
  const run = await group(`${CREATE} -m1 --mirrorlog mirrored ${MIRRORED}`);
  await run('lvchange --monitor n vg/a');
  await run('lvchange -an vg/a');
  await run(`lab break ${await diskOf(run, 'a_mlog_mimage_1')} --gone`);
  expect((await run('lvchange -ay --activationmode partial vg/a')).status).toBe(0);
  expect((await run('lvchange -an vg/a')).status).toBe(0);
});

test('a log of which one leg fails is not filled, and nobody waits', async () => {
  const run = await group(`${CREATE} -m1 --mirrorlog core`);
  await run('lab break sdd --error-writes 2048:4000');
  const { status } = await run(
    `lvconvert -y --mirrorlog mirrored ${MIRRORED} vg/a /dev/sdc /dev/sdd`,
  );
  expect(status).toBe(5);
  expect((await run('vgs vg')).status).toBe(0);
});

test('a lab is closed in which a mirror and the log below it hold writes', async () => {
  const run = await group(`${CREATE} -m1 --mirrorlog mirrored ${MIRRORED}`);
  await run('lvchange --monitor n vg/a vg/a_mlog');
  const { api, scheduler } = here();
  for (const part of ['a_mlog_mimage_1', 'a_mimage_1']) {
    await run(`lab break ${await diskOf(run, part)} --error-writes 2048:4000`);
  }
  const write = api.write('vg/a', 0, new Uint8Array(512));
  await scheduler.until(here().letGo());
  expect((await scheduler.until(write)).ok).toBe(false);
});

test('without its second leg a mirror needs no log any more, whatever the policy', async () => {
  const run = await group(`${CREATE} -m1`, 'lvchange --monitor n vg/a');
  const { api, scheduler } = here();
  for (const part of ['a_mlog', 'a_mimage_1']) {
    await run(`lab break ${await diskOf(run, part)} --gone`);
  }
  const write = api.write('vg/a', 0, new Uint8Array(512));
  const { status } = await run('lvconvert --repair --use-policies vg/a');
  expect(status).toBe(0);
  expect((await run('lvs --noheadings -o segtype vg/a')).said).toContain('linear');
  expect((await scheduler.until(write)).ok).toBe(true);
});

test('a hidden volume that a conversion left behind is removed like any other', async () => {
  let found = 0;
  for (let nth = 10; nth < 90 && found === 0; nth += 2) {
    const plan = new FaultPlan({ nth, when: () => counting });
    let counting = false;
    const run = await group(`${CREATE} -m1`);
    await lab?.scheduler.until(lab.close());
    const faulty = (disk: BlockDevice) => new FaultyDevice(disk, plan);
    lab = await openLab(platters, faulty, 2);
    counting = true;
    await run('lvconvert -y -m+1 vg/a');
    counting = false;
    const [vg] = (await lab.api.state()).vgs;
    const left = vg?.lvs.filter(({ name, visible }) => !visible && name.includes('_mimagetmp_'));
    for (const { name } of left ?? []) {
      if ((await run(`lvremove -y vg/${name}`)).status === 0) found++;
    }
    await lab.scheduler.until(lab.close());
  }
  expect(found).toBe(1);
});

/** Out of sync, with a third leg whose disk is going to be lost. */
const UNSYNCED = `${CREATE} -m2 --mirrorlog core /dev/sda /dev/sdb /dev/sdc`;
const NO_PRIMARY = 'Unable to remove primary mirror image while mirror';

test('a disk that fails just now stays while no other leg has all of the data', async () => {
  const run = await group('throttle 0', UNSYNCED);
  const { api, scheduler } = here();
  await scheduler.until(api.write('vg/a', 0, new Uint8Array(LENGTH).fill(7)));
  const [mirror] = (await api.state()).mirrors;
  expect(mirror).toMatchObject({ inSync: 0, legs: [{}, {}, {}] });
  await run('lab break sda --errors all');
  await run('lab break sdc --gone');
  expect(await run('lvconvert --repair -y vg/a')).toMatchObject({
    status: 5,
    said: expect.stringContaining(NO_PRIMARY) as string,
  });
  for (const disk of ['sda', 'sdc']) await run(`lab mend ${disk}`);
  await run('throttle off');
  await run('lvchange --refresh vg/a');
  const read = await scheduler.until(api.read('vg/a', 0, LENGTH));
  expect(read).toEqual({ ok: true, value: new Uint8Array(LENGTH).fill(7) });
});

test('nor does a disk go that failed once, where another one is missing', async () => {
  let failing = false;
  const plan = new FaultPlan({ ops: ['flush'], device: 'sda', when: () => failing });
  const run = await groupOn((disk) => new FaultyDevice(disk, plan), 'throttle 0', UNSYNCED);
  const { api, scheduler } = here();
  await run('lab set activation/monitoring 0');
  failing = true;
  const writing = api.write('vg/a', 0, new Uint8Array(LENGTH).fill(7));
  await scheduler.until(sleep(scheduler, 1e6, 'the flush is held'));
  failing = false;
  const [mirror] = (await api.state()).mirrors;
  expect(mirror).toMatchObject({ inSync: 0, held: 1, legs: [{ health: 'D' }, {}, {}] });
  await run('lab break sdc --gone');
  expect(await run('lvconvert --repair -y vg/a')).toMatchObject({
    status: 5,
    said: expect.stringContaining(NO_PRIMARY) as string,
  });
  await run('lab mend sdc');
  await run('throttle off');
  await run('lvchange --refresh vg/a');
  expect(await scheduler.until(writing)).toEqual({ ok: true });
  const read = await scheduler.until(api.read('vg/a', 0, LENGTH));
  expect(read).toEqual({ ok: true, value: new Uint8Array(LENGTH).fill(7) });
});
