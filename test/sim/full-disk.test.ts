/** The file system under the images fills up in the middle of a command, at every place of it. */
import { expect, test } from 'vitest';
import { FreeSpace, FullDisk } from '../support/full-disk.ts';
import { copyOf, type Platters } from '../support/lab.ts';
import { CASES, layoutFor, openCase, platterOf, type Case } from './commands.ts';
import { layoutLeft, type Outcomes } from './outcome.ts';
import { SeenDisks } from './seen-disks.ts';

const struck = new Map<string, number>();

test.each(CASES)('$name: no space left, after every number of blocks', async (one) => {
  const before = await platterOf(one);
  const after = copyOf(before);
  const whole = await openCase(one, after);
  expect((await whole.run(one.command)).status).toBe(0);
  await whole.close();
  const versions = [await layoutFor(one, before), await layoutFor(one, after)];
  const outcomes = { versions, seen: new SeenDisks() };
  let blocks = 0;
  while (await strikes(one, before, outcomes, blocks)) blocks++;
  struck.set(one.name, blocks);
});

test('most commands need room', () => {
  const hungry = CASES.filter(({ name }) => (struck.get(name) ?? 0) > 0);
  expect(hungry.length).toBeGreaterThan(CASES.length / 2);
});

/** @returns whether the space was too little. */
async function strikes(
  one: Case,
  before: Platters,
  outcomes: Outcomes,
  blocks: number,
): Promise<boolean> {
  const platters = copyOf(before);
  const space = new FreeSpace(blocks);
  const lab = await openCase(one, platters, (disk) => new FullDisk(disk, space));
  const { status, output } = await lab.run(one.command);
  const where = `${one.command}, ${blocks} blocks: ${output.map(({ text }) => text).join('\n')}`;
  const { devices } = await lab.api.state();
  expect(
    devices.filter(({ suspended, inactive }) => suspended || inactive),
    where,
  ).toEqual([]);
  if (status !== 0) expect(where).toContain('no space left on device');
  await lab.close();
  const layout = await layoutLeft(one, outcomes, platters, where);
  if (status === 0) expect(layout, where).toBe(outcomes.versions[1]);
  return space.refused > 0;
}
