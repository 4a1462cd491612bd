/** Create, extend, rename and remove a volume: by mouse, then by keyboard alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStudio, type Studio } from './support/studio.ts';

let studio: Studio;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  studio = await startStudio();
  page = await studio.page();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
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

async function axe(): Promise<readonly string[]> {
  const source = readFileSync(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
    'utf8',
  );
  await page.evaluate(source);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run;
    const { violations } = await run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  });
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: { html: string }[] }[];
}

const rowOf = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) });
const done = () => page.getByRole('status');

test('a volume is created, extended, renamed and removed by mouse', async () => {
  await page.getByRole('button', { name: 'Create volume', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('mouse');
  await page.getByLabel('Size', { exact: true }).fill('20m');
  await page.getByText('lvcreate -n mouse -L 20m').waitFor();
  expect(await axe()).toEqual([]);
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

/** Ctrl+K, a few letters, Enter. */
async function command(text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Command or object' }).waitFor();
  await page.keyboard.type(text);
  await page.getByRole('menuitem', { name: text }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

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

async function focusByTab(label: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  for (let step = 0; step < 12; step++) {
    if (await field.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${label} is not reached by Tab`);
}

test('every view is free of accessibility faults in both themes', async () => {
  for (const theme of ['light', 'dark']) {
    await page.getByLabel('Theme').selectOption(theme);
    for (const view of ['Extent map', 'Device tree', 'dmsetup', 'Console', 'Event log']) {
      await page.getByRole('tab', { name: view }).click();
      expect(await axe(), `${view}, ${theme}`).toEqual([]);
    }
  }
});

test('the page reported no error, not even of its content security policy', () => {
  expect(problems).toEqual([]);
});
