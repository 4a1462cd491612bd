import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { openDevices, written } from '../../support/device-lab.ts';
test.each(['1', '2'])('%s', async (n) => {
  const recorded = readFileSync(`/tmp/team/linux/s${n}.txt`, 'utf8').trimEnd();
  const lines = recorded.split('\n').filter((l) => l.startsWith('$ ')).map((l) => l.slice(2));
  const { run, scheduler, close } = await openDevices(
    ['sda', 'sdb', 'sdc', 'sdd', 'sde'].map((name) => new RamDisk(name, mib(64), new SectorStore())),
  );
  const session: string[] = [];
  for (const d of ['a', 'b', 'c', 'd', 'e']) await scheduler.until(run(`pvcreate /dev/sd${d}`));
  for (const line of lines) {
    const answer = await scheduler.until(run(line));
    await scheduler.drain();
    session.push(...written(line, answer).filter((one) => !/Converted: [0-9.]*%$/.test(one)));
  }
  await close();
  writeFileSync(`/tmp/team/linux/o${n}.txt`, session.join('\n') + '\n');
  expect(1).toBe(1);
});
