/**
 * A snapshot is taken by mouse, writes to its origin are seen to fill it, it is extended before it
 * is full and merged back; another one is left to fill up: every stage is on the screen.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, picture, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('snapshots', 3);
let page: Page;

const BEGUN = `
vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc
lvcreate -n home -L 16m vg /dev/sda
`;

beforeAll(async () => {
  lab.program(['--lab', lab.folder, 'run', '-'], BEGUN);
  lab.line('write vg/home', 'as it was');
  page = await lab.look('vg');
  page.setDefaultTimeout(5000);
});

afterAll(() => lab.end());

/** A command line in the console of the window. */
async function say(text: string): Promise<void> {
  const input = page.locator('.console input');
  await input.fill(text);
  await input.press('Enter');
  await page.locator('.console').getByText(`$ ${text}`).last().waitFor();
}

const snapshot = () => page.getByRole('region', { name: 'Snapshot vg/s' });

/** @param offset in KiB */
const write = (kib: number, offset: number): Promise<void> =>
  lab.lineMeanwhile(`write vg/home --offset ${offset}k`, 'x'.repeat(kib * 1024));

test('a snapshot is taken by mouse, and is empty', async () => {
  await rowOf(page, 'home').click();
  await page.getByRole('tab', { name: 'Snapshots' }).click();
  await page
    .getByRole('tabpanel', { name: 'Snapshots' })
    .getByRole('button', { name: 'Take snapshot…' })
    .click();
  await page.getByLabel('Name', { exact: true }).fill('s');
  await page.getByLabel('Size of its store', { exact: true }).fill('4m');
  await page.getByText('lvcreate -s -n s -L 4m vg/home').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'take');
  await page.getByRole('button', { name: 'Take', exact: true }).click();
  await snapshot().getByText('4,096 chunks of 4.00 KiB · 0 chunks kept').waitFor();
  await snapshot()
    .getByText(/^0\.00 % full: 8\.00 KiB of 4\.00 MiB, 8\.00 KiB of it tables$/)
    .waitFor();
  await picture(page, 'taken');
});

test('writes to the origin are seen to be kept, in the order that survives a crash', async () => {
  // A copy to a disk that answers at once is over before anybody looks.
  await say('lab break /dev/sda --slow 250');
  const first = write(64, 1024);
  const order = snapshot().getByRole('list', { name: /^Order of a first write/ });
  await order.locator('[aria-current="step"]', { hasText: 'copy data' }).waitFor();
  await snapshot().getByText('copying chunks 256-271 → 2-17').waitFor();
  await picture(page, 'copying');
  await order.locator('[aria-current="step"]', { hasText: 'record exception' }).waitFor();
  await picture(page, 'recording');
  await first;
  await say('lab mend /dev/sda');
  await snapshot().getByText('16 chunks kept').waitFor();
  await Promise.all([4000, 9000].map((at) => write(128, at)));
  await snapshot()
    .getByText(/full in about \d+ s at the present rate/)
    .waitFor();
  await picture(page, 'kept');
  await snapshot().getByText('Chunks of vg/s as tables').click();
  const table = snapshot().getByRole('table', { name: 'Chunks of vg/s', exact: true });
  await table.getByText('256-271').waitFor();
  expect(await axe(page)).toEqual([]);
  await snapshot().getByText('Chunks of vg/s as tables').click();
});

test('origin, snapshot and store are linked in every view, in both themes', async () => {
  await rowOf(page, 's').click();
  await page.getByRole('tab', { name: 'Device tree' }).click();
  for (const name of [
    /^vg-home \(.*; origin: copies before writes$/,
    /^vg-home-real \(.*; data of the origin$/,
    /^vg-s-cow \(.*; COW store of vg-s$/,
    /^vg-s \(.*; \d+\.\d\d % full, \d+ chunks$/,
  ]) {
    await page.getByRole('button', { name }).waitFor();
  }
  expect(await page.locator('.card.related').count()).toBe(3);
  await picture(page, 'tree');
  await page.getByRole('tab', { name: 'Extent map' }).click();
  await page.getByText('linear, COW store of home').waitFor();
  await picture(page, 'extents');
  await page.getByLabel('Theme').selectOption('dark');
  await page.setViewportSize({ width: 1024, height: 700 });
  for (const view of ['Extent map', 'Device tree', 'Snapshots']) {
    await page.getByRole('tab', { name: view }).click();
    expect(await axe(page), view).toEqual([]);
    await picture(page, `dark-${view.replace(' ', '-')}`);
  }
  await page.getByLabel('Theme').selectOption('light');
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('it fills, is warned of, and is extended by keyboard alone', async () => {
  await write(3300, 2048);
  await snapshot()
    .getByText(/When it has no room for a chunk it is invalid/)
    .waitFor();
  await picture(page, 'nearly-full');
  await command(page, 'Extend store of snapshot');
  await page.getByText('lvextend -l +20%ORIGIN vg/s').waitFor();
  await pressByTab(page, 'Extend');
  await snapshot()
    .getByText(/ of 8\.00 MiB, /)
    .waitFor();
  await picture(page, 'extended');
});

test('it is merged back: chunks flow to where they came from', async () => {
  // All of it is over in a moment, unless it is throttled.
  await say('throttle 3');
  await command(page, 'Merge snapshot back');
  await page.getByText('lvconvert --merge -b vg/s').waitFor();
  await picture(page, 'merge');
  await pressByTab(page, 'Merge');
  const merge = page.getByRole('region', { name: 'Merge of vg/s' });
  await merge.getByText(/ chunks to flow back/).waitFor();
  await merge.getByText(/at most 3 runs a second/).waitFor();
  await picture(page, 'merging');
  expect(await axe(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Device tree' }).click();
  await page
    .getByRole('button', { name: /^vg-home \(.*; merge: \d+ chunks to flow back$/ })
    .waitFor();
  await picture(page, 'merging-tree');
  await page.getByRole('tab', { name: 'Snapshots' }).click();
  await say('throttle off');
  await page.getByText('No snapshot is active.').waitFor();
  // Its device is gone before its volume is.
  await page.getByText('[s] (merges into home)').waitFor({ state: 'detached' });
  expect(lab.line('read vg/home --length 9')).toBe('as it was');
});

test('one without room for a chunk is invalid, and the way out is beside it', async () => {
  await say('lvcreate -s -n t -L 1m vg/home');
  expect(lab.line('lvs --noheadings -o lv_name vg')).toContain('t');
  await write(1200, 0);
  expect(lab.line('dmsetup status vg-t')).toContain('Invalid');
  const full = page.getByRole('region', { name: 'Snapshot vg/t' });
  await full.getByText('✕ Invalid').waitFor();
  await full.getByText(/Nothing brings it back/).waitFor();
  await picture(page, 'invalid');
  expect(await axe(page)).toEqual([]);
  await full.getByRole('button', { name: 'Remove volume…' }).click();
  await page.getByText('lvremove vg/t').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No snapshot is active.').waitFor();
});

test('the page reported no error, not even of its content security policy', () => {
  expect(lab.problems).toEqual([]);
});
