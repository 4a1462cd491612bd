/** A conversion halfway, without the disk of the first image that it copies from. */
import { expect, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { openDevices, say } from '../../support/device-lab.ts';

const NAMES = ['sda', 'sdb', 'sdc', 'sdd'];
const BYTES = 4 * 2 ** 20;
const DATA = new Uint8Array(BYTES).map((_, at) => at >> 12);

/**
 * A mirror `a` on sda and sdb that gets a leg on sdd, to which nothing is copied yet.
 *
 * @returns all disks but sda
 */
async function withoutTheFirst(): Promise<readonly RamDisk[]> {
  const disks = NAMES.map((name) => new RamDisk(name, mib(16), new SectorStore()));
  const lab = await openDevices(disks);
  const paths = NAMES.map((name) => `/dev/${name}`).join(' ');
  await say(lab, `vgcreate -s 1m --setautoactivation n vg ${paths}`);
  await say(lab, 'lvcreate --type mirror -m1 -R 64k -l 4 -n a vg /dev/sda /dev/sdb /dev/sdc');
  expect((await lab.scheduler.until(lab.api.write('vg/a', 0, DATA))).ok).toBe(true);
  await lab.scheduler.drain();
  await say(lab, 'throttle 0');
  await say(lab, 'lvconvert -y -b -m+1 vg/a /dev/sdd');
  await lab.close();
  return disks.slice(1);
}

test('it is taken out, and the image that has all of the data stays, not the new one', async () => {
  const lab = await openDevices(await withoutTheFirst());
  const said = await say(lab, 'vgreduce --removemissing --mirrorsonly --force vg');
  expect(said).toContain('Unable to determine mirror sync status of vg/a_mimagetmp_2.');
  expect(said).toContain('Wrote out consistent volume group vg.');
  expect(await say(lab, 'lvs -a --noheadings -o name,devices vg')).toBe('a    /dev/sdb(0)');
  await say(lab, 'vgchange -ay vg');
  const read = await lab.scheduler.until(lab.api.read('vg/a', 0, BYTES));
  expect(read.ok && Buffer.compare(read.value, DATA)).toBe(0);
  await lab.close();
});
