/** A screen that saw every event shows what the engine would answer now. */
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../core/contract/events.ts';
import { project } from '../../renderer/state/project.ts';
import { blank, openLab } from '../support/lab.ts';

const LINES = [
  'pvcreate /dev/sdd',
  'vgcreate -s 1m vg /dev/sda /dev/sdb',
  'lvcreate -n home -l 6 vg',
  'lvcreate -n db -i 2 -l 8 vg',
  'vgextend vg /dev/sdc',
  'lvextend -l +4 vg/home',
  'lvrename vg home house',
  'lvcreate -l 999 vg',
  'lvremove -y vg/db',
  'lvcreate -an -l 1 -n off vg',
  'vgremove -f vg',
];

test('from any state on, the events after it lead to every later state', async () => {
  const lab = await openLab(blank());
  const events: EngineEvent[] = [];
  const leave = lab.api.subscribe((event) => events.push(event));
  const states = [await lab.api.state()];
  for (const line of LINES) {
    await lab.run(line);
    states.push(await lab.api.state());
  }
  leave();
  await lab.close();
  for (const [from, start] of states.entries()) {
    for (const later of states.slice(from)) {
      const seen = events.filter(({ seq }) => seq <= later.seq);
      expect(seen.reduce(project, start), `from ${start.seq} to ${later.seq}`).toEqual(later);
    }
  }
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
});
