/** A disk that cannot be read at the moment is no blank disk: whatever lies on it stays. */
import { expect, test } from 'vitest';
import { FaultPlan, FaultyDevice } from '../../../core/block/wrap/fault.ts';
import { openLab, prepared } from '../../support/lab.ts';

const BEFORE = ['vgcreate -s 1m vg /dev/sda', 'vgcreate -s 1m other /dev/sdb'];

test.each([
  'pvcreate -ff -y /dev/sdb',
  'vgcreate new /dev/sdb',
  'vgextend vg /dev/sdb',
  // The group is not there: Linux makes the PV and finds out then.
  'vgextend nosuch /dev/sdb',
])('%s', async (line) => {
  let broken = false;
  const plan = new FaultPlan({ device: 'sdb', ops: ['read'], when: () => broken });
  const lab = await openLab(await prepared(BEFORE), (disk) => new FaultyDevice(disk, plan));
  broken = true;
  const { status, output } = await lab.run(line);
  broken = false;
  const { vgs } = await lab.api.state();
  await lab.close();
  expect(status).toBe(5);
  expect(output.map(({ text }) => text).join('\n')).toContain('/dev/sdb');
  expect(vgs.map(({ name }) => name).toSorted()).toEqual(['other', 'vg']);
});
