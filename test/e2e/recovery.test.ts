/**
 * What somebody with a broken group does: a removed volume is brought back from the archive, a
 * missing disk is replaced, the metadata is looked at. By mouse, then by keyboard alone.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, focusByTab, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('recovery', 8);
let page: Page;

/** Two groups that lost a disk each, a third that lost its volumes, and two disks to spare. */
beforeAll(async () => {
  for (const [vg, a, b] of [
    ['mouse', 'a', 'b'],
    ['keys', 'c', 'd'],
  ] as const) {
    lab.line(`vgcreate ${vg} /dev/sd${a} /dev/sd${b}`);
    lab.line(`lvcreate -l 3 -n kept ${vg} /dev/sd${a}`);
    lab.line(`lvcreate -l 2 -n lost ${vg} /dev/sd${b}`);
  }
  lab.line('vgcreate files /dev/sde /dev/sdf');
  for (const name of ['photos', 'letters']) {
    lab.line(`lvcreate -l 3 -n ${name} files`);
    lab.line(`lvremove -y files/${name}`);
  }
  lab.program(['lab', 'detach', lab.folder, 'sdb', 'sdd']);
  page = await lab.look('files');
});

afterAll(() => lab.end());

const versions = () => page.getByRole('listbox', { name: 'Kept versions' });
const done = () => page.getByRole('status');

test('a removed volume is rescued from the archive by mouse', async () => {
  await page.getByRole('tab', { name: 'Archives' }).click();
  await versions()
    .getByRole('option', { name: /before lvremove -y files\/photos/ })
    .click();
  await page.getByText(/^Restoring it changes \d+ lines of files\.$/).waitFor();
  await page.getByText('Come back', { exact: true }).waitFor();
  await page.getByText('+     photos {').waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Restore…', exact: true }).click();
  await page.getByText(/^vgcfgrestore -f archive\/files_\d+-\d+\.vg files$/).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await rowOf(page, 'photos').waitFor();
  expect(await done().innerText()).toContain('Restored volume group files.');
});

test('another one by keyboard alone', async () => {
  await focusList();
  await page.keyboard.press('Home');
  const wanted = versions().getByRole('option', { name: /before lvremove -y files\/letters/ });
  for (let step = 0; step < 20; step++) {
    if ((await wanted.getAttribute('aria-selected')) === 'true') break;
    await page.keyboard.press('ArrowDown');
  }
  await page.getByText('+     letters {').waitFor();
  await command(page, 'Restore this version');
  await page.getByText(/^vgcfgrestore -f archive\/files_\d+-\d+\.vg files$/).waitFor();
  await pressByTab(page, 'Restore');
  await rowOf(page, 'letters').waitFor();
});

