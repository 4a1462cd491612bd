/** `dmsetup help -c` as dmsetup 1.02.185 prints it: verbs, options and fields, none less. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blank, openLab } from '../../support/lab.ts';

const recorded = readFileSync(new URL('./dmsetup-help.txt', import.meta.url), 'utf8').trimEnd();

/** The kernel's counters of I/O are not kept, so there is nothing to show of them. */
const NOT_KEPT = /^Mapped Device Statistics (?:.|\n)*?\n \n(?=Special Fields)/m;

test('every verb, option and field of dmsetup is here but for the statistics', async () => {
  const lab = await openLab(blank());
  const { status, output } = await lab.run('dmsetup help -c');
  await lab.close();
  const printed = output.map(({ text }) => text).join('\n');
  expect(status).toBe(0);
  expect(recorded).toMatch(NOT_KEPT);
  expect(printed.trimEnd()).toBe(recorded.replace(NOT_KEPT, ''));
});
