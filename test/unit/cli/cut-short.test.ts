/** A conversion that a closed lab cut short: it goes on by itself, or waits for somebody's word. */
import { expect, test } from 'vitest';
import type { JobState } from '../../../core/contract/jobs.ts';
import { MemorySettings } from '../../../core/engine/settings-store.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import type { DeviceLabHow, TestLab } from '../../support/device-lab.ts';
import { blank, copyOf, openLab, type Platters } from '../../support/lab.ts';

const MADE = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd',
  'lvcreate --type mirror -m1 -R 512k -n mir -l 4 vg /dev/sda /dev/sdb /dev/sdd',
];
const BEGUN = ['throttle 2', 'lvconvert -m+1 -b vg/mir /dev/sdc'];

class Lab {
  constructor(private readonly lab: TestLab) {}

  async run(line: string): Promise<string> {
    const { status, output } = await this.lab.scheduler.until(this.lab.run(line));
    return [`${status}`, ...output.map(({ text }) => text.trim())].join('\n');
  }

  preview(line: string): Promise<unknown> {
    return this.lab.scheduler.until(this.lab.api.preview(line.split(' ')));
  }

  async pass(seconds: number): Promise<void> {
    const { scheduler } = this.lab;
    await scheduler.until(sleep(scheduler, seconds * 1_000_000, 'time passes'));
  }

  async jobs(): Promise<readonly JobState[]> {
    return (await this.lab.scheduler.until(this.lab.api.state())).jobs;
  }

  /** `mirror`, and what of it is in sync. */
  async seen(): Promise<string> {
    return this.run('lvs -a --noheadings -o lv_name,copy_percent vg/mir');
  }

  async parts(): Promise<readonly string[]> {
    const said = await this.run('lvs -a --noheadings -o lv_name vg');
    return said.replace(/[[\]]/g, '').split('\n').slice(1);
  }

  async waits(): Promise<boolean> {
    const { mirrors } = await this.lab.scheduler.until(this.lab.api.state());
    return mirrors.some(({ device, waits }) => device === 'vg-mir' && waits === true);
  }

  async close(): Promise<void> {
    await this.lab.scheduler.until(this.lab.letGo());
    await this.lab.scheduler.until(this.lab.close());
  }
}

const opened = async (platters: Platters, how: DeviceLabHow = {}): Promise<Lab> =>
  new Lab(await openLab(platters, undefined, 1, undefined, how));

/** Disks of a lab that was closed at a quarter of a conversion. */
async function cutShort(): Promise<Platters> {
  const platters = blank();
  const lab = await opened(platters);
  for (const lines of [MADE, BEGUN]) {
    for (const line of lines) expect(await lab.run(line), line).toMatch(/^0/);
    await lab.pass(1);
  }
  await lab.close();
  return copyOf(platters);
}

test('where nobody is asked it goes on to its end, as in LVM', async () => {
  const lab = await opened(await cutShort());
  expect((await lab.jobs()).map(({ phase }) => phase)).toEqual(['running']);
  await lab.pass(10);
  expect((await lab.jobs()).map(({ phase }) => phase)).toEqual(['done']);
  expect(await lab.parts()).toEqual(
    expect.arrayContaining(['mir', 'mir_mimage_0', 'mir_mimage_1', 'mir_mimage_2']),
  );
  expect((await lab.parts()).join(' ')).not.toContain('mimagetmp');
  await lab.close();
});

test('where somebody is asked nothing is copied until a line lets it go on', async () => {
  const lab = await opened(await cutShort(), { asks: true });
  const [job] = await lab.jobs();
  expect(job).toMatchObject({
    phase: 'waiting',
    volume: 'vg/mir',
    choices: {
      goOn: ['lvchange', '--poll', 'y', 'vg/mir'],
      takeBack: ['lvconvert', '-m', '1', 'vg/mir'],
    },
  });
  const before = await lab.seen();
  expect(await lab.waits()).toBe(true);
  await lab.pass(30);
  expect(await lab.seen()).toBe(before);
  const lines = '"lvchange --poll y vg/mir" lets it go on, "lvconvert -m 1 vg/mir" takes it back';
  expect(await lab.run('job list')).toMatch(new RegExp(`waits at \\d+ %: ${lines}`));
  expect(await lab.run('lvchange --poll y vg/mir')).toBe('0');
  expect(await lab.jobs()).toMatchObject([{ phase: 'running' }]);
  expect(await lab.waits()).toBe(false);
  await lab.pass(10);
  expect(await lab.jobs()).toMatchObject([{ phase: 'done' }]);
  expect(await lab.parts()).toEqual(expect.arrayContaining(['mir_mimage_2']));
  await lab.close();
});

