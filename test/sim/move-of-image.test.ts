/** Linux lets an image of a move move: what it leaves then is taken up here, and both moves end. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import { openDevices, say, type TestLab } from '../support/device-lab.ts';

const MIB = 2048;
/** As lvm 2.03.16 writes it for `pvmove --atomic /dev/sda /dev/sdc; pvmove /dev/sdc /dev/sdb`. */
const SECOND = `
    pvmove1 {
      id = "tuNVw3-Bn7c-ohxM-z2Aq-Cz19-HATx-7a5a0k"
      status = ["READ", "WRITE", "PVMOVE", "LOCKED"]
      flags = []
      allocation_policy = "contiguous"
      segment_count = 1
      segment1 {
        start_extent = 0
        extent_count = 8
        type = "mirror"
        mirror_count = 2
        extents_moved = 0
        region_size = 4096
        mirrors = [ "pv2", 0, "pv1", 0 ]
      }
    }
    pvmove0_mimage_1 {`;

let lab: TestLab;

const places = (): Promise<string> => say(lab, 'lvs -a --noheadings -o name,devices vg');
const devices = async (): Promise<readonly string[]> =>
  (await lab.api.state()).devices.map(({ name }) => name);

beforeEach(async () => {
  const disks = ['sda', 'sdb', 'sdc'].map((name) => new RamDisk(name, sectors(64 * MIB)));
  const backups = new MemoryBackups();
  lab = await openDevices(disks, 1, backups);
  const lines = [
    'vgcreate -s 1M vg /dev/sda /dev/sdb /dev/sdc',
    'lvcreate -y -Wn -l 8 -n lv vg /dev/sda',
    'throttle 0',
    'pvmove -b --atomic /dev/sda /dev/sdc',
    'vgchange -an vg',
    'vgcfgbackup -f kept vg',
  ];
  for (const line of lines) await say(lab, line);
  const kept = await backups.read('kept');
  if (!kept.ok) throw new Error(kept.error.code);
  const [before, image = ''] = kept.value.split('pvmove0_mimage_1 {');
  const moving = image
    .replace('"WRITE"]', '"WRITE", "LOCKED"]')
    .replace('"pv2", 0', '"pvmove1", 0');
  await backups.write('kept', `${before}${SECOND}${moving}`);
  await say(lab, 'vgcfgrestore -f kept vg');
  await say(lab, 'vgchange -ay vg');
});

afterEach(() => lab.close());

test.each(['pvmove -i0 /dev/sda', 'pvmove -i0', 'pvmove -i0 /dev/sdc'])('%s', async (line) => {
  await say(lab, 'throttle off');
  await say(lab, line);
  await say(lab, 'pvmove -i0');
  expect(await places()).toEqual('lv   /dev/sdb(0)');
  expect(await devices()).toEqual(['vg-lv']);
});

test.each(['pvmove --abort', 'pvmove --abort /dev/sda'])('%s', async (line) => {
  await say(lab, line);
  expect(await places()).toEqual('lv   /dev/sda(0)');
  expect(await devices()).toEqual(['vg-lv']);
});
