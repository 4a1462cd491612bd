/** dmsetup in the engine: its turn, its events, what the window sees, what cannot be waited for. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import { blank, openLab, prepared } from '../../support/lab.ts';
import type { TestLab } from '../../support/device-lab.ts';
import { fateOf } from '../../support/sim.ts';

const VOLUME = ['vgcreate -s 1m vg /dev/sda /dev/sdb', 'lvcreate -n home -l 4 vg'];

async function said(lab: TestLab, line: string): Promise<string> {
  const { status, output } = await lab.run(line);
  return [`${status}`, ...output.map(({ text }) => text.trim())].join('\n');
}

test('a device made by hand is in the state and the events; so is what becomes of it', async () => {
  const lab = await openLab(blank());
  const events: EngineEvent[] = [];
  lab.api.subscribe((event) => events.push(event));
  await lab.run("dmsetup create a -u U-1 --table '0 100 linear /dev/sda 8'");
  await lab.run('dmsetup suspend a');
  expect((await lab.api.state()).devices).toMatchObject([
    { name: 'a', uuid: 'U-1', suspended: true, deps: ['8:0'] },
  ]);
  await lab.run('dmsetup remove a');
  expect((await lab.api.state()).devices).toEqual([]);
  const steps = events.flatMap(({ body }) =>
    body.kind === 'step' && body.phase === 'done' ? [body.step.what] : [],
  );
  expect(steps).toEqual([
    'create device a',
    'load a table into a',
    'resume a',
    'suspend a',
    'remove device a',
  ]);
  expect(events.some(({ body }) => body.kind === 'device-removed' && body.name === 'a')).toBe(true);
  await lab.close();
});

test('what fails is taken back, and nothing that was there before', async () => {
  const lab = await openLab(blank());
  await lab.run("dmsetup create a --table '0 100 zero'");
  await lab.run("dmsetup load a --table '0 50 error'");
  expect(await said(lab, "dmsetup create a --table '0 10 zero'")).toMatch(/^1\n.*busy\nCommand/);
  expect(await said(lab, "dmsetup load a --table '0 10 frob'")).toMatch(/^1\n/);
  expect(await said(lab, 'dmsetup table a')).toBe('0\n0 100 zero');
  expect(await said(lab, 'dmsetup table a --inactive')).toBe('0\n0 50 error');
  expect(await said(lab, "dmsetup create b --table '0 10 frob'")).toMatch(/^1\n/);
  expect(await said(lab, 'dmsetup ls')).toBe('0\na\t(253:0)');
  await lab.close();
});

describe('a volume whose device was touched by hand', () => {
  test('shows so in its attributes, and is found under another name', async () => {
    const lab = await openLab(await prepared(VOLUME));
    const attr = (): Promise<string> => said(lab, 'lvs --noheadings -o lv_attr vg/home');
    await lab.run('dmsetup suspend vg-home');
    expect(await attr()).toBe('0\n-wi-s-----');
    await lab.run('dmsetup resume vg-home');
    await lab.run('dmsetup rename vg-home foo');
    expect(await attr()).toBe('0\n-wi-a-----');
    const { vgs } = await lab.api.state();
    expect(vgs[0]?.lvs[0]).toMatchObject({ active: true, dmName: 'foo' });
    expect(await lab.api.write('vg/home', 5, new Uint8Array([1]))).toEqual({ ok: true });
    expect((await lab.run('lvextend -l +1 vg/home')).status).toBe(0);
    expect(await said(lab, 'dmsetup ls')).toBe('0\nvg-home\t(253:0)');
    await lab.run('dmsetup remove vg-home');
    expect(await attr()).toBe('0\n-wi-------');
    await lab.close();
  });

  test('one of the same name is not it', async () => {
    const lab = await openLab(await prepared(VOLUME));
    await lab.run('lvchange -an vg/home');
    await lab.run("dmsetup create vg-home --table '0 10 zero'");
    expect(await said(lab, 'lvs --noheadings -o lv_attr vg/home')).toBe('0\n-wi-------');
    expect(await lab.api.read('vg/home', 0, 1)).toMatchObject({
      error: { error: { code: 'lv-inactive' } },
    });
    expect(await said(lab, 'lvchange -ay vg/home')).toMatch(/^5\n.*vg-home LVM-\w{64} failed: Dev/);
    await lab.close();
  });
});

test('a line is previewed as the plan that it runs; nothing happens', async () => {
  const lab = await openLab(await prepared(VOLUME));
  const preview = await lab.api.preview(['dmsetup', 'wipe_table', 'vg-home']);
  expect(
    preview.ok && preview.value.plans.map(({ steps }) => steps.map(({ what }) => what)),
  ).toEqual([['load a table into vg-home', 'suspend vg-home', 'resume vg-home']]);
  expect(await lab.api.preview(['dmsetup', 'remove', 'nosuch'])).toMatchObject({
    error: { messages: [expect.stringContaining('remove ioctl on nosuch'), 'Command failed.'] },
  });
  expect(await said(lab, 'dmsetup table vg-home')).toMatch(/^0\n0 8192 linear/);
  await lab.close();
});

describe('waiting', () => {
  test('wait does not keep others from their turn', async () => {
    const lab = await openLab(blank());
    await lab.run("dmsetup create a --table '0 100 zero'");
    const waiting = lab.run('dmsetup wait a');
    expect(await fateOf(waiting)).toBe('pending');
    expect((await lab.run('dmsetup rename a b')).status).toBe(0);
    expect((await waiting).status).toBe(0);
    await lab.close();
  });

  /** vg/home reads from a device made by hand, which is suspended. */
  async function stuck(): Promise<TestLab> {
    const lab = await openLab(await prepared(VOLUME));
    for (const line of [
      "dmsetup create low --table '0 8192 linear /dev/sdc 0'",
      "dmsetup load vg-home --table '0 8192 linear /dev/mapper/low 0'",
      'dmsetup resume vg-home',
      'dmsetup suspend low',
    ]) {
      expect(await said(lab, line)).toBe('0');
    }
    return lab;
  }

  test('a suspend that I/O held below would keep forever is refused, not waited for', async () => {
    const lab = await stuck();
    const read = lab.api.read('vg/home', 0, 512);
    expect(await fateOf(read)).toBe('pending');
    expect(await said(lab, 'dmsetup suspend -v vg-home')).toBe(
      [
        '1',
        'device-mapper: suspend ioctl on vg-home  failed: Device or resource busy',
        'device-mapper: low below is suspended, and I/O to it does not finish',
        'Command failed.',
      ].join('\n'),
    );
    expect(await said(lab, 'dmsetup resume low')).toBe('0');
    expect(await read).toMatchObject({ ok: true });
    expect(await said(lab, 'dmsetup suspend vg-home')).toBe('0');
    await lab.close();
  });

  test('the engine lets go of what waits before it is closed', async () => {
    const lab = await stuck();
    const read = lab.api.read('vg/home', 0, 512);
    const waiting = lab.run('dmsetup wait low');
    expect(await fateOf(read)).toBe('pending');
    await lab.letGo();
    expect(await read).toMatchObject({ ok: true });
    expect(await waiting).toEqual({
      status: 1,
      output: [{ stream: 'stderr', text: 'Command failed.' }],
    });
    await lab.close();
  });

  test('a table from the standard input is asked for', async () => {
    const lab = await openLab(blank());
    const argv = ['dmsetup', 'create', 'a'];
    expect(await lab.api.command(argv, { ask: true })).toEqual({
      status: 1,
      output: [],
      wantsInput: true,
    });
    expect(await said(lab, 'dmsetup ls')).toBe('0\nNo devices found');
    await lab.api.command(argv, { input: '0 10 zero\n10 5 error\n' });
    expect(await said(lab, 'dmsetup table a')).toBe('0\n0 10 zero\n10 5 error');
    await lab.close();
  });
});

test('programs of the host are not run', async () => {
  const lab = await openLab(blank());
  expect(await said(lab, 'dmsetup ls --exec true')).toMatch(/^1\n--exec: .*\nCommand failed\.$/);
  await lab.close();
});
