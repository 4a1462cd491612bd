/**
 * A disk is lost while a mirror gets a leg, and the group is told to go on (reference 11.3):
 * an image that has everything stays, not the one that is being made.
 */
import { expect, test } from 'vitest';
import { say } from '../../support/device-lab.ts';
import { blank, openLab } from '../../support/lab.ts';
import { stamped } from '../../support/sectors.ts';

const VOLUME = [
  'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd',
  'lvcreate -y --type mirror -m1 -R 64k -n a -l 4 vg /dev/sda /dev/sdb /dev/sdd',
];
const FORCED = 'vgreduce --removemissing --mirrorsonly --force vg';
const DATA = stamped(5, 8);

/** The disks on which the volume lies, and what it holds. */
async function without(...disks: readonly string[]): Promise<readonly [string, boolean]> {
  const lab = await openLab(blank());
  for (const line of VOLUME) await say(lab, line);
  await lab.scheduler.drain();
  const { api, scheduler } = lab;
  expect(await scheduler.until(api.write('vg/a', 0, DATA))).toMatchObject({ ok: true });
  await say(lab, 'throttle 0');
  await say(lab, 'lvconvert -y -b -m+1 vg/a /dev/sdc');
  await say(lab, 'lab set activation/monitoring 0');
  for (const disk of disks) await say(lab, `lab break ${disk} --gone`);
  await say(lab, FORCED);
  await say(lab, 'throttle off');
  await lab.scheduler.drain();
  const read = await scheduler.until(api.read('vg/a', 0, DATA.length));
  const said = await say(lab, 'lvs -a --noheadings -o devices vg');
  await lab.scheduler.until(lab.letGo());
  await lab.scheduler.until(lab.close());
  const places = (said.match(/\/dev\/\w+(?=\(\d)/g) ?? []).sort().join(' ');
  return [places, read.ok && Buffer.compare(read.value, DATA) === 0];
}

test.each([
  { lost: ['sda'], left: '/dev/sdb' },
  { lost: ['sdb'], left: '/dev/sda' },
  { lost: ['sdc'], left: '/dev/sda /dev/sdb /dev/sdd' },
  { lost: ['sdd'], left: '/dev/sda /dev/sdb' },
  { lost: ['sda', 'sdc'], left: '/dev/sdb' },
])('without $lost it lies on $left', async ({ lost, left }) => {
  expect(await without(...lost)).toEqual([left, true]);
});

test('where every image that had everything is lost, what was copied is kept', async () => {
  expect(await without('sda', 'sdb')).toEqual(['/dev/sdc', false]);
});