test('it can be taken back to the legs that there were', async () => {
  const lab = await opened(await cutShort(), { asks: true });
  expect(await lab.run('lvconvert -m 1 vg/mir')).toMatch(/^0/);
  await lab.pass(1);
  expect(await lab.jobs()).toMatchObject([{ phase: 'cancelled', why: 'it was taken back' }]);
  expect(await lab.parts()).toEqual(['mir', 'mir_mimage_0', 'mir_mimage_1', 'mir_mlog']);
  expect(await lab.seen()).toBe('0\nmir  100.00');
  expect(await lab.waits()).toBe(false);
  await lab.close();
});

test('left alone it waits again the next time', async () => {
  const platters = await cutShort();
  for (const time of ['the first', 'the second']) {
    const lab = await opened(platters, { asks: true });
    await lab.pass(5);
    expect(await lab.jobs(), time).toMatchObject([{ phase: 'waiting' }]);
    await lab.close();
  }
});

test('whose volume is taken down and up again goes on, unless the line says not', async () => {
  const lab = await opened(await cutShort(), { asks: true });
  expect(await lab.run('lvchange -an vg/mir')).toBe('0');
  await lab.pass(1);
  expect(await lab.jobs()).toMatchObject([
    { phase: 'cancelled', why: 'its volume is not active any more' },
  ]);
  expect(await lab.run('lvchange -ay --poll n vg/mir')).toBe('0');
  await lab.pass(10);
  expect((await lab.parts()).join(' ')).toContain('mir_mimagetmp_2');
  await lab.run('lvchange -an vg/mir');
  expect(await lab.run('lvchange -ay vg/mir')).toBe('0');
  await lab.pass(10);
  expect((await lab.parts()).join(' ')).not.toContain('mimagetmp');
  expect(await lab.jobs()).toMatchObject([{ phase: 'cancelled' }, { phase: 'done' }]);
  await lab.close();
});

test('throttles are kept with the lab, in general and of a volume, and shown', async () => {
  const settings = new MemorySettings();
  const platters = blank();
  const first = await opened(platters, { settings });
  for (const line of [...MADE, 'throttle 2']) await first.run(line);
  expect(await first.run('throttle 0 vg/mir')).toMatch(/^0\nvg-mir is synchronized at 0 regions/);
  await first.close();
  expect(settings.limits.all).toBe(2);
  expect(Object.entries(settings.limits.own ?? {})).toEqual([
    [expect.stringMatching(/^LVM-\w{64}$/), 0],
  ]);
  const lab = await openLab(platters, undefined, 1, undefined, { settings });
  const state = await lab.api.state();
  expect(state.settings.copyLimit).toBe(2);
  expect(state.mirrors.map(({ limit }) => limit)).toEqual([0]);
  await lab.run('throttle off vg/mir');
  expect((await lab.api.state()).mirrors.map(({ limit }) => limit)).toEqual([2]);
  await lab.run('throttle off');
  expect(settings.limits).toEqual({});
  expect((await lab.api.state()).mirrors[0]).not.toHaveProperty('limit');
  await lab.close();
});

test('whether a mirror is monitored is a part of what is shown, and follows the line', async () => {
  const lab = await openLab(blank());
  for (const line of MADE) await lab.scheduler.until(lab.run(line));
  const monitored = async (): Promise<readonly (boolean | undefined)[]> => {
    const { vgs } = await lab.api.state();
    return (vgs[0]?.lvs ?? []).filter(({ visible }) => visible).map((lv) => lv.monitored);
  };
  lab.api.subscribe(() => undefined);
  expect(await monitored()).toEqual([true]);
  await lab.run('lvchange --monitor n vg/mir');
  expect(await monitored()).toEqual([false]);
  await lab.run('vgchange --monitor y vg');
  expect(await monitored()).toEqual([true]);
  await lab.run('lvchange -an vg/mir');
  expect(await monitored()).toEqual([undefined]);
  await lab.close();
});

test('to show what a line would do does nothing of it', async () => {
  const lab = await opened(await cutShort(), { asks: true });
  const lines = ['lvchange --poll y vg/mir', 'lvchange --monitor n vg/mir', 'vgchange --poll y vg'];
  for (const line of lines) {
    expect(await lab.preview(line), line).toMatchObject({ ok: true, value: { plans: [] } });
    expect(await lab.run(`${line} --test`), line).toMatch(/^0/);
  }
  expect(await lab.waits()).toBe(true);
  expect(await lab.run('lvs --noheadings -o seg_monitor vg/mir')).toMatch(/^0\nmonitored/);
  await lab.close();
});
