/** Disks that Linux wrote: read, printed byte for byte, and reported in its words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lvmCrc } from '../../core/base/crc.ts';
import { byteStringToBytes, bytesToByteString } from '../../core/base/bytes.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { buildAreaHeader } from '../../core/lvm/format/area-header.ts';
import { exportMetadata } from '../../core/lvm/format/export.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import { buildLabelSector } from '../../core/lvm/format/label.ts';
import { readAreaHeader, readText } from '../../core/lvm/area-io.ts';
import { readLabel } from '../../core/lvm/label-io.ts';
import { openDevices, written } from '../support/device-lab.ts';

const FOLDER = join(import.meta.dirname, 'disks/linux');
const CASES = readdirSync(FOLDER).flatMap((name) => /^(.+)\.txt$/.exec(name)?.[1] ?? []);

interface Disk {
  readonly path: string;
  readonly device: RamDisk;
  readonly data: Uint8Array;
}

/** The disks of a case, in the order in which Linux had them, and what it said of them. */
function load(name: string): { readonly disks: readonly Disk[]; readonly said: string } {
  const [head = '', ...said] = readFileSync(join(FOLDER, `${name}.txt`), 'utf8').split('\n');
  const all = brotliDecompressSync(readFileSync(join(FOLDER, `${name}.img.br`)));
  let at = 0;
  const disks = [...head.matchAll(/([a-d])=(\d+)/g)].map(([, letter = '', size]) => {
    const data = all.subarray(at, (at += Number(size)));
    const store = new SectorStore();
    store.write(0, data);
    const device = new RamDisk(`sd${letter}`, sectors(data.length / SECTOR), store);
    return { path: `/dev/sd${letter}`, device, data };
  });
  return { disks, said: said.join('\n').trimEnd() };
}

test('there is a disk for every way in which a disk can look', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(24);
});

/** Cases in which a structure is broken on purpose: those disks are left out. */
const BROKEN: Readonly<Record<string, string>> = {
  label_bad: '/dev/sdb',
  header_bad: '/dev/sdb',
  header_lost: '/dev/sdb',
  text_bad: '/dev/sdb',
};

/** Why the words differ; status and volumes are the same all the same. */
const DIFFERS: Readonly<Record<string, string>> = {
  label_bad: 'Linux passes over a label whose sum is wrong; here it is named, with the byte',
  header_bad: 'one line names byte and field where Linux has five, and the area still counts',
  header_lost: 'the same',
  text_bad: 'the same',
  mismatch: 'Linux names both sums, twice; here the group is called inconsistent',
  same_name: 'two groups of one name come in the order of their identifiers',
  duplicate: 'which one is preferred is not said, and its row is not empty',
};

/** Paths in the metadata are those of the machine that wrote it. */
const withoutHints = (text: string): string =>
  text.replace(/\(last written to [^)]*\)/g, '(last written to <path>)');
const statusesOf = (text: string): readonly string[] => text.match(/^= \d+$/gm) ?? [];
/** Rows of lvs: group and volume, size, identifier, type and extents. */
const volumesOf = (text: string): readonly string[] =>
  text.match(/^1 {3}\w+\|vg\|\S*\|\S*\|\S{38}\|.*$/gm) ?? [];

describe.each(CASES)('%s', (name) => {
  const { disks, said } = load(name);

  test('every structure is written as it was read', async () => {
    let structures = 0;
    for (const disk of disks.filter(({ path }) => BROKEN[name] !== path)) {
      const label = await readLabel(disk);
      if (!label.ok) throw new Error(JSON.stringify(label.error));
      if (!label.value) continue;
      structures++;
      const { labelSector, metadataAreas } = label.value;
      expect(buildLabelSector(label.value)).toEqual(sectorOf(disk, labelSector));
      for (const range of metadataAreas) structures += await checkArea(disk, range);
    }
    expect(structures).toBeGreaterThan(disks.length / 2);
  });

  test('every report says what Linux says', async () => {
    const lines = said.split('\n').filter((line) => line.startsWith('$ '));
    expect(lines.length).toBe(4);
    const ours = await replay(disks, lines);
    const differs = DIFFERS[name];
    // Both of one length would hide nothing: what is known to differ must still differ.
    if (differs === undefined) expect(withoutHints(ours)).toBe(withoutHints(said));
    else expect(withoutHints(ours), differs).not.toBe(withoutHints(said));
    expect(statusesOf(ours)).toEqual(statusesOf(said));
    expect(volumesOf(ours)).toEqual(volumesOf(said));
  });
});

const sectorOf = ({ data }: Disk, sector: number): Uint8Array =>
  Uint8Array.from(data.subarray(sector * SECTOR, (sector + 1) * SECTOR));

/** @returns how many structures there were */
async function checkArea(disk: Disk, range: Parameters<typeof readAreaHeader>[1]): Promise<number> {
  const header = await readAreaHeader(disk, range);
  if (!header.ok) throw new Error(JSON.stringify(header.error));
  expect(buildAreaHeader(header.value)).toEqual(sectorOf(disk, range.start));
  const { committed, ignored } = header.value;
  if (!committed || ignored) return 1;
  const data = await readText(disk, header.value, committed);
  if (!data.ok) throw new Error(JSON.stringify(data.error));
  const text = bytesToByteString(data.value);
  const read = parseMetadata(text, disk.path);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  // What stands in comments is not part of the group: taken over by hand.
  const generator = /^# Generated by (.*): \w+ \w+ +\d+ [\d:]+ \d+$/m.exec(text)?.[1] ?? '';
  const hostDescription = /^creation_host = ".*"\t# (.*)$/m.exec(text)?.[1] ?? '';
  const { vg, header: lines } = read.value;
  const printed = exportMetadata(vg, { ...lines, generator, hostDescription });
  expect(printed).toBe(text);
  expect(lvmCrc(byteStringToBytes(printed))).toBe(committed.checksum);
  return 2;
}

async function replay(disks: readonly Disk[], lines: readonly string[]): Promise<string> {
  const { run, close } = await openDevices(disks.map(({ device }) => device));
  const session: string[] = [];
  for (const line of lines.map((text) => text.slice(2))) {
    const command = line.replace('--separator |', "--separator '|'");
    session.push(...written(line, await run(command)));
  }
  await close();
  return session.join('\n');
}