/** Tab into the list of versions. */
async function focusList(): Promise<void> {
  await page.getByRole('tab', { name: 'Archives' }).focus();
  for (let step = 0; step < 6; step++) {
    if (await versions().evaluate((list) => list.contains(document.activeElement))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the list is not reached by Tab');
}

test('a missing disk is seen in its place, and replaced by mouse', async () => {
  await page.getByRole('tab', { name: 'Extent map' }).click();
  const map = page.getByRole('region', { name: 'Extents of mouse' });
  await map.getByText('missing', { exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  await map.getByRole('button', { name: 'Give up…' }).click();
  await page.getByText('on them: mouse/lost').waitFor();
  await page.getByLabel('Volumes on them').selectOption('remove them');
  await page.getByText('vgreduce --removemissing --force mouse').waitFor();
  await page
    .getByText(/mouse\/lost/)
    .first()
    .waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Give up', exact: true }).click();
  await map.getByText('missing', { exact: true }).waitFor({ state: 'detached' });

  await rowOf(page, 'mouse').click();
  await page.getByRole('button', { name: 'Extend group…' }).click();
  await page.getByLabel('/dev/sdg', { exact: true }).check();
  await page.getByText('vgextend mouse /dev/sdg').waitFor();
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await rowOf(page, '/dev/sdg').waitFor();
  expect(lab.line('vgs --noheadings -o pv_count,lv_count mouse').trim()).toBe('2   1');
});

test('what a lost disk leaves of a volume is brought up, once that is asked for', async () => {
  await rowOf(page, 'keys').click();
  await page.getByRole('button', { name: 'Deactivate all volumes…' }).click();
  await page.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await command(page, 'Select keys/lost');
  await page.getByRole('button', { name: 'Activate volume…', exact: true }).click();
  await page.getByText(/^Refusing activation of partial LV keys\/lost\./).waitFor();
  const activate = page.getByRole('button', { name: 'Activate', exact: true });
  expect(await activate.isDisabled()).toBe(true);
  await page.getByLabel('Activation mode').selectOption('partial');
  await page.getByText('lvchange -ay -K --activationmode partial keys/lost').waitFor();
  expect(await axe(page)).toEqual([]);
  await activate.click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(lab.line('dmsetup table keys-lost-missing_0_0').trim()).toBe('0 16384 error');
});

test('another one by keyboard alone', async () => {
  await command(page, 'Select keys');
  await command(page, 'Remove missing PVs');
  await page.getByText('on them: keys/lost').waitFor();
  await focusByTab(page, 'Volumes on them');
  await page.keyboard.press('ArrowDown');
  await page.getByText('vgreduce --removemissing --force keys').waitFor();
  await pressByTab(page, 'Remove');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await command(page, 'Extend group');
  await focusByTab(page, '/dev/sdh');
  await page.keyboard.press('Space');
  await page.getByText('vgextend keys /dev/sdh').waitFor();
  await pressByTab(page, 'Extend');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await rowOf(page, '/dev/sdh').waitFor();
  expect(lab.line('vgs --noheadings -o pv_count,lv_count keys').trim()).toBe('2   1');
});

test('a group is split by mouse', async () => {
  await rowOf(page, 'mouse').click();
  await page.getByRole('button', { name: 'Split group…' }).click();
  await page.getByLabel('Into group').fill('spare');
  await page.getByLabel('/dev/sdg', { exact: true }).check();
  await page.getByText('vgsplit mouse spare /dev/sdg').waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Split', exact: true }).click();
  await rowOf(page, 'spare').waitFor();
});

test('another one by keyboard alone', async () => {
  await command(page, 'Select keys');
  await command(page, 'Split group');
  await focusByTab(page, 'Into group');
  await page.keyboard.type('keyring');
  await focusByTab(page, '/dev/sdh');
  await page.keyboard.press('Space');
  await page.getByText('vgsplit keys keyring /dev/sdh').waitFor();
  await pressByTab(page, 'Split');
  await rowOf(page, 'keyring').waitFor();
});

test('metadata is read down to the byte', async () => {
  await page.getByRole('tab', { name: 'Metadata' }).click();
  await rowOf(page, 'files').click();
  await page.getByRole('region', { name: 'Metadata text of files' }).waitFor();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('letters');
  await page.locator('.code.current').getByText('letters').waitFor();
  await rowOf(page, '/dev/sde').click();
  await page.getByRole('cell', { name: 'LABELONE' }).waitFor();
  await page.getByRole('cell', { name: 'committed: valid now' }).waitFor();
  expect(await axe(page)).toEqual([]);
});

test('a report is sorted, selected and laid out by keyboard', async () => {
  await page.getByRole('tab', { name: 'Reports' }).click();
  await page.getByRole('searchbox', { name: 'Select rows' }).focus();
  await page.keyboard.type('lv_size>8m && vg_name!=keys');
  await page.getByText('2 rows', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'LSize' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Alt+ArrowLeft');
  await page.getByText(/lv_name,vg_name,lv_size,lv_attr.* -O lv_size -S /).waitFor();
  await command(page, 'Select files/letters');
  expect(await axe(page)).toEqual([]);
});

test('the page reported no error', () => {
  expect(lab.problems).toEqual([]);
});
