import { describe, expect, test } from 'vitest';
import { byteStringToBytes, view } from '../../../core/base/bytes.ts';
import { lvmCrc } from '../../../core/base/crc.ts';
import { parseLvmId } from '../../../core/base/ids.ts';
import { sectors } from '../../../core/base/units.ts';
import { buildLabelSector, findLabel } from '../../../core/lvm/format/label.ts';
import { readLabel, writeLabel, zeroLabelSectors } from '../../../core/lvm/label-io.ts';
import type { PvLabel } from '../../../core/lvm/scan-types.ts';
import { TestDisk } from '../../support/ram.ts';

/** Reference 1.2: what Linux wrote on a 128 MiB disk. */
const LINUX = `
  4c 41 42 45 4c 4f 4e 45 01 00 00 00 00 00 00 00
  4d 46 0e 60 20 00 00 00 4c 56 4d 32 20 30 30 31
  78 76 55 77 55 64 69 61 30 4e 71 32 77 32 64 78
  4c 63 61 6c 54 4b 53 6e 53 42 4d 77 76 44 46 42
  00 00 00 08 00 00 00 00 00 00 10 00 00 00 00 00
  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00
  00 f0 0f 00 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00`;

const LABEL: PvLabel = {
  pvId: parseLvmId('xvUwUd-ia0N-q2w2-dxLc-alTK-SnSB-MwvDFB')!,
  deviceSize: sectors(262144),
  labelSector: 1,
  dataAreas: [{ start: sectors(2048), size: sectors(0) }],
  metadataAreas: [{ start: sectors(8), size: sectors(2040) }],
  extensionVersion: 2,
  extensionFlags: 0,
  bootloaderAreas: [],
};

function sectorOf(hex: string): Uint8Array {
  const data = new Uint8Array(512);
  data.set(
    hex
      .trim()
      .split(/\s+/)
      .map((byte) => parseInt(byte, 16)),
  );
  return data;
}

/** Four sectors with one label, after a change and, unless told otherwise, with a fitting CRC. */
function disk(change: (data: Uint8Array) => void = () => undefined, fix = true): Uint8Array {
  const data = new Uint8Array(2048);
  const label = buildLabelSector(LABEL);
  change(label);
  if (fix) view(label).setUint32(16, lvmCrc(label.subarray(20)), true);
  data.set(label, 512);
  return data;
}

const find = (data: Uint8Array) => findLabel(data, '/dev/sda');

test('the checksum has the values of the reference', () => {
  expect(lvmCrc(new Uint8Array(0))).toBe(0xf597a6cf);
  expect(lvmCrc(byteStringToBytes('123456789'))).toBe(0x4991cf02);
  expect(lvmCrc(sectorOf(LINUX).subarray(20))).toBe(0x600e464d);
});

describe('the label that Linux wrote', () => {
  test('is read', () => {
    const data = new Uint8Array(2048);
    data.set(sectorOf(LINUX), 512);
    expect(find(data)).toEqual({ ok: true, value: LABEL });
  });

  test('is built byte for byte', () => {
    expect(buildLabelSector(LABEL)).toEqual(sectorOf(LINUX));
  });

  test('differs in flag and checksum once the PV is in a group', () => {
    const used = sectorOf(LINUX);
    used.set([0xa3, 0xb3, 0x47, 0x61], 16);
    used[140] = 1;
    expect(buildLabelSector({ ...LABEL, extensionFlags: 1 })).toEqual(used);
  });
});

const ROUND_TRIPS: readonly [string, Partial<PvLabel>][] = [
  ['no areas', { dataAreas: [], metadataAreas: [] }],
  ['no extension', { extensionVersion: 0 }],
  ['a newer extension', { extensionVersion: 7, extensionFlags: 0xfffffffe }],
  [
    'two metadata areas',
    {
      metadataAreas: [...LABEL.metadataAreas, { start: sectors(260096), size: sectors(2048) }],
    },
  ],
  ['a bootloader area', { bootloaderAreas: [{ start: sectors(2048), size: sectors(2048) }] }],
  ['the last sector searched', { labelSector: 3 }],
  ['a huge device', { deviceSize: sectors(Number.MAX_SAFE_INTEGER) }],
];

