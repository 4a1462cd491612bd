import { describe, expect, test } from 'vitest';
import { byteStringToBytes, view } from '../../../core/base/bytes.ts';
import { lvmCrc } from '../../../core/base/crc.ts';
import { ok } from '../../../core/base/result.ts';
import { sectors } from '../../../core/base/units.ts';
import {
  createArea,
  readAreaHeader,
  readText,
  writeAreaHeader,
  encodeText,
  writeText,
} from '../../../core/lvm/area-io.ts';
import {
  buildAreaHeader,
  parseAreaHeader,
  withCommitted,
  withPrecommitted,
  withoutPrecommitted,
  withoutText,
} from '../../../core/lvm/format/area-header.ts';
import type { AreaHeader } from '../../../core/lvm/scan-types.ts';
import { TestDisk } from '../../support/ram.ts';

const START = sectors(8);
const SIZE = sectors(2040);
/** Reference 1.5: after the first vgcreate. */
const HEADER: AreaHeader = {
  start: START,
  size: SIZE,
  committed: { offset: 0x200, size: 0x4d4, checksum: 0xe97f3ae3 },
  ignored: false,
};
const LINUX = `
  76 e7 22 9f 20 4c 56 4d 32 20 78 5b 35 41 25 72
  30 4e 2a 3e 01 00 00 00 00 10 00 00 00 00 00 00
  00 f0 0f 00 00 00 00 00 00 02 00 00 00 00 00 00
  d4 04 00 00 00 00 00 00 e3 3a 7f e9 00 00 00 00`;

const linuxSector = (): Uint8Array => {
  const data = new Uint8Array(512);
  data.set(
    LINUX.trim()
      .split(/\s+/)
      .map((byte) => parseInt(byte, 16)),
  );
  return data;
};
const parse = (data: Uint8Array) => parseAreaHeader(data, START, SIZE, '/dev/sda');
/** The header after a change, with a fitting checksum. */
function changed(change: (fields: DataView) => void): Uint8Array {
  const data = buildAreaHeader(HEADER);
  change(view(data));
  view(data).setUint32(0, lvmCrc(data.subarray(4)), true);
  return data;
}

test('the header that Linux wrote is read and built byte for byte', () => {
  expect(view(linuxSector()).getUint32(0, true)).toBe(0x9f22e776);
  expect(parse(linuxSector())).toEqual({ ok: true, value: HEADER });
  expect(buildAreaHeader(HEADER)).toEqual(linuxSector());
});

test('slots and the ignored flag survive', () => {
  const second = { offset: 2048, size: 1516, checksum: 7 };
  for (const header of [
    withPrecommitted(HEADER, second),
    withCommitted(withPrecommitted(HEADER, second), second),
    withoutPrecommitted(withPrecommitted(HEADER, second)),
    withoutText(HEADER),
    { ...HEADER, ignored: true },
    { ...withoutText(HEADER), ignored: true },
  ]) {
    expect(parse(buildAreaHeader(header))).toEqual({ ok: true, value: header });
  }
  expect(withCommitted(withPrecommitted(HEADER, second), second)).not.toHaveProperty(
    'precommitted',
  );
});

const DAMAGED: readonly [string, number, (fields: DataView) => void][] = [
  ['magic', 4096 + 4, (fields) => fields.setUint8(4, 0)],
  ['version', 4096 + 20, (fields) => fields.setUint32(20, 2, true)],
  ['start', 4096 + 24, (fields) => fields.setBigUint64(24, 8192n, true)],
  ['size', 4096 + 32, (fields) => fields.setBigUint64(32, 256n, true)],
  ['size', 4096 + 32, (fields) => fields.setBigUint64(32, 0n, true)],
  ['size', 4096 + 32, (fields) => fields.setBigUint64(32, 2n ** 63n, true)],
  ['size', 4096 + 32, (fields) => fields.setBigUint64(32, 1044480n + 512n, true)],
  ['raw_locn[0]', 4096 + 40, (fields) => fields.setBigUint64(40, 511n, true)],
  ['raw_locn[0]', 4096 + 40, (fields) => fields.setBigUint64(40, 1044480n, true)],
  ['raw_locn[0]', 4096 + 40, (fields) => fields.setBigUint64(48, 1044480n - 511n, true)],
  ['raw_locn[0]', 4096 + 40, (fields) => fields.setBigUint64(48, 0n, true)],
];

test.each(DAMAGED)('a bad %s is named, at byte %i', (field, offset, change) => {
  const error = { code: 'damaged', device: '/dev/sda', part: 'mda-header', field, offset };
  expect(parse(changed(change))).toMatchObject({ ok: false, error });
});

test('a checksum that does not fit is named', () => {
  const data = linuxSector();
  data[511] = 1;
  expect(parse(data)).toMatchObject({ ok: false, error: { field: 'checksum', offset: 4096 } });
});

test('a second slot that makes no sense is no text', () => {
  const data = changed((fields) => fields.setBigUint64(64, 1n, true));
  expect(parse(data)).toEqual({ ok: true, value: HEADER });
});

/** Eight sectors of header and buffer: texts of 1280 bytes at most. */
const SMALL = { start: sectors(16), size: sectors(8) };
const OWNER = { vg: 'vg', seqno: 3 };
const textOf = (letter: string, size: number): string => `${letter.repeat(size - 1)}\0`;

