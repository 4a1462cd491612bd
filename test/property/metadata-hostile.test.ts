/**
 * Whatever stands on a disk, reading it ends in a typed error or a sound group: no exception, no
 * hang. Every case is fixed by its seed; a failure names it.
 */
import { describe, expect, test } from 'vitest';
import { view } from '../../core/base/bytes.ts';
import { lvmCrc } from '../../core/base/crc.ts';
import { sectors } from '../../core/base/units.ts';
import { Prng } from '../../core/env/prng.ts';
import { createArea, writeAreaHeader, encodeText, writeText } from '../../core/lvm/area-io.ts';
import { withCommitted } from '../../core/lvm/format/area-header.ts';
import { parseConfig } from '../../core/lvm/format/config/parse.ts';
import { exportMetadata } from '../../core/lvm/format/export.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import type { VolumeGroup } from '../../core/lvm/format/model.ts';
import { pvRunsOf } from '../../core/lvm/format/pv-map.ts';
import { references } from '../../core/lvm/format/references.ts';
import { segmentTypeName } from '../../core/lvm/format/segtypes/index.ts';
import { validateVolumeGroup } from '../../core/lvm/format/validate.ts';
import { writeLabel } from '../../core/lvm/label-io.ts';
import { scanDisks } from '../../core/lvm/scan.ts';
import { TEXTS } from '../sim/hostile/disks.ts';
import { changed, CHANGES } from '../sim/hostile/texts.ts';
import { TestDisk } from '../support/ram.ts';

const HEADER = {
  description: '',
  creationHost: '',
  hostDescription: '',
  creationTime: 0,
  generator: '',
};

/** What a reader may rely on: it is written and read back as it is, and nothing about it throws. */
function expectSound(vg: VolumeGroup, seed: string): void {
  const text = exportMetadata(vg, HEADER);
  const again = parseMetadata(text, '');
  expect(again.ok, seed).toBe(true);
  if (!again.ok) return;
  expect(exportMetadata(again.value.vg, HEADER), seed).toBe(text);
  validateVolumeGroup(vg);
  for (const pv of vg.pvs) {
    let end = 0;
    for (const run of pvRunsOf(vg).get(pv.id) ?? []) {
      if (!run.exact) continue;
      expect(run.start, seed).toBeGreaterThanOrEqual(end);
      end = run.start + run.count;
    }
    expect(end, seed).toBeLessThanOrEqual(pv.peCount);
  }
  for (const segment of vg.lvs.flatMap((lv) => lv.segments)) {
    references(vg, segment);
    segmentTypeName(segment);
  }
}

const ANYWHERE = ['truncate', 'flip', 'drop', 'mix', 'line', 'number', 'name', 'area', 'extents'];

test('a text changed in any way is refused or understood', { timeout: 120_000 }, () => {
  const names = Object.keys(CHANGES);
  const outcomes = new Map(names.map((name) => [name, { read: 0, refused: 0 }]));
  for (let seed = 0; seed < 6000; seed++) {
    const prng = new Prng(seed);
    const { name, text } = changed(prng.pick(TEXTS), prng, TEXTS);
    const read = parseMetadata(text, '/dev/sda');
    const outcome = outcomes.get(name)!;
    if (read.ok) {
      outcome.read++;
      expectSound(read.value.vg, `seed ${seed}`);
    } else {
      outcome.refused++;
      expect(read.error, `seed ${seed}`).toMatchObject({ code: 'damaged', part: 'text' });
      expect(read.error.offset, `seed ${seed}`).toBeLessThanOrEqual(text.length);
    }
  }
  // A change that only ever leads to one outcome tests half of what it should.
  const sum = { read: 0, refused: 0 };
  for (const [name, { read, refused }] of outcomes) {
    sum.read += read;
    sum.refused += refused;
    expect(read + refused, name).toBeGreaterThan(100);
    // What hits any byte, or the numbers that lay extents out, is noticed now and then.
    if (ANYWHERE.includes(name)) expect(refused, name).toBeGreaterThan(10);
  }
  expect(sum.read).toBeGreaterThan(1000);
  expect(sum.refused).toBeGreaterThan(1000);
});

/** Milliseconds: anything that is not linear in a megabyte takes longer, on any machine. */
const TOO_LONG = 60_000;

describe('texts made to exhaust', () => {
  const megabyte = 2 ** 20;
  const cases: readonly [string, string][] = [
    ['deep sections', 'a{'.repeat(megabyte)],
    ['a deep name', 'a/'.repeat(megabyte)],
    ['deep lists', `a=${'['.repeat(megabyte)}`],
    ['closing braces', '}'.repeat(megabyte)],
    ['one long word', 'a'.repeat(megabyte)],
    ['one long number', `a=${'1'.repeat(megabyte)}`],
    ['one long string', `a="${'\\'.repeat(megabyte)}`],
    ['comments', '#\n'.repeat(megabyte)],
    ['blank', ' '.repeat(megabyte)],
    ['one name again and again', 'a=1 '.repeat(megabyte / 4)],
    ['sections of one name', 'a{} '.repeat(megabyte / 4)],
    ['many names', Array.from({ length: 1e5 }, (_, at) => `n${at}=${at}`).join('\n')],
    ['a long list', `a=[${'1,'.repeat(megabyte / 2)}]`],
    ['names of objects', '__proto__{__proto__{__proto__=1 constructor=[] }}'.repeat(2e4)],
  ];

  test.each(cases)('%s', { timeout: 2 * TOO_LONG }, (_, text) => {
    const start = performance.now();
    parseConfig(text);
    parseMetadata(text, '');
    expect(performance.now() - start).toBeLessThan(TOO_LONG);
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
  });

  test('a group of very many parts', { timeout: 2 * TOO_LONG }, () => {
    const base = TEXTS[0]!;
    const lv = (at: number): string => `l${at} {\nid="${String(at).padStart(32, '0')}" status=[]
      segment_count = 1 s { start_extent=0 extent_count=1 type="striped" stripe_count=1
      stripes=["${at % 2 === 0 ? 'pv0' : `l${at - 1}`}", ${100 + at}] } }\n`;
    const lvs = Array.from({ length: 20_000 }, (_, at) => lv(at)).join('');
    const extra = Array.from({ length: 20_000 }, (_, at) => `x${at} = ${at}\n`).join('');
    const text = base
      .replace('pe_count = 31', 'pe_count = 100000')
      .replace('logical_volumes {\n', `${extra}logical_volumes {\n${lvs}`);
    const start = performance.now();
    const read = parseMetadata(text, '');
    expect(read.ok ? '' : read.error.why).toBe('');
    if (read.ok) expectSound(read.value.vg, 'many');
    expect(performance.now() - start).toBeLessThan(TOO_LONG);
  });
});

