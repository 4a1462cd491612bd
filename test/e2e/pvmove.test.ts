/**
 * Extents move off a disk before the eyes: the move is watched, paused, cut off in the middle by a
 * loss of power, found again when the lab is open anew, resumed, and comes to its end; by mouse,
 * and by keyboard alone.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, picture, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('pvmove', 3);
let page: Page;

/** Two pieces: one volume each. */
const BEGUN = `
vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc
lvcreate -n home -L 24m vg /dev/sda
lvcreate -n db -L 8m vg /dev/sda
lvcreate -n log -L 12m vg /dev/sdb
throttle 1
`;

beforeAll(async () => {
  lab.program(['--lab', lab.folder, 'run', '-'], BEGUN);
  page = await lab.look('vg');
  page.setDefaultTimeout(10_000);
  await page.setViewportSize({ width: 1440, height: 900 });
});

afterAll(() => lab.end());

async function say(text: string): Promise<void> {
  const input = page.locator('.console input');
  await input.fill(text);
  await input.press('Enter');
  await page.locator('.console').getByText(`$ ${text}`).last().waitFor();
}

const move = () => page.getByRole('region', { name: 'Move through vg/pvmove0' });
const notice = () => page.getByRole('region', { name: 'Copies that were cut short' });

test('what moves is seen on both sides, and how far it is', async () => {
  await say('pvmove -b /dev/sda /dev/sdc');
  await move().getByText('pvmove0 moves extents of /dev/sda').waitFor();
  await move()
    .getByText(/^Piece 1 of 2: LE 0-23 of pvmove0, PE 0-23 of \/dev\/sda to PE/)
    .waitFor();
  const table = page.getByRole('table', { name: 'Runs of vg' });
  await table.getByText('linear, moves to PE 0 of /dev/sdc').waitFor();
  await table.getByText('linear, is awaited from PE 0 of /dev/sda').waitFor();
  await page.locator('.move-layer rect:not(.hidden)').first().waitFor();
  await picture(page, 'move-travels');
  await move()
    .getByText(/regions a second, at most 1; \d+ s left$/)
    .waitFor();
  expect(await axe(page)).toEqual([]);
});

test('it is paused, and a write that lands ahead of the front is told', async () => {
  await move().getByRole('button', { name: 'Pause: Move extents of /dev/sda' }).click();
  await move().getByText('held: nothing is copied until it goes on').waitFor();
  await lab.lineMeanwhile('write vg/home --offset 23m', 'written meanwhile');
  await move().getByText('Writes: 1 ahead of the front (to the source alone).').waitFor();
  await picture(page, 'move-paused');
  expect(await axe(page)).toEqual([]);
});

test('the device tree has its temporary device, in both themes, however small', async () => {
  await command(page, 'Show Device tree');
  await page
    .getByRole('button', { name: /^vg-pvmove0 \(.*; move: piece 1 of 2; \/dev\/sda → \/dev\/sdc/ })
    .waitFor();
  await picture(page, 'move-tree');
  await page.getByLabel('Theme').selectOption('dark');
  await page.setViewportSize({ width: 1024, height: 700 });
  await command(page, 'Show Jobs');
  await page
    .getByRole('region', { name: 'Jobs' })
    .getByText(/^paused: /)
    .waitFor();
  for (const view of ['Device tree', 'Mirrors', 'Extent map']) {
    await command(page, `Show ${view}`);
    expect(await axe(page), view).toEqual([]);
    await picture(page, `move-dark-${view.replace(' ', '-')}`);
  }
  await page.getByLabel('Theme').selectOption('light');
  await page.setViewportSize({ width: 1440, height: 900 });
  await command(page, 'Show Console');
});

test('the power is cut by a button; the window asks, and the move is resumed', async () => {
  await page.getByRole('button', { name: 'Cut the power…' }).click();
  await page.getByText('power-cut', { exact: true }).waitFor();
  await picture(page, 'power-cut');
  await page.getByRole('button', { name: 'Cut', exact: true }).click();
  await notice().getByText('The move through vg/pvmove0 was cut short').waitFor();
  await notice().getByText('pvmove --abort /dev/sda').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'move-cut-short');
  expect(lab.line('read vg/home --offset 23m --length 17')).toBe('written meanwhile');
  await notice().getByRole('button', { name: 'Resume: vg/pvmove0' }).click();
  await notice().waitFor({ state: 'detached' });
  await say('throttle off');
  await rowOf(page, '\\[pvmove0\\]').waitFor({ state: 'detached' });
  await move().waitFor({ state: 'detached' });
  expect(lab.line('read vg/home --offset 23m --length 17')).toBe('written meanwhile');
  expect(lab.line('lvs --noheadings -o devices vg/home vg/db')).not.toContain('/dev/sda');
});

test('all of it goes by keyboard alone', async () => {
  await say('throttle 1');
  await say('pvmove -b -n db /dev/sdc /dev/sda');
  await command(page, 'Pause copy');
  await pressByTab(page, 'Pause');
  await move().getByText('held: nothing is copied until it goes on').waitFor();
  await command(page, 'Cut the power');
  await pressByTab(page, 'Cut');
  await notice().getByText('The move through vg/pvmove0 was cut short').waitFor();
  await command(page, 'Select /dev/sdc');
  await command(page, 'Abort move');
  await pressByTab(page, 'Abort');
  await rowOf(page, '\\[pvmove0\\]').waitFor({ state: 'detached' });
  await notice().waitFor({ state: 'detached' });
  expect(lab.line('lvs --noheadings -o devices vg/db')).toContain('/dev/sdc');
});

test('the page reported no error, not even of its content security policy', () => {
  const ours = lab.problems.filter((one) => !one.includes('WebSocket'));
  expect(ours).toEqual([]);
});
