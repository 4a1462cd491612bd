/** Create, extend, rename and remove a volume: by mouse, then by keyboard alone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  axe,
  command as choose,
  focusByTab as tabTo,
  problemsOf,
  rowOf as rowIn,
} from './support/page.ts';
import { startStudio, type Studio } from './support/studio.ts';

let studio: Studio;
let page: Page;
let problems: readonly string[] = [];

beforeAll(async () => {
  studio = await startStudio();
  page = await studio.page();
  problems = problemsOf(page);
  await page.getByRole('row', { name: /^home / }).waitFor();
});

afterAll(async () => {
  await studio.stop();
});

/** What LVM would say, through the console of the same engine. */
async function lvs(): Promise<string> {
  const rows = page.getByRole('treegrid', { name: 'Explorer' }).getByRole('row');
  return (await rows.allInnerTexts()).join('\n');
}

const rowOf = (name: string) => rowIn(page, name);
const command = (text: string) => choose(page, text);
const focusByTab = (label: string) => tabTo(page, label);
const done = () => page.getByRole('status');

test('a volume is created, extended, renamed and removed by mouse', async () => {
  await page.getByRole('button', { name: 'Create volume', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('mouse');
  await page.getByLabel('Size', { exact: true }).fill('20m');
  await page.getByText('lvcreate -n mouse -L 20m').waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await rowOf('mouse').click();
  await page.getByText('Logical volume "mouse" created.').first().waitFor();

  await page.getByRole('button', { name: 'Extend volume…' }).click();
  await page.getByLabel('Add').fill('8m');
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByText('7 LE · 28.00 MiB').waitFor();

  await page.getByRole('button', { name: 'Rename volume…' }).click();
  await page.getByLabel('New name').fill('maus');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await rowOf('maus').waitFor();

  await page.getByRole('button', { name: 'Remove volume…' }).click();
  await page.getByText('Do you really want to remove active logical volume').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await rowOf('maus').waitFor({ state: 'detached' });
  expect(await lvs()).not.toContain('maus');
});

test('what LVM refuses is shown in its words and cannot be run', async () => {
  await page.getByRole('button', { name: 'Create volume', exact: true }).click();
  await page.getByLabel('Size', { exact: true }).fill('900g');
  await page.getByText(/has insufficient free space/).waitFor();
  expect(await page.getByRole('button', { name: 'Create', exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the same by keyboard alone', async () => {
  await command('Create volume');
  await page.getByLabel('Name', { exact: true }).waitFor();
  await focusByTab('Name');
  await page.keyboard.type('keys');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('16m');
  await page.getByText('lvcreate -n keys -L 16m').waitFor();
  await page.keyboard.press('Enter');
  await rowOf('keys').waitFor();

  await command('Select vg/keys');
  await command('Extend volume');
  await page.getByText('lvextend -L +8m vg/keys').waitFor();
  await focusByTab('Add');
  await page.keyboard.press('Enter');
  await page.getByText('6 LE · 24.00 MiB').waitFor();

  await command('Rename volume');
  await focusByTab('New name');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('tasten');
  await page.getByText('lvrename vg keys tasten').waitFor();
  await page.keyboard.press('Enter');
  await rowOf('tasten').waitFor();

  await command('Remove volume');
  await page.getByText('lvremove vg/tasten').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await rowOf('tasten').waitFor({ state: 'detached' });
  expect(await done().innerText()).toContain('successfully removed');
});

const VIEWS = [
  'Extent map',
  'Device tree',
  'Metadata',
  'Archives',
  'Reports',
  'dmsetup',
  'Console',
  'Event log',
  'Exports',
  'Jobs',
  'Problems',
];

test('every view is free of accessibility faults in both themes, however small', async () => {
  for (const [theme, width, height] of [
    ['light', 1440, 900],
    ['dark', 1024, 700],
  ] as const) {
    await page.getByLabel('Theme').selectOption(theme);
    await page.setViewportSize({ width, height });
    for (const view of VIEWS) {
      await page.getByRole('tab', { name: view }).click();
      expect(await axe(page), `${view}, ${theme}`).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('the page reported no error, not even of its content security policy', () => {
  expect(problems).toEqual([]);
});
