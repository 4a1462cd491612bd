/** A screen that follows the events sees a mirror become the same on all legs. */
import { expect, test } from 'vitest';
import { mib } from '../../core/base/units.ts';
import type { Io } from '../../core/block/device.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import type { EngineEvent } from '../../core/contract/events.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { project } from '../../renderer/state/project.ts';
import { openDevices } from '../support/device-lab.ts';
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

/** Looks at the first disk while so many mirrors come up, and until nothing is due any more. */
async function looksAt(mirrors: number): Promise<number> {
  let looks = 0;
  const disks = ['sda', 'sdb', 'sdc'].map((name) => new RamDisk(name, mib(256)));
  const counted = disks.map((disk, index) => ({
    name: disk.name,
    size: disk.size,
    readOnly: false,
    submit: (io: Io) => {
      if (index === 0 && io.op === 'read' && io.start === 0) looks++;
      return disk.submit(io);
    },
  }));
  const lab = await openDevices(counted);
  await lab.run('vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc');
  for (let index = 0; index < mirrors; index++) {
    await lab.run(`lvcreate -an -Zn -l 1 --type mirror -m 1 -n m${index} vg`);
  }
  looks = 0;
  const { status } = await lab.run('vgchange -ay vg');
  expect(status).toBe(0);
  await lab.scheduler.until(sleep(lab.scheduler, 1e6, 'test'));
  const { mirrors: shown } = await lab.api.state();
  expect(shown.map(({ inSync, regions }) => inSync === regions)).toEqual(
    Array.from({ length: mirrors }, () => true),
  );
  await lab.close();
  return looks;
}

test('many mirrors that become the same at once are looked at once', async () => {
  expect(await looksAt(12)).toBe(await looksAt(2));
});
