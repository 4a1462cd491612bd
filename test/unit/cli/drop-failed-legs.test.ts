/** A mirror that is told to drop failed legs by itself, and told not to any more. */
import { expect, test } from 'vitest';
import { sleep } from '../../../core/env/scheduler.ts';
import { blank, openLab } from '../../support/lab.ts';
import { stamped } from '../../support/sectors.ts';

const MADE = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
  'lvcreate --type mirror -m1 -n mir -l 4 vg /dev/sda /dev/sdb /dev/sdc',
  'lvcreate --type mirror -m1 --mirrorlog core -n mem -l 4 vg /dev/sda /dev/sdb',
  'lvcreate -n plain -l 1 vg',
];

async function opened() {
  const lab = await openLab(blank());
  const run = async (line: string): Promise<string> => {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    return [`${status}`, ...output.map(({ text }) => text.trim())].join('\n');
  };
  for (const line of MADE) expect(await run(line), line).toMatch(/^0/);
  return { lab, run };
}

test('its table has the feature while it is on, and is the one it was when it is off', async () => {
  const { lab, run } = await opened();
  const before = await run('dmsetup table vg-mir');
  expect(await run('drop-failed-legs y vg/mir')).toBe(
    '0\nvg-mir drops a leg that fails by itself, until another table is loaded.',
  );
  expect(await run('dmsetup table vg-mir')).toBe(
    before.replace('1 handle_errors', '2 handle_errors drop_failed_legs'),
  );
  await run('drop-failed-legs n vg/mir');
  expect(await run('dmsetup table vg-mir')).toBe(before);
  await lab.close();
});

test('with a log in memory it is refused: the log would forget which leg was dropped', async () => {
  const { lab, run } = await opened();
  const before = await run('dmsetup table vg-mem');
  expect(await run('drop-failed-legs y vg/mem')).toMatch(/^5\n/);
  expect(await run('dmsetup table vg-mem')).toBe(before);
  expect(await run('dmsetup info -c --noheadings -o suspended vg-mem')).toBe('0\nActive');
  await lab.close();
});

test('a write that meets a failed leg waits for nobody', async () => {
  const { lab, run } = await opened();
  await run('vgchange --monitor n vg');
  await run('drop-failed-legs y vg/mir');
  await run('lab break sdb --gone');
  const written = await lab.scheduler.until(lab.api.write('vg/mir', 0, stamped(5, 8)));
  expect(written.ok).toBe(true);
  await lab.scheduler.until(sleep(lab.scheduler, 1_000_000, 'the news of it'));
  const { mirrors } = await lab.api.state();
  const [mir] = mirrors.filter(({ device }) => device === 'vg-mir');
  expect(mir?.held).toBe(0);
  expect(mir?.legs.map(({ dropped }) => dropped)).toEqual([undefined, true]);
  await lab.close();
});

test('what it would do is shown, and what is no mirror is refused', async () => {
  const { lab, run } = await opened();
  const shown = await lab.api.preview(['drop-failed-legs', 'y', 'vg/mir']);
  expect(shown.ok && shown.value.plans[0]?.steps.map(({ what }) => what)).toEqual([
    'load a table into vg-mir',
    'suspend vg-mir',
    'resume vg-mir',
  ]);
  expect((await lab.api.preview(['drop-failed-legs', 'y', 'vg/plain'])).ok).toBe(false);
  expect(await run('drop-failed-legs y vg/plain')).toMatch(/^5\n/);
  expect(await run('drop-failed-legs y vg/none')).toMatch(/^5\n/);
  expect(await run('drop-failed-legs maybe vg/mir')).toBe('3\ndrop-failed-legs y|n VG/LV');
  expect(await run('drop-failed-legs y mir')).toBe('3\n"mir" is no VG/LV');
  await lab.close();
});
