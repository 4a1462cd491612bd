/**
 * Extents are dragged to another PV, marked and moved by keyboard, and a PV is emptied: each time a
 * proposal shows before and after first, and nothing moves until its lines are run.
 */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, focusByTab, picture, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('moves', 4);
let page: Page;

beforeAll(async () => {
  const lines = [
    'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
    'lvcreate -n home -l 12 vg /dev/sda:0-11',
    'lvcreate -n root -l 8 vg /dev/sda:16-23',
    'lvextend -l +6 vg/home /dev/sda:30-35',
    'lvcreate --type mirror -m1 -n mir -l 5 vg /dev/sda:40-44 /dev/sdb:0-4 /dev/sdc:0-0',
    'vgcreate other /dev/sdd',
  ];
  lab.line('run -', lines.join('\n'));
  page = await lab.look('vg');
});

afterAll(() => lab.end());

const strip = (device: string): Locator =>
  page.getByRole('slider', { name: `Extents of ${device}` });
const proposal = () => page.getByRole('region', { name: 'What will move' });

/** The middle of an extent on the screen. */
async function at(device: string, extent: number): Promise<{ x: number; y: number }> {
  const box = await strip(device).boundingBox();
  if (!box) throw new Error(`no strip of ${device}`);
  const count = Number(await strip(device).getAttribute('aria-valuemax'));
  return { x: box.x + ((extent + 0.5) / count) * box.width, y: box.y + 20 };
}

async function dragTo(from: [string, number], to: [string, number]): Promise<void> {
  const [start, end] = [await at(...from), await at(...to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 10, start.y + 4);
  await page.mouse.move(end.x, end.y, { steps: 4 });
}

const places = (): readonly string[] =>
  lab
    .line('pvs --noheadings --segments -o pv_name,pvseg_start,pvseg_size,lv_name --separator :')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /:[a-z[]/.test(line));

test('a run is dragged to another PV, shown before and after, and moved by its line', async () => {
  const before = places();
  await dragTo(['/dev/sda', 18], ['/dev/sdb', 12]);
  await page.getByText('to /dev/sdb:10-17').waitFor();
  await picture(page, 'drag');
  await page.mouse.up();
  await proposal().getByText('pvmove --alloc anywhere /dev/sda:16-23 /dev/sdb:10-17').waitFor();
  await proposal().getByText('8 extents move.').waitFor();
  await picture(page, 'proposal');
  expect(await axe(page)).toEqual([]);
  expect(places()).toEqual(before);
  await page.getByRole('button', { name: 'Run 1 line' }).click();
  await page.getByText('All extents are moved.').first().waitFor();
  expect(places()).toContain('/dev/sdb:10:8:root');
  await picture(page, 'moved');
});

test('what cannot be dropped says why, and a drag that is given up changes nothing', async () => {
  await dragTo(['/dev/sda', 42], ['/dev/sdd', 5]);
  await page.getByText('not on /dev/sdd: it is in another group').waitFor();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await dragTo(['/dev/sda', 42], ['/dev/sdb', 30]);
  await page.mouse.up();
  await proposal()
    .getByText('vg/mir_mimage_0 cannot go to /dev/sdb: another leg of its mirror is there.')
    .waitFor();
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
  await picture(page, 'refused');
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('by keyboard alone: marked by arrows, sent by M, made contiguous on the way', async () => {
  await strip('/dev/sda').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByRole('button', { name: 'Move PE 0-35…' }).waitFor();
  await picture(page, 'marked');
  await page.keyboard.press('m');
  await proposal()
    .getByText('pvmove --alloc anywhere /dev/sda:0-11:30-35 /dev/sdb:18-35')
    .waitFor();
  await focusByTab(page, 'To PV');
  await page.keyboard.press('ArrowDown');
  await proposal().getByText('pvmove --alloc anywhere /dev/sda:0-11:30-35 /dev/sdc:1-18').waitFor();
  await pressByTab(page, 'Run 1 line');
  await expect.poll(places, { timeout: 20_000 }).toContain('/dev/sdc:1:18:home');
});

test('a PV is emptied and a volume spread, in both themes, however small', async () => {
  await page.getByLabel('Theme').selectOption('dark');
  await page.setViewportSize({ width: 1024, height: 700 });
  await rowOf(page, 'home').click();
  await command(page, 'Move extents of volume');
  await page.getByLabel('Wish').selectOption('spread evenly over PVs');
  await proposal().getByText('Fill in what is missing.').waitFor();
  await page.getByRole('checkbox', { name: '/dev/sda' }).check();
  await page.getByRole('checkbox', { name: '/dev/sdb' }).check();
  await proposal().getByText('18 extents move.').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'dark-spread');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await rowOf(page, '/dev/sdc').click();
  await page.getByRole('button', { name: 'Move extents of physical volume…' }).click();
  await page.getByLabel('Stripes and logs').selectOption('may share a PV');
  await page.getByRole('button', { name: 'Run 2 lines' }).waitFor();
  await picture(page, 'dark-empty');
  await page.getByRole('button', { name: 'Run 2 lines' }).click();
  // The words of the move before may still be there.
  const left = (): readonly string[] => places().filter((line) => line.startsWith('/dev/sdc'));
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  await page.getByLabel('Theme').selectOption('light');
});

test('the page reported no error, not even of its content security policy', () => {
  expect(lab.problems).toEqual([]);
});
