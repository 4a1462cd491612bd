/** A conversion that was cut short goes on when its volume comes up, unless a line says not to. */
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import type { BlockDevice } from '../../../core/block/device.ts';
import { openDevices, say, type TestLab } from '../../support/device-lab.ts';

const NAMES = ['sda', 'sdb', 'sdc', 'sdd'];
const LAYER = '[a_mimagetmp_2]';

/** The group `vg` with a mirror `a` that gets a leg, in an engine that closed before the end. */
async function cutShort(): Promise<readonly BlockDevice[]> {
  const disks = NAMES.map((name) => new RamDisk(name, mib(16), new SectorStore()));
  const lab = await openDevices(disks);
  const paths = NAMES.map((name) => `/dev/${name}`).join(' ');
  await say(lab, `vgcreate -s 1m --setautoactivation n vg ${paths}`);
  await say(lab, 'lvcreate --type mirror -m1 -R 64k -l 4 -n a vg');
  await lab.scheduler.drain();
  await say(lab, 'throttle 0');
  await say(lab, 'lvconvert -y -b -m+1 vg/a');
  expect(await say(lab, 'lvs --noheadings -o convert_lv vg/a')).toBe(LAYER);
  await lab.close();
  return disks;
}

/** What the volume is converted from, once nothing happens any more. */
async function after(lab: TestLab, ...lines: readonly string[]): Promise<string> {
  for (const line of lines) await say(lab, line);
  await lab.scheduler.drain();
  return say(lab, 'lvs --noheadings -o convert_lv vg/a');
}

test.each(['lvchange -ay vg/a', 'vgchange -ay vg', 'lvchange -ay --poll y vg/a'])(
  '%s goes on to its end',
  async (line) => {
    const lab = await openDevices(await cutShort());
    expect(await after(lab, line)).toBe('');
    await lab.close();
  },
);

test.each(['lvchange -ay --poll n vg/a', 'vgchange -ay --sysinit vg'])(
  '%s leaves it, and copies',
  async (line) => {
    const lab = await openDevices(await cutShort());
    expect(await after(lab, line)).toBe(LAYER);
    expect(await say(lab, 'lvs --noheadings -o copy_percent vg/a')).toBe('100.00');
    await lab.close();
  },
);

test.each(['lvchange --poll y vg/a', 'vgchange --poll y vg', 'lvconvert vg/a'])(
  '%s asks for the end of one that is up',
  async (line) => {
    const lab = await openDevices(await cutShort());
    expect(await after(lab, 'vgchange -ay --poll n vg', 'lvchange --poll n vg/a')).toBe(LAYER);
    expect(await after(lab, line)).toBe('');
    await lab.close();
  },
);

test('who waits hears at once how far it is, or with a plus sign after the interval', async () => {
  const disks = NAMES.map((name) => new RamDisk(name, mib(16), new SectorStore()));
  const lab = await openDevices(disks);
  await say(lab, 'vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc /dev/sdd');
  await say(lab, 'lvcreate -l 4 -n a vg /dev/sda');
  await say(lab, 'throttle 32');
  const convert = (leg: string, interval: string): Promise<string> =>
    say(lab, `lvconvert --type mirror --mirrorlog core -R 64k -m+1 -i ${interval} vg/a ${leg}`);
  const percents = (said: string): readonly number[] =>
    said
      .split('\n')
      .flatMap((line) => / (\d+)\.\d\d%$/.exec(line)?.[1] ?? [])
      .map(Number);
  expect(percents(await convert('/dev/sdb', '1'))[0]).toBeLessThan(10);
  expect(percents(await convert('/dev/sdc', '+1'))[0]).toBeGreaterThan(10);
  expect(percents(await convert('/dev/sdd', '+60'))).toEqual([100]);
  await lab.close();
});
