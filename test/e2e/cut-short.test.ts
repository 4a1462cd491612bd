/**
 * A conversion that a closed lab cut short: the window asks before anything of it goes on, and
 * shows it while it does, as slowly as its throttle says.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, picture, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('cut-short', 5);
let page: Page;

/** One engine for all of it, which is closed in the middle of the copy. */
const BEGUN = `
vgcreate vg /dev/sda /dev/sdb /dev/sdc /dev/sdd /dev/sde
lvcreate --type mirror -m1 -R 256k -n mir -L 24m vg /dev/sda /dev/sdb /dev/sde
lvconvert vg/mir
throttle 4
lvconvert -m+1 -b vg/mir /dev/sdc
`;

beforeAll(async () => {
  lab.program(['--lab', lab.folder, 'run', '-'], BEGUN);
  page = await lab.look('vg');
});

afterAll(() => lab.end());

const notice = () => page.getByRole('region', { name: 'Copies that were cut short' });
const mirror = () => page.getByRole('region', { name: 'Mirror vg/mir', exact: true });

test('the window asks, and nothing is copied until it is answered', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await notice().getByText('The conversion of vg/mir was cut short').waitFor();
  await notice().getByText('lvconvert -m 1 vg/mir').waitFor();
  await command(page, 'Select vg/mir');
  await command(page, 'Show Mirrors');
  await mirror().getByText('held: nothing is copied until it goes on').waitFor();
  await mirror().getByText('0 of 96 regions in sync, 0 %').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'cut-short');
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
  await picture(page, 'goes-on');
});

test('both layers are on the screen in both themes, however small', async () => {
  await page.getByLabel('Theme').selectOption('dark');
  await page.setViewportSize({ width: 900, height: 620 });
  await page.getByRole('region', { name: 'Mirror vg/mir_mimagetmp_2' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'goes-on-dark');
  await command(page, 'Show Device tree');
  await page
    .getByRole('button', { name: /^vg-mir_mimagetmp_2 \(.*layer of a conversion/ })
    .waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'layers-dark');
  await page.getByLabel('Theme').selectOption('light');
  await page.setViewportSize({ width: 1280, height: 800 });
  await picture(page, 'layers');
});

test('its throttle is changed while it runs, and the layer goes when all is copied', async () => {
  await command(page, 'Show Mirrors');
  await mirror().getByRole('button', { name: 'Throttle vg/mir' }).click();
  await page.getByLabel('Regions a second at most').fill('200');
  await page.getByText('throttle 200 vg/mir').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'throttle');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await mirror().getByText('leg 2', { exact: true }).waitFor();
  await rowOf(page, '\\[mir_mimagetmp_2\\]').waitFor({ state: 'detached' });
  await picture(page, 'converted');
  expect(lab.line('throttle off vg/mir')).toContain('as fast as can be');
});

test('what a policy means is said where it is chosen', async () => {
  await command(page, 'Policy for failed legs');
  await page.getByLabel('Policy', { exact: true }).selectOption('allocate');
  await page.getByText('lab set activation/mirror_image_fault_policy allocate').waitFor();
  await page.getByText('The leg is replaced by one on a PV with room').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'policy');
  await pressByTab(page, 'Set');
  await page
    .getByRole('heading', { name: 'Policy for failed legs' })
    .waitFor({ state: 'detached' });
  expect(lab.program(['lab', 'show', lab.folder])).toContain(
    'activation/mirror_image_fault_policy="allocate"',
  );
});

test('the page reported no error, not even of its content security policy', () => {
  expect(lab.problems).toEqual([]);
});
