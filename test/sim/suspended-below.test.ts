/**
 * Devices that somebody suspends by hand below a mirror: whatever would wait for I/O to them is
 * refused, for nobody else would get a turn to resume them.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';

const MIB = 2048;
const COPYING = ['throttle 0', 'lvchange -y --resync vg/m'];
const PVS = '/dev/sda /dev/sdb /dev/sdc';
let lab: TestLab;

beforeEach(async () => {
  const disks = ['sda', 'sdb', 'sdc', 'sdd'].map((name) => new RamDisk(name, sectors(32 * MIB)));
  lab = await openDevices(disks);
  await say(lab, `vgcreate -s 1M vg ${PVS} /dev/sdd`);
});

afterEach(async () => {
  await lab.scheduler.until(lab.letGo());
  await lab.close();
});

const statusOf = async (line: string): Promise<number> =>
  (await lab.scheduler.until(lab.run(line))).status;

const rest = (seconds: number): Promise<void> =>
  lab.scheduler.until(sleep(lab.scheduler, seconds * 1e6, 'a rest'));

const CASES = [
  { log: 'core', below: 'm_mimage_0', line: 'dmsetup suspend vg-m' },
  { log: 'core', below: 'm_mimage_0', line: 'lvchange --refresh vg/m' },
  { log: 'core', below: 'm_mimage_1', line: 'vgchange -an vg' },
  { log: 'core', below: 'm_mimage_1', line: 'dmsetup remove vg-m', first: COPYING },
  { log: 'core', below: 'm_mimage_1', line: 'vgchange -an vg', first: COPYING },
  { log: 'disk', below: 'm_mlog', line: 'dmsetup suspend vg-m' },
  { log: 'disk', below: 'm_mlog', line: 'dmsetup resume vg-m', first: ['dmsetup suspend vg-m'] },
  { log: 'disk', below: 'm_mlog', line: 'vgchange -an vg' },
];

for (const { log, below, line, first = [] } of CASES) {
  const when = first.length > 0 ? ` after ${first.join(', ')}` : '';
  test(`${line} with ${log} log${when}, while ${below} is suspended, is refused`, async () => {
    await say(lab, `lvcreate -y -Wn --type mirror -m1 --mirrorlog ${log} -n m -l 4 vg ${PVS}`);
    for (const one of [...first, `dmsetup suspend vg-${below}`, 'throttle off'])
      await say(lab, one);
    expect(await statusOf(line)).not.toBe(0);
    await say(lab, `dmsetup resume vg-${below}`);
    await say(lab, line);
  });
}

test('a lab is closed whatever is suspended in it', async () => {
  await say(lab, `lvcreate -y -Wn --type mirror -m1 --mirrorlog disk -n m -l 4 vg ${PVS}`);
  for (const name of ['m', 'm_mlog', 'm_mimage_0']) await say(lab, `dmsetup suspend vg-${name}`);
  await lab.scheduler.until(lab.letGo());
  const { devices } = await lab.scheduler.until(lab.api.state());
  expect(devices.filter(({ suspended }) => suspended)).toEqual([]);
});

/** All of it is copied, and it goes on to its end now. */
const HELD = [
  'lvcreate -y -Wn -l 4 -n a vg /dev/sda',
  'pvmove -b -i +600 --atomic /dev/sda /dev/sdb',
  'dmsetup suspend vg-pvmove0_mimage_1',
  'pvmove -b',
];

test('a move does not end while one of its images is suspended, and does so then', async () => {
  for (const line of HELD) await say(lab, line);
  await rest(1);
  expect(await statusOf('pvmove --abort')).toBe(5);
  const where = 'lvs -a --noheadings --segments -o seg_pe_ranges';
  expect(await say(lab, where)).toContain('pvmove0_mimage_1');
  await say(lab, 'dmsetup resume vg-pvmove0_mimage_1');
  await rest(1);
  expect(await say(lab, where)).toBe('/dev/sdb:0-3');
});

test('of a move that stays suspended it is said why it does not go on', async () => {
  for (const line of HELD) await say(lab, line);
  await rest(20);
  const { jobs } = await lab.scheduler.until(lab.api.state());
  expect(jobs.map(({ phase, why }) => [phase, why])).toEqual([
    ['failed', 'vg-pvmove0_mimage_1 is suspended'],
  ]);
});