const DISK = sectors(4096);
const AREAS = [
  { start: sectors(8), size: sectors(64) },
  { start: sectors(4096 - 64), size: sectors(64) },
];

/** Disks that carry the PVs of a text, two areas each. */
async function disksFor(text: string): Promise<TestDisk[]> {
  const read = parseMetadata(text, '');
  if (!read.ok) throw new Error(read.error.why);
  const disks: TestDisk[] = [];
  for (const pv of read.value.vg.pvs) {
    const disk = new TestDisk(`sd${'abcdef'.charAt(disks.length)}`, DISK);
    for (const range of AREAS) {
      const area = await createArea(disk.disk, range);
      if (!area.ok) throw new Error(area.error.code);
      const location = await writeText(disk.disk, area.value, encodeText(text), {
        vg: 'vg',
        seqno: 1,
      });
      if (!location.ok) throw new Error(location.error.code);
      await writeAreaHeader(disk.disk, withCommitted(area.value, location.value));
    }
    await writeLabel(disk.disk, {
      pvId: pv.id,
      deviceSize: DISK,
      labelSector: 1,
      dataAreas: [{ start: sectors(2048), size: sectors(0) }],
      metadataAreas: AREAS,
      extensionVersion: 2,
      extensionFlags: 1,
      bootloaderAreas: [],
    });
    disks.push(disk);
  }
  return disks;
}

/** Where something stands that a reader looks at, with its checksum: [sector, sum at, sum from]. */
const SUMMED: readonly (readonly [number, number, number])[] = [
  [1, 16, 20],
  [8, 0, 4],
  [4096 - 64, 0, 4],
];

/** Changes a disk; most of the time the checksums fit again afterwards. */
function vandalize(disk: TestDisk, others: readonly TestDisk[], prng: Prng): void {
  const [sector, sumAt, from] = prng.pick(SUMMED);
  const data = disk.data.subarray(sector * 512, (sector + 1) * 512);
  const action = prng.below(6);
  if (action === 0) data[prng.below(160)] = prng.below(256);
  else if (action === 1) data[prng.below(160)]! ^= 1 << prng.below(8);
  else if (action === 2) {
    const value = prng.pick([0n, 1n, 511n, 512n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]);
    view(data).setBigUint64(8 * prng.below(20), value, true);
  } else if (action === 3) data.fill(prng.pick([0, 1, 255]), prng.below(512));
  else if (action === 4)
    data.set(prng.pick(others).data.subarray(sector * 512, sector * 512 + 512));
  else {
    // The text itself, under a checksum that fits.
    const area = disk.data.subarray(8 * 512, 72 * 512);
    const fields = view(area);
    const size = Math.min(Number(fields.getBigUint64(48, true)), area.length - 512);
    area[512 + prng.below(Math.max(1, size))] = prng.below(256);
    fields.setUint32(56, lvmCrc(area.subarray(512, 512 + size)), true);
    fields.setUint32(0, lvmCrc(area.subarray(4, 512)), true);
  }
  if (prng.chance(80)) view(data).setUint32(sumAt, lvmCrc(data.subarray(from)), true);
}

test('disks changed in any way are read or found damaged', { timeout: 120_000 }, async () => {
  const bases = await Promise.all([TEXTS[0]!, TEXTS[2]!, TEXTS[3]!].map(disksFor));
  const originals = new Map(bases.flat().map((disk) => [disk, disk.data.slice()]));
  let damaged = 0;
  let sound = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const prng = new Prng(seed);
    const disks = prng.pick(bases);
    const touched = new Set<TestDisk>();
    for (let left = 1 + prng.below(4); left > 0; left--) {
      const disk = prng.pick(disks);
      vandalize(disk, bases.flat(), prng);
      touched.add(disk);
    }
    const found = await scanDisks(disks.map(({ disk }) => disk));
    if (found.notices.some(({ code }) => code === 'damage-found')) damaged++;
    else sound++;
    const count = found.pvs.length + found.duplicates.length + found.unlabelled.length;
    expect(count, `seed ${seed}`).toBe(disks.length);
    for (const { vg, devices } of found.vgs) {
      expectSound(vg, `seed ${seed}`);
      for (const [id, pv] of devices) {
        expect(pv.label.pvId, `seed ${seed}`).toBe(id);
        expect(
          vg.pvs.some((entry) => entry.id === id),
          `seed ${seed}`,
        ).toBe(true);
      }
    }
    for (const disk of touched) disk.data.set(originals.get(disk)!);
  }
  expect(damaged).toBeGreaterThan(150);
  expect(sound).toBeGreaterThan(150);
});