test.each(ROUND_TRIPS)('%s: what is built is read', (_, change) => {
  const label = { ...LABEL, ...change };
  const data = new Uint8Array(2048);
  data.set(buildLabelSector(label), label.labelSector * 512);
  expect(find(data)).toEqual({ ok: true, value: label });
});

test('a label in another sector than it says does not count', () => {
  const data = new Uint8Array(2048);
  data.set(buildLabelSector(LABEL), 0);
  expect(find(data)).toEqual({ ok: true, value: undefined });
});

test('the first sound label counts, also behind a damaged one', () => {
  const data = disk((label) => (label[40] = 0x2a), false);
  const other = { ...LABEL, labelSector: 2, deviceSize: sectors(4096) };
  data.set(buildLabelSector(other), 1024);
  data.set(buildLabelSector({ ...LABEL, labelSector: 3 }), 1536);
  expect(find(data)).toEqual({ ok: true, value: other });
});

const DAMAGED: readonly [string, (label: Uint8Array) => void, object][] = [
  ['offset', (label) => view(label).setUint32(20, 500, true), { part: 'label', offset: 532 }],
  ['offset', (label) => view(label).setUint32(20, 0, true), { part: 'label' }],
  ['pv_uuid', (label) => (label[33] = 0x20), { part: 'pv-header', offset: 544 }],
  ['pv_uuid', (label) => (label[33] = 0x2d), { part: 'pv-header' }],
  ['device_size', (label) => (label[64] = 1), { part: 'pv-header', offset: 576 }],
  ['device_size', (label) => label.fill(0xfe, 64, 72), { part: 'pv-header' }],
  ['data areas', (label) => endless(label, 72), { part: 'pv-header', offset: 584 }],
  ['metadata areas', (label) => endless(label, 104), { part: 'pv-header' }],
  ['bootloader areas', (label) => endless(label, 144), { part: 'pv-header' }],
  ['metadata areas[0].size', (label) => (label[112] = 3), { part: 'pv-header', offset: 624 }],
];

function endless(label: Uint8Array, from: number): void {
  for (let at = from; at < 512; at++) label[at] = at % 8 === 1 ? 2 : 0;
}

test.each(DAMAGED)('a bad %s is named', (field, change, where) => {
  const error = { code: 'damaged', device: '/dev/sda', field, ...where };
  expect(find(disk(change))).toMatchObject({ ok: false, error });
});

test('a checksum that does not fit is named', () => {
  const error = { part: 'label', field: 'crc', offset: 528 };
  expect(find(disk((label) => (label[500] = 1), false))).toMatchObject({ ok: false, error });
});

test('a label of another kind is none', () => {
  expect(find(disk((label) => (label[24] = 0x58)))).toEqual({ ok: true, value: undefined });
});

describe('on a disk', () => {
  test('writes one sector, durably, and reads four', async () => {
    const sda = new TestDisk('sda', 64);
    expect(await writeLabel(sda.disk, LABEL)).toEqual({ ok: true });
    expect(await readLabel(sda.disk)).toEqual({ ok: true, value: LABEL });
    expect(sda.log).toEqual(['write 1+1 fua', 'read 0+4']);
  });

  test('nothing is found on a blank disk, a tiny one, and one that was zeroed', async () => {
    const sda = new TestDisk('sda', 64);
    await writeLabel(sda.disk, LABEL);
    await zeroLabelSectors(sda.disk);
    for (const some of [
      sda,
      new TestDisk('sdb', 8),
      new TestDisk('sdc', 1),
      new TestDisk('sdd', 0),
    ]) {
      expect(await readLabel(some.disk)).toEqual({ ok: true, value: undefined });
    }
  });

  test('an unreadable disk is an error with its path', async () => {
    const sda = new TestDisk('sda', 64);
    sda.bad.add(2);
    const error = { code: 'io-failed', device: '/dev/sda', op: 'read', start: 0 };
    expect(await readLabel(sda.disk)).toMatchObject({ ok: false, error });
  });
});
