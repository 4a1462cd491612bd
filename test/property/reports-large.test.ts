/** A report costs what its rows cost: no row looks at all the others. */
import { expect, test } from 'vitest';
import { extents, sectors } from '../../core/base/units.ts';
import { newLvmId, type LvmId } from '../../core/base/ids.ts';
import { Prng } from '../../core/env/prng.ts';
import type { LogicalVolume, VolumeGroup } from '../../core/lvm/format/model.ts';
import type { ScannedVg } from '../../core/lvm/scan-types.ts';
import { makeReport } from '../../core/report/lvm-report.ts';
import { tableLines } from '../../core/report/report-text.ts';
import { DEFAULT_UNITS } from '../../core/report/size-text.ts';
import type { ReportSource } from '../../core/report/source.ts';

/** One group with so many volumes of two pieces, in turn on two PVs. */
function sourceOf(count: number): ReportSource {
  const prng = new Prng(1);
  const id = (): LvmId => newLvmId((limit) => prng.below(limit));
  const pvs = ['pv0', 'pv1'].map((section) => ({
    section,
    id: id(),
    deviceHint: '',
    status: ['ALLOCATABLE'],
    flags: [],
    tags: [],
    peStart: sectors(2048),
    peCount: extents(3 * count),
    extra: [],
  }));
  const lvs = Array.from({ length: count }, (_none, index): LogicalVolume => ({
    name: `lv${index}`,
    id: id(),
    status: ['READ', 'WRITE', 'VISIBLE'],
    flags: [],
    tags: index % 100 === 0 ? ['hot'] : [],
    creationTime: 1_795_216_703n,
    creationHost: 'host',
    segments: pvs.map((pv, part) => ({
      kind: 'striped',
      start: extents(part),
      count: extents(1),
      tags: [],
      stripeSize: sectors(0),
      areas: [{ on: 'pv', pvId: pv.id, start: extents(2 * index) }],
      extra: [],
    })),
    extra: [],
  }));
  const vg: VolumeGroup = {
    name: 'vg',
    id: id(),
    seqno: 1,
    status: ['READ', 'WRITE', 'RESIZEABLE'],
    flags: [],
    tags: [],
    extentSize: sectors(2048),
    maxLv: 0,
    maxPv: 0,
    pvs,
    lvs,
    extra: [],
  };
  const scanned: ScannedVg = { vg, devices: new Map(), notices: [] };
  return {
    scan: { pvs: [], duplicates: [], vgs: [scanned], barred: [], unlabelled: [], notices: [] },
    devices: [],
    disks: [],
    now: 1_795_216_703,
  };
}

/** Every field of every row that any of the reports has. */
const REPORTS = [
  ['lv', 'all,seg_all'],
  ['vg', 'vg_all,lv_name'],
  ['pvseg', 'pv_all,vg_all,pvseg_all,lv_all,seg_all'],
] as const;

/** In milliseconds. */
function timeOf(count: number): number {
  const source = sourceOf(count);
  const start = performance.now();
  for (const [kind, options] of REPORTS) {
    const made = makeReport(source, {
      kind,
      options: [options],
      defaults: '',
      keys: kind === 'pvseg' ? 'lv_size,-lv_name' : 'vg_free,-lv_name',
      selection: kind === 'vg' ? '' : 'lv_size>0 && lv_name=~"^l" || segtype=free',
      names: [],
      all: true,
      sorted: true,
      style: { units: DEFAULT_UNITS, suffix: true, binary: false },
    });
    if (!made.ok) throw new Error(made.error.join('\n'));
    expect(made.value.rows.length).toBeGreaterThanOrEqual(count);
    const style = { separator: ' ', aligned: true, prefixes: false, quoted: true, turned: false };
    tableLines(made.value, { ...style, headings: 'abbrev', rowByRow: false });
  }
  return performance.now() - start;
}

test('four times the volumes take about four times as long', { timeout: 120_000 }, () => {
  timeOf(100);
  const small = Math.min(timeOf(300), timeOf(300));
  const large = Math.min(timeOf(1200), timeOf(1200));
  // A look at all volumes for each of them would make it sixteen times.
  expect(large / small).toBeLessThan(9);
});
