/** Disks that Linux made, and what its pvck printed of them: every field, text and fault. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { mib, SECTOR, sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { openDevices, written } from '../support/device-lab.ts';

const FOLDER = new URL('./pvck/', import.meta.url);
/** The disks were of this size. */
const SIZE = mib(8);

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.replace('.txt', ''));

test.each(names)('%s', async (name) => {
  const recorded = readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8').trimEnd();
  const device = await diskOf(name);
  const { run, close } = await openDevices([device]);
  const printed: string[] = [];
  for (const line of recorded.split('\n').filter((one) => one.startsWith('$ '))) {
    printed.push(...written(line.slice(2), await run(line.slice(2))));
  }
  await close();
  expect(printed.join('\n')).toBe(recorded);
});

/** Each line is the number of a sector and its bytes; what is not there is zero. */
async function diskOf(name: string): Promise<RamDisk> {
  const disk = new RamDisk('sda', SIZE, new SectorStore());
  const text = gunzipSync(readFileSync(new URL(`${name}.disk.gz`, FOLDER))).toString('latin1');
  for (const line of text.trimEnd().split('\n')) {
    const [number = '', hex = ''] = line.split(' ');
    const data = new Uint8Array(SECTOR);
    data.set(Buffer.from(hex, 'hex'));
    await disk.submit({ op: 'write', start: sectors(Number(number)), data });
  }
  return disk;
}
