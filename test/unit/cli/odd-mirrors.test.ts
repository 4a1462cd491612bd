/** Mirrors as no LVM writes them: what a group says of one is taken, or refused in words. */
import { expect, test } from 'vitest';
import { lvmCrc } from '../../../core/base/crc.ts';
import { mib, SECTOR } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { openDevices } from '../../support/device-lab.ts';

const MIRROR = 'lvcreate --type mirror -m1 -l 4 -n m vg';
const DISK_SIZE = mib(16);
/** In sectors. */
const AREA = 8;
const AREA_SECTORS = 256;
/** In bytes. */
const HEADER = 512;
const SLOT = 40;

/** A mirror whose metadata somebody has edited, and what then becomes of these lines. */
async function answers(
  create: string,
  edit: (text: string) => string,
  lines: readonly string[],
): Promise<readonly string[]> {
  const stores = ['sda', 'sdb', 'sdc'].map(() => new SectorStore());
  // Another seed each time: identifiers must not come twice.
  const open = (seed: number) => {
    const disks = stores.map((store, at) => new RamDisk(`sd${'abc'[at]}`, DISK_SIZE, store));
    return openDevices(disks, seed);
  };
  const before = await open(1);
  for (const line of ['vgcreate -s 1m vg /dev/sda /dev/sdb /dev/sdc', create]) {
    const { status, output } = await before.scheduler.until(before.run(line));
    expect(status, JSON.stringify(output)).toBe(0);
    await before.scheduler.drain();
  }
  await before.scheduler.until(before.close());
  for (const store of stores) rewrite(store, edit);
  const lab = await open(2);
  const said: string[] = [];
  for (const line of lines) {
    const { status, output } = await lab.scheduler.until(lab.run(line));
    await lab.scheduler.drain();
    said.push(...output.map(({ text }) => text.trim()), `= ${status}`);
  }
  await lab.scheduler.until(lab.close());
  return said;
}

/** The text that the first slot of the header points at becomes another, with its checksums. */
function rewrite(store: SectorStore, edit: (text: string) => string): void {
  const area = new Uint8Array(AREA_SECTORS * SECTOR);
  store.read(AREA, area);
  const view = new DataView(area.buffer);
  const from = Number(view.getBigUint64(SLOT, true));
  const to = from + Number(view.getBigUint64(SLOT + 8, true));
  const old = new TextDecoder().decode(area.subarray(from, to - 1));
  const edited = edit(old);
  expect(edited).not.toBe(old);
  const text = new TextEncoder().encode(`${edited}\0`);
  area.set(text, HEADER);
  view.setBigUint64(SLOT, BigInt(HEADER), true);
  view.setBigUint64(SLOT + 8, BigInt(text.length), true);
  view.setUint32(SLOT + 16, lvmCrc(text), true);
  view.setUint32(0, lvmCrc(area.subarray(4, HEADER)), true);
  store.write(AREA, area);
}

test('a leg that is the log, too: conversions are refused with what is wrong', async () => {
  const shared = (text: string): string =>
    text.replace('mirror_log = "m_mlog"', 'mirror_log = "m_mimage_1"');
  const fault =
    'Internal error: m_mimage_1 is expected to have only one segment using it, while it has 2';
  const lines = ['--mirrorlog core', '-m0'].map((to) => `lvconvert -y ${to} vg/m`);
  const said = await answers(MIRROR, shared, [...lines, 'lvchange -y --resync vg/m']);
  expect(said.filter((one) => one.startsWith('= '))).toEqual(['= 5', '= 5', '= 5']);
  expect(said.filter((one) => one === fault)).toHaveLength(6);
});

test('a log of another name is emptied and attached again', async () => {
  const called = (text: string): string => text.replaceAll('m_mlog', 'written');
  const lines = ['lvchange -y --resync vg/m', 'lvs --noheadings -o mirror_log,copy_percent vg/m'];
  expect(await answers(MIRROR, called, lines)).toEqual(['= 0', '[written] 100.00', '= 0']);
});

test('a mirror that does not say how large its regions are gets a log that does', async () => {
  const create = `${MIRROR} --mirrorlog core`;
  const unsaid = (text: string): string => text.replace(/region_size = \d+\n/, '');
  const report = 'lvs --noheadings -o region_size,copy_percent --separator , vg/m';
  const lines = ['lvconvert -y --mirrorlog disk vg/m', report];
  expect(await answers(create, unsaid, lines)).toEqual([
    'Logical volume vg/m converted.',
    '= 0',
    '2.00m,100.00',
    '= 0',
  ]);
});
