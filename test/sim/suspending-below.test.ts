/**
 * A part of a volume is being suspended by hand, and waits for I/O in flight: a change of the
 * volume that comes meanwhile is refused, as once the part is suspended. It would wait for I/O that
 * the part holds, and nobody would get a turn to resume it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { BusyDisk } from '../support/busy-disk.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';
import { fateOf } from '../support/sim.ts';

const MIB = 2048;
let lab: TestLab;
let busy: BusyDisk;

beforeEach(async () => {
  const [first, second] = ['sda', 'sdb'].map((name) => new RamDisk(name, sectors(64 * MIB)));
  if (!first || !second) throw new Error('two disks');
  busy = new BusyDisk(first);
  lab = await openDevices([busy, second]);
  await say(lab, 'vgcreate -s 1M vg /dev/sda /dev/sdb');
  await say(lab, 'lvcreate -y -Wn --type mirror -m1 --mirrorlog core --nosync -l 8 -n m vg');
});

afterEach(() => lab.close());

const put = (mib: number) => lab.api.write('vg/m', mib * 2 ** 20, new Uint8Array(4096).fill(7));

test('a mirror is refreshed while a leg of it is being suspended', async () => {
  busy.hold('write');
  const early = put(0);
  await fateOf(early);
  const suspended = lab.run('dmsetup suspend vg-m_mimage_0');
  await fateOf(suspended);
  const late = put(4);
  await fateOf(late);
  const refreshed = lab.run('lvchange --refresh vg/m');
  await fateOf(refreshed);
  await busy.letGo();
  const resumed = lab.run('dmsetup resume vg-m_mimage_0');
  const all: readonly Promise<unknown>[] = [early, suspended, refreshed, resumed, late];
  for (const ends of all) {
    expect(await fateOf(ends)).not.toBe('pending');
  }
  expect(await refreshed).toMatchObject({ status: 5 });
  expect(await resumed).toMatchObject({ status: 0 });
  expect(await late).toMatchObject({ ok: true });
  await say(lab, 'lvchange --refresh vg/m');
});
