/** A line that waits for a copy says how far it is while it waits, to the door that asks for it. */
import { expect, test } from 'vitest';
import type { EngineEvent, OutputLine } from '../../../core/contract/events.ts';
import type { TestLab } from '../../support/device-lab.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { blank, openLab } from '../../support/lab.ts';

const LINES = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc',
  'lvcreate -l 4 -n a vg /dev/sda',
  'throttle 4',
];
const CONVERT = 'lvconvert -y -i 1 --type mirror -m1 -R 256k vg/a /dev/sdb /dev/sdc';

async function inLab(body: (lab: TestLab, heard: readonly EngineEvent[]) => Promise<void>) {
  const lab = await openLab(blank());
  for (const line of LINES) {
    expect((await lab.scheduler.until(lab.run(line))).status, line).toBe(0);
  }
  const heard: EngineEvent[] = [];
  lab.api.subscribe((event) => {
    if (event.body.kind === 'said') heard.push(event);
  });
  await body(lab, heard);
  await lab.scheduler.until(lab.letGo());
  await lab.scheduler.until(lab.close());
}

const texts = (output: readonly OutputLine[]): readonly string[] =>
  output.map(({ text }) => text.trim());

const outputOf = ({ body }: EngineEvent): readonly OutputLine[] =>
  body.kind === 'said' ? body.output : [];

test('all of it each time, and once more at the end', () =>
  inLab(async (lab, heard) => {
    const running = lab.run(CONVERT, { told: 'mine' });
    await lab.scheduler.until(sleep(lab.scheduler, 1.5e6, 'a look'));
    const [first, second] = heard.map((event) => texts(outputOf(event)));
    expect(first).toEqual(['Logical volume vg/a being converted.', 'vg/a: Converted: 6.25%']);
    expect(second).toEqual([...(first ?? []), 'vg/a: Converted: 31.25%']);
    const { status, output } = await lab.scheduler.until(running);
    expect(status).toBe(0);
    const last = heard.at(-1);
    expect(last?.body).toMatchObject({ told: 'mine', line: CONVERT });
    expect(output.slice(0, last && outputOf(last).length)).toEqual(last && outputOf(last));
    expect(heard.length).toBeGreaterThan(3);
  }));

test.each([
  ['no door asks for it', CONVERT, {}],
  ['nobody waits', CONVERT.replace('-i 1', '-b'), { told: 'mine' }],
  ['it has another form at the end', `${CONVERT} --config log/prefix="> "`, { told: 'mine' }],
])('nothing is said before the end where %s', (_, line, options) =>
  inLab(async (lab, heard) => {
    expect((await lab.scheduler.until(lab.run(line, options))).status).toBe(0);
    expect(heard).toEqual([]);
  }),
);
