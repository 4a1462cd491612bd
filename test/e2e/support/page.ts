/** What people do with a page: look for faults, choose commands, go by keyboard. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: { html: string }[] }[];
}

/** Accessibility faults of the page as it is now. */
export async function axe(page: Page): Promise<readonly string[]> {
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

/** Errors of the page from now on, those of its content security policy as well. */
export function problemsOf(page: Page): readonly string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  return problems;
}

/** Ctrl+K, a few letters, Enter. */
export async function command(page: Page, text: string): Promise<void> {
  const field = page.getByRole('searchbox', { name: 'Command or object' });
  await page.keyboard.press('Control+k');
  await field.waitFor();
  await page.keyboard.type(text);
  const wanted = page.getByRole('menuitem', { name: text, exact: true });
  await wanted.waitFor();
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press('ArrowDown');
    if ((await wanted.getAttribute('data-focused')) !== null) break;
  }
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
}

/** Tab until the field has the focus. */
export async function focusByTab(page: Page, label: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  for (let step = 0; step < 16; step++) {
    if (await field.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${label} is not reached by Tab`);
}

/** Tab until the button has the focus, then Enter. */
export async function pressByTab(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  for (let step = 0; step < 24; step++) {
    if (await button.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press('Enter');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is not reached by Tab`);
}

/** A row of the explorer. */
export const rowOf = (page: Page, name: string) =>
  page
    .getByRole('treegrid', { name: 'Explorer' })
    .getByRole('row', { name: new RegExp(`^${name} `) });

/** Kept for somebody to look at, in the folder that `LVSTUDIO_PICTURES` names; without it, not. */
export async function picture(page: Page, name: string): Promise<void> {
  const to = process.env['LVSTUDIO_PICTURES'] ?? '';
  if (to !== '') await page.screenshot({ path: join(to, `${name}.png`) });
}
