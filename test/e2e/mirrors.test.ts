/**
 * A mirror is created by mouse, seen to become the same on both legs, loses a leg under a write and
 * is repaired by the monitor as the policy says: every stage is on the screen.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, picture, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('mirrors', 4);
let page: Page;

beforeAll(async () => {
  lab.line('vgcreate vg /dev/sda /dev/sdb /dev/sdc /dev/sdd');
  page = await lab.look('vg');
});

afterAll(() => lab.end());

/** A command line in the console of the window. */
async function say(text: string): Promise<void> {
  const input = page.locator('.console input');
  await input.fill(text);
  await input.press('Enter');
  await page.locator('.console').getByText(`$ ${text}`).last().waitFor();
}

const mirror = () => page.getByRole('region', { name: 'Mirror vg/mir' });
const legs = () => mirror().getByRole('list', { name: 'Legs and log of vg/mir' });

/** Notes from now on all that the mirror says of itself, each once: some of it is soon over. */
const takeNotes = (): Promise<void> =>
  page.evaluate(() => {
    const notes = new Set<string>();
    Object.assign(globalThis, { notes });
    new MutationObserver(() => {
      const bar = document.querySelector('.mirror [aria-label="Sync of vg/mir"]');
      notes.add(bar?.getAttribute('aria-valuetext') ?? '');
      for (const one of document.querySelectorAll('.card title, .held')) notes.add(one.innerHTML);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });

/** In the order they were first seen. */
async function noted(words: RegExp): Promise<readonly string[]> {
  const all = await page.evaluate(() => [
    ...(globalThis as unknown as { notes: Set<string> }).notes,
  ]);
  return all.filter((note) => words.test(note));
}

const inSync = () => mirror().getByText(/ regions in sync, 100 %$/);

test('a mirror is created by mouse and seen to become the same', async () => {
  // A copy to a disk that answers at once is over before anybody looks.
  await say('lab break /dev/sdb --slow 60');
  await page.getByRole('tab', { name: 'Mirrors' }).click();
  await page.getByText('No mirror is active.').waitFor();
  expect(await axe(page)).toEqual([]);
  await page
    .getByRole('tabpanel', { name: 'Mirrors' })
    .getByRole('button', { name: 'Create mirror…' })
    .click();
  await page.getByLabel('Name', { exact: true }).fill('mir');
  await page.getByLabel('Size', { exact: true }).fill('48m');
  await page.getByLabel('Region size', { exact: true }).fill('256k');
  await page.getByText('lvcreate --type mirror -m 1 -R 256k -n mir -L 48m vg').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'create');
  await takeNotes();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await mirror().waitFor();
  await picture(page, 'sync');
  await inSync().waitFor();
  const syncs = await noted(/ regions in sync, \d+ %$/);
  expect(syncs.at(-1)).toBe('192 of 192 regions in sync, 100 %');
  expect(syncs.length).toBeGreaterThan(2);
  expect(await legs().innerText()).toContain('leg 0 ★ primary');
  expect(await axe(page)).toEqual([]);
  await picture(page, 'in-sync');
});

test('its parts are told apart in every view, in both themes, however small', async () => {
  await page.getByRole('tab', { name: 'Device tree' }).click();
  for (const name of [
    /^vg-mir \(.*; 100 % in sync, 192\/192$/,
    /^vg-mir_mimage_1 \(.*; leg 1 · A alive/,
    /^vg-mir_mlog \(.*; log · A alive$/,
  ]) {
    await page.getByRole('button', { name }).waitFor();
  }
  await picture(page, 'tree');
  await page.getByRole('tab', { name: 'Extent map' }).click();
  await page.getByText('linear, leg 1 of mir').waitFor();
  await picture(page, 'extents');
  await page.getByLabel('Theme').selectOption('dark');
  await page.setViewportSize({ width: 1024, height: 700 });
  for (const view of ['Extent map', 'Device tree', 'Mirrors']) {
    await page.getByRole('tab', { name: view }).click();
    expect(await axe(page), view).toEqual([]);
    await picture(page, `dark-${view.replace(' ', '-')}`);
  }
  await page.getByLabel('Theme').selectOption('light');
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a leg fails under a write, and the monitor repairs the mirror by its policy', async () => {
  await command(page, 'Show Device tree');
  await say('lab mend /dev/sdb');
  // The repair writes there: slowly enough that what is before it can be seen.
  await say('lab break /dev/sda --slow 40');
  await rowOf(page, '/dev/sdb').click();
  await page.getByRole('button', { name: 'Break disk…' }).click();
  await page.getByText('lab break --gone /dev/sdb').waitFor();
  await page.getByRole('button', { name: 'Break', exact: true }).click();
  await page.getByRole('button', { name: /^\/dev\/sdb .*: gone$/ }).waitFor();
  await rowOf(page, 'mir').click();
  const written = lab.lineMeanwhile('write vg/mir', 'x'.repeat(4096));
  await picture(page, 'failed');
  await page.getByText('Monitor: Repair of mirrored device vg-mir finished success').waitFor();
  await written;
  expect(await noted(/; leg 1 · ✕ D write failed$/)).not.toEqual([]);
  expect(await noted(/^1 write held$/)).not.toEqual([]);
  await picture(page, 'repaired');
  await page.getByText('Monitor: Secondary mirror device').first().waitFor();
  await page.getByText('lvconvert --repair --use-policies vg/mir').first().waitFor();
  expect(await axe(page)).toEqual([]);
  await command(page, 'Show Mirrors');
  await page.getByText('No mirror is active.').waitFor();
  expect(lab.line('lvs --noheadings -o lv_layout vg/mir').trim()).toBe('linear');
  expect(lab.line('read vg/mir --length 4096')).toBe('x'.repeat(4096));
  await say('lab mend /dev/sda');
});

test('a leg is added again by keyboard alone', async () => {
  await command(page, 'Select vg');
  await command(page, 'Remove missing PVs');
  await page.getByText('vgreduce --removemissing vg').waitFor();
  await pressByTab(page, 'Remove');
  await rowOf(page, '\\[unknown\\]').waitFor({ state: 'detached' });
  await command(page, 'Select vg/mir');
  await command(page, 'Add or remove legs');
  await page.getByText('lvconvert --type mirror -m 1 -b vg/mir').waitFor();
  await pressByTab(page, 'Convert');
  await mirror().waitFor();
  await picture(page, 'again');
  await inSync().waitFor();
});

test('the page reported no error, not even of its content security policy', () => {
  expect(lab.problems).toEqual([]);
});
