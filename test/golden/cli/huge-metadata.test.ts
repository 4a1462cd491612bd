/** Texts on disks that no LVM would write, as large as a metadata area lets them be. */
import { expect, test } from 'vitest';
import { must } from '../../../core/base/assert.ts';
import { mib } from '../../../core/base/units.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { encodeText, writeAreaHeader, writeText } from '../../../core/lvm/area-io.ts';
import { withCommitted } from '../../../core/lvm/format/area-header.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import { openDevices, type TestLab } from '../../support/device-lab.ts';

const SIZE = mib(256);
/** LVM's lines are answered in less, on a machine that does other things too. */
const LIMIT_MILLIS = 20_000;

const open = (store: SectorStore): Promise<TestLab> =>
  openDevices([new RamDisk('sda', SIZE, store)]);

/** A disk whose group has this text instead of its own; its checksum is right. */
async function diskWith(change: (text: string) => string): Promise<SectorStore> {
  const store = new SectorStore();
  const first = await open(store);
  expect((await first.run('vgcreate --metadatasize 64m vg /dev/sda')).status).toBe(0);
  const { output } = await first.run('pvck --dump metadata /dev/sda');
  await first.close();
  const lines = output.flatMap(({ text }) => text.split('\n'));
  const from = lines.findIndex((line) => line.startsWith('vg {'));
  const to = lines.findIndex((line) => line.startsWith('creation_time'));
  const text = `${change(lines.slice(from, to + 1).join('\n'))}\n\0`;
  const device = new RamDisk('sda', SIZE, store);
  const disk = { path: '/dev/sda', device };
  const { pvs } = await scanDisks([disk]);
  const header = must(pvs[0]?.areas[0]?.header, 'an area');
  const place = await writeText(disk, header, encodeText(text), { vg: 'vg', seqno: 1 });
  if (!place.ok) throw new Error(place.error.code);
  await writeAreaHeader(disk, withCommitted(header, place.value, false));
  return store;
}

const million = Array.from({ length: 1e6 }, (_, index) => `"t${index}"`).join(', ');

const tagged = (text: string): string =>
  text.replace(/status = \[[^\]]*\]/, `$&\ntags = [${million}]`);

test.each<[string, (text: string) => string, number, RegExp]>([
  ['a million tags', tagged, 0, /vg/],
  ['a line of 24 MB', (text) => `${text}\nx = "${'a'.repeat(24e6)}"`, 0, /vg/],
  ['sections nested 10,000 deep', (text) => `${'a {'.repeat(1e4)}${text}`, 5, /not found/],
  ['lists nested 10,000 deep', (text) => `${text}\nx = ${'['.repeat(1e4)}`, 5, /not found/],
])('%s', { timeout: 3 * LIMIT_MILLIS }, async (_name, change, status, said) => {
  const lab = await open(await diskWith(change));
  const begun = performance.now();
  const answer = await lab.run('vgs vg');
  const words = answer.output.map(({ text }) => text).join('\n');
  expect([answer.status, words]).toEqual([status, expect.stringMatching(said)]);
  expect(words.length).toBeLessThan(10_000);
  // It is read by every command; what cannot be written is refused.
  expect((await lab.run('vgchange --addtag one-more vg')).status).toBeOneOf([0, 5]);
  expect((await lab.run('pvs')).status).toBe(0);
  expect(performance.now() - begun).toBeLessThan(LIMIT_MILLIS);
  await lab.close();
});