async function area(): Promise<{ sda: TestDisk; header: AreaHeader }> {
  const sda = new TestDisk('sda', 64);
  sda.data.fill(0xee);
  const made = await createArea(sda.disk, SMALL);
  if (!made.ok) throw new Error(made.error.code);
  sda.log.length = 0;
  return { sda, header: made.value };
}

async function commit(sda: TestDisk, header: AreaHeader, text: string): Promise<AreaHeader> {
  const written = await writeText(sda.disk, header, encodeText(text), OWNER);
  if (!written.ok) throw new Error(written.error.code);
  const next = withCommitted(header, written.value);
  await writeAreaHeader(sda.disk, next);
  return next;
}

describe('an area on a disk', () => {
  test('a new one is empty, and touches nothing beside it', async () => {
    const { sda, header } = await area();
    expect(await readAreaHeader(sda.disk, SMALL)).toEqual({ ok: true, value: header });
    expect(sda.data.subarray(0, 16 * 512).every((byte) => byte === 0xee)).toBe(true);
    expect(sda.data.subarray(24 * 512).every((byte) => byte === 0xee)).toBe(true);
  });

  test('a text goes out with zeros and a flush before any header changes', async () => {
    const { sda, header } = await area();
    const written = await writeText(sda.disk, header, encodeText(textOf('a', 600)), OWNER);
    expect(written).toMatchObject({ ok: true, value: { offset: 512, size: 600 } });
    expect(sda.log).toEqual(['write 17+2', 'flush']);
    expect(sda.data.subarray(17 * 512 + 599, 19 * 512).every((byte) => byte === 0)).toBe(true);
    expect(await readAreaHeader(sda.disk, SMALL)).toEqual({ ok: true, value: header });
  });

  test('texts follow one another around the end, each readable', async () => {
    const { sda, header } = await area();
    let current = header;
    const places: (number | undefined)[] = [];
    for (const letter of 'abcdefghijkl') {
      const before = current.committed;
      const old = before && (await readText(sda.disk, current, before));
      const written = await writeText(sda.disk, current, encodeText(textOf(letter, 1200)), OWNER);
      if (!written.ok) throw new Error(written.error.code);
      // The old copy is whole until the header changes.
      if (before) expect(await readText(sda.disk, current, before)).toEqual(old);
      current = withCommitted(current, written.value);
      await writeAreaHeader(sda.disk, current);
      const read = await readText(sda.disk, current, written.value);
      expect(read).toEqual(ok(byteStringToBytes(textOf(letter, 1200))));
      places.push(written.value.offset);
    }
    expect(places.slice(0, 5)).toEqual([512, 2048, 3584, 1536, 3072]);
    expect(sda.log.filter((line) => line.startsWith('write 23+1')).length).toBeGreaterThan(0);
    expect(sda.data.subarray(24 * 512).every((byte) => byte === 0xee)).toBe(true);
  });

  test('a text that begins between sectors is read all the same', async () => {
    const { sda, header } = await area();
    const text = textOf('x', 700);
    const at = 16 * 512 + 700;
    sda.data.set(
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
      at,
    );
    const bytes = sda.data.subarray(at, at + 700);
    const location = { offset: 700, size: 700, checksum: lvmCrc(bytes) };
    expect(await readText(sda.disk, header, location)).toEqual(ok(byteStringToBytes(text)));
  });

  test('a text that changed on the disk is damaged', async () => {
    const { sda, header } = await area();
    const current = await commit(sda, header, textOf('a', 600));
    sda.data[17 * 512 + 5] = 0;
    const error = { code: 'damaged', device: '/dev/sda', part: 'text', field: 'checksum' };
    const read = await readText(sda.disk, current, current.committed!);
    expect(read).toMatchObject({ ok: false, error });
  });

  test('a text that is too large is refused before anything is written', async () => {
    const { sda, header } = await area();
    const error = {
      code: 'metadata-too-large',
      ...OWNER,
      device: '/dev/sda',
      size: 1281,
      max: 1280,
    };
    const written = await writeText(sda.disk, header, encodeText(textOf('a', 1281)), OWNER);
    expect(written).toEqual({ ok: false, error });
    expect(sda.log).toEqual([]);
  });

  test('headers are one sector, forced out', async () => {
    const { sda, header } = await area();
    await writeAreaHeader(sda.disk, { ...header, ignored: true });
    expect(sda.log).toEqual(['write 16+1 fua']);
  });

  test('an area beyond the device is damaged, not read', async () => {
    const { sda } = await area();
    for (const range of [
      { start: sectors(63), size: sectors(2) },
      { start: sectors(Number.MAX_SAFE_INTEGER), size: sectors(Number.MAX_SAFE_INTEGER) },
    ]) {
      const read = await readAreaHeader(sda.disk, range);
      expect(read).toMatchObject({ ok: false, error: { code: 'damaged', field: 'area' } });
    }
    expect(sda.log).toEqual([]);
  });

  test('what a disk refuses is told with path and sector', async () => {
    const { sda, header } = await area();
    for (const bad of [16, 17]) sda.bad.add(bad);
    const error = { code: 'io-failed', device: '/dev/sda' };
    const read = await readAreaHeader(sda.disk, SMALL);
    expect(read).toMatchObject({ ok: false, error: { ...error, start: 16 } });
    const text = await writeText(sda.disk, header, encodeText(textOf('a', 9)), OWNER);
    expect(text).toMatchObject({ ok: false, error: { ...error, start: 17, op: 'write' } });
    const put = await writeAreaHeader(sda.disk, header);
    expect(put).toMatchObject({ ok: false, error: { ...error, start: 16 } });
  });
});
