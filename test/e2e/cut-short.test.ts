/**
 * A conversion that a closed lab cut short: the window asks before anything of it goes on, and
 * shows it while it does, as slowly as its throttle says.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axe, command, pressByTab, problemsOf, rowOf } from './support/page.ts';
import { PROGRAM, startStudio, type Studio } from './support/studio.ts';

const folder = mkdtempSync(join(tmpdir(), 'lvstudio-cut-short-'));
const lab = join(folder, 'lab');
let studio: Studio;
let page: Page;
let problems: readonly string[] = [];

/** One engine for all of it, which is closed in the middle of the copy. */
const BEGUN = `
vgcreate vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde
lvcreate --type mirror -m1 -R 256k -n mir -L 24m vg /dev/sda /dev/sdb /dev/sde
lvconvert vg/mir
throttle 4
lvconvert -m+1 -b vg/mir /dev/sdc
`;

const run = (words: readonly string[], input = ''): string =>
  execFileSync(process.execPath, [PROGRAM, ...words], {
    encoding: 'utf8',
    input,
    stdio: 'pipe',
    env: { ...process.env, LVSTUDIO_LAB: '' },
  });

beforeAll(async () => {
  run(['lab', 'new', lab, '--disks', '5', '--size', '64m']);
  run(['--lab', lab, 'run', '-'], BEGUN);
  studio = await startStudio({ lab });
  page = await studio.page();
  problems = problemsOf(page);
  await rowOf(page, 'vg').waitFor();
});

afterAll(async () => {
  await studio.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** As long as the pictures that are looked at are wanted. */
async function picture(name: string): Promise<void> {
  const to = process.env['LVSTUDIO_PICTURES'];
  if (to !== undefined && to !== '') await page.screenshot({ path: join(to, `${name}.png`) });
}

const notice = () => page.getByRole('region', { name: 'Conversions that were cut short' });
const mirror = () => page.getByRole('region', { name: 'Mirror vg/mir', exact: true });

test('the window asks, and nothing is copied until it is answered', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await notice().getByText('The conversion of vg/mir was cut short').waitFor();
  await notice().getByText('lvconvert -m 1 vg/mir').waitFor();
  await command(page, 'Select vg/mir');
  await command(page, 'Show Mirrors');
  await mirror().getByText('held: nothing is copied until the conversion goes on').waitFor();
  await mirror().getByText('0 of 96 regions in sync, 0 %').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture('cut-short');
});

test('left alone it waits among the jobs; by keyboard it goes on', async () => {
  await notice().getByRole('button', { name: 'Leave vg/mir as it is' }).click();
  await notice().waitFor({ state: 'detached' });
  await command(page, 'Show Jobs');
  await page
    .getByRole('region', { name: 'Jobs' })
    .getByText(/^held: /)
    .waitFor();
  expect(await axe(page)).toEqual([]);
  await command(page, 'Continue conversion');
  await page.getByText('lvchange --poll y vg/mir').first().waitFor();
  await pressByTab(page, 'Continue');
  await mirror()
    .getByText(/regions a second, at most 4; \d+ s left$/)
    .waitFor();
  await picture('goes-on');
});

test('both layers are on the screen in both themes, however small', async () => {
  await page.getByLabel('Theme').selectOption('dark');
  await page.setViewportSize({ width: 900, height: 620 });
  await page.getByRole('region', { name: 'Mirror vg/mir_mimagetmp_2' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await picture('goes-on-dark');
  await command(page, 'Show Device tree');
  await page
    .getByRole('button', { name: /^vg-mir_mimagetmp_2 \(.*layer of a conversion/ })
    .waitFor();
  expect(await axe(page)).toEqual([]);
  await picture('layers-dark');
  await page.getByLabel('Theme').selectOption('light');
  await page.setViewportSize({ width: 1280, height: 800 });
  await picture('layers');
});

test('its throttle is changed while it runs, and the layer goes when all is copied', async () => {
  await command(page, 'Show Mirrors');
  await mirror().getByRole('button', { name: 'Throttle vg/mir' }).click();
  await page.getByLabel('Regions a second at most').fill('200');
  await page.getByText('throttle 200 vg/mir').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture('throttle');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await mirror().getByText('leg 2', { exact: true }).waitFor();
  await rowOf(page, '\\[mir_mimagetmp_2\\]').waitFor({ state: 'detached' });
  await picture('converted');
  expect(run(['--lab', lab, 'throttle', 'off', 'vg/mir'])).toContain('as fast as can be');
});

test('what a policy means is said where it is chosen', async () => {
  await command(page, 'Policy for failed legs');
  await page.getByLabel('Policy', { exact: true }).selectOption('allocate');
  await page.getByText('lab set activation/mirror_image_fault_policy allocate').waitFor();
  await page.getByText('The leg is replaced by one on a PV with room').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture('policy');
  await pressByTab(page, 'Set');
  await page
    .getByRole('heading', { name: 'Policy for failed legs' })
    .waitFor({ state: 'detached' });
  expect(run(['lab', 'show', lab])).toContain('activation/mirror_image_fault_policy="allocate"');
});

test('the page reported no error, not even of its content security policy', () => {
  expect(problems).toEqual([]);
});
