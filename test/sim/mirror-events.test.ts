/** A screen that follows the events sees a mirror become the same on all legs. */
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../core/contract/events.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { project } from '../../renderer/state/project.ts';
import { blank, openLab } from '../support/lab.ts';

const TABLE = '0 8192 mirror core 1 256 2 /dev/sda 0 /dev/sdb 0 1 handle_errors';

test('mirrors are told when they come, while they change, and when they go', async () => {
  const lab = await openLab(blank());
  const start = await lab.api.state();
  const events: EngineEvent[] = [];
  const leave = lab.api.subscribe((event) => events.push(event));
  const { status } = await lab.run(`dmsetup create vol --table '${TABLE}'`);
  expect(status).toBe(0);
  await lab.scheduler.until(sleep(lab.scheduler, 1e6, 'test'));
  const later = await lab.api.state();
  expect(later.mirrors).toMatchObject([{ device: 'vol', regions: 32, inSync: 32, held: 0 }]);
  expect(later.devices[0]).toMatchObject({ eventNumber: 1 });
  expect(events.reduce(project, start)).toEqual(later);
  await lab.run('dmsetup remove vol');
  expect(events.reduce(project, start).mirrors).toEqual([]);
  const told = events.filter(({ body }) => body.kind === 'mirrors').length;
  expect(told).toBeGreaterThan(2);
  expect(told).toBeLessThan(10);
  leave();
  await lab.close();
});
