/**
 * Extents move off a disk before the eyes: the move is watched, paused, cut off in the middle by a
 * loss of power, found again when the lab is open anew, resumed, and comes to its end; by mouse, and
 * by keyboard alone.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnLab } from './support/own-lab.ts';
import { axe, command, picture, pressByTab, rowOf } from './support/page.ts';

const lab = new OwnLab('pvmove', 3);
let page: Page;

/** Two pieces: twelve extents of one volume, three of another. */
const BEGUN = `
vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc
lvcreate -n home -L 24m vg /dev/sda
lvcreate -n db -L 8m vg /dev/sda
lvcreate -n log -L 12m vg /dev/sdb
throttle 4
`;

beforeAll(async () => {
  lab.program(['--lab', lab.folder, 'run', '-'], BEGUN);
  page = await lab.look('vg');
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
  await move().getByText(/^Piece 1 of 2: LE 0-23 of pvmove0, PE 0-23 of \/dev\/sda to PE/).waitFor();
  await move()
    .getByText(/regions a second, at most 4; \d+ s left$/)
    .waitFor();
  const table = page.getByRole('table', { name: 'Runs of vg' });
  await table.getByText('linear, moves to PE 0 of /dev/sdc').waitFor();
  await table.getByText('linear, is awaited from PE 0 of /dev/sda').waitFor();
  expect(await axe(page)).toEqual([]);
  await picture(page, 'move');
});
