/** Groups of another machine are in nobody's way. */
import { expect, test } from 'vitest';
import { blank, openLab } from '../../support/lab.ts';

test('a group that shares its name with that of another machine is backed up', async () => {
  const lab = await openLab(blank());
  for (const line of [
    'vgcreate --systemid two vg /dev/sda',
    'vgcreate --devices /dev/sdb vg /dev/sdb',
    'vgcfgbackup vg',
    'vgcfgbackup -f kept vg',
  ]) {
    expect([line, (await lab.run(line)).status]).toEqual([line, 0]);
  }
  await lab.close();
});

test('a PV that is passed over is no answer to where a group is', async () => {
  const platters = blank();
  const lab = await openLab(platters);
  await lab.run('vgcreate vg /dev/sda');
  await lab.close();
  const sector = new Uint8Array(2 ** 20);
  platters[0]?.read(0, sector);
  platters[1]?.write(0, sector);
  const cloned = await openLab(platters);
  expect((await cloned.run('vgreduce vg /dev/sdb')).status).toBe(0);
  const { status, output } = await cloned.run('vgreduce nosuch /dev/sdb');
  await cloned.close();
  expect(status).toBe(5);
  expect(output.map(({ text }) => text).join('\n')).toContain('Volume group "nosuch" not found');
});
