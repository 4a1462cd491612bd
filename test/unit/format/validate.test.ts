import { describe, expect, test } from 'vitest';
import { extents, sectors } from '../../../core/base/units.ts';
import type {
  Area,
  ConfigEntry,
  ForeignSegment,
  LogicalVolume,
  MirrorSegment,
  SnapshotSegment,
  VolumeGroup,
} from '../../../core/lvm/format/model.ts';
import { pvRunsOf } from '../../../core/lvm/format/pv-map.ts';
import { references, withLvRenamed } from '../../../core/lvm/format/references.ts';
import { areasOf, segmentTypeName } from '../../../core/lvm/format/segtypes/index.ts';
import type { FaultCode } from '../../../core/lvm/format/lv-rules.ts';
import { validateVolumeGroup } from '../../../core/lvm/format/validate.ts';
import { group, lv, mirror, onLv, onPv, pv, sampleGroup, snapshot, striped } from './samples.ts';

const GROUP = sampleGroup();
const [A, B] = [GROUP.pvs[0]!, GROUP.pvs[1]!];
const [HOME, FAST] = [GROUP.lvs[0]!, GROUP.lvs[1]!];

const codes = (vg: VolumeGroup): FaultCode[] => validateVolumeGroup(vg).map(({ code }) => code);
const withLvs = (...lvs: LogicalVolume[]): VolumeGroup => ({ ...GROUP, lvs });

/** `mirrors = [ "pv0", 3, ... ]` and the like. */
function list(name: string, ...items: (string | number)[]): ConfigEntry {
  const scalars = items.map((item) =>
    typeof item === 'string'
      ? ({ kind: 'string', value: item } as const)
      : ({ kind: 'int', value: BigInt(item) } as const),
  );
  return { kind: 'value', name, value: { kind: 'array', items: scalars } };
}
function foreign(type: string, count: number, ...entries: ConfigEntry[]): ForeignSegment {
  return { kind: 'foreign', start: extents(0), count: extents(count), tags: [], type, entries };
}

test('a sound group has no fault', () => {
  expect(validateVolumeGroup(GROUP)).toEqual([]);
  expect(validateVolumeGroup(group())).toEqual([]);
});

const mirrored = (area: Area, change: Partial<MirrorSegment>): MirrorSegment => ({
  ...mirror(1, area),
  ...change,
});
const linked = (...links: readonly SnapshotSegment[]): VolumeGroup =>
  withLvs(
    HOME,
    FAST,
    lv('spare', striped(0, 1, onPv(A, 9))),
    ...links.map((link, index) => lv(`snapshot${index}`, link)),
  );
const TWIN = lv('y', mirrored(onPv(A, 8), { log: 'fast' }));

const FAULTS: readonly [FaultCode, VolumeGroup][] = [
  ['name', { ...GROUP, name: 'a b' }],
  ['name', withLvs({ ...HOME, name: '-x' })],
  ['twin-name', withLvs(HOME, { ...FAST, name: 'home' })],
  ['twin-name', group({ pvs: [A, pv(0)] })],
  ['twin-id', withLvs(HOME, { ...FAST, id: HOME.id })],
  ['twin-id', group({ id: A.id, pvs: [A] })],
  ['seqno', { ...GROUP, seqno: 0 }],
  ['seqno', { ...GROUP, seqno: 2 ** 32 }],
  ['extent-size', group({ extentSize: sectors(0) })],
  ['extent-size', group({ extentSize: sectors(300) })],
  ['gap', withLvs(lv('x', striped(1, 1, onPv(A, 0))))],
  ['gap', withLvs(lv('x', striped(0, 2, onPv(A, 0)), striped(1, 2, onPv(A, 4))))],
  ['empty-segment', withLvs(lv('x', striped(0, 0, onPv(A, 0))))],
  ['stripes', withLvs(lv('x', striped(0, 3, onPv(A, 0), onPv(B, 0))))],
  ['stripes', withLvs(lv('x', striped(0, 3)))],
  ['stripe-size', withLvs(lv('x', { ...FAST.segments[0]!, stripeSize: sectors(96) } as never))],
  ['stripe-size', withLvs(lv('x', { ...FAST.segments[0]!, stripeSize: sectors(4) } as never))],
  ['area-missing', withLvs(lv('x', striped(0, 1, onPv(pv(5), 0))))],
  ['area-missing', withLvs(lv('x', mirror(1, onPv(A, 0), onPv(pv(5), 0))))],
  ['region-size', withLvs(lv('x', mirrored(onPv(A, 0), { regionSize: sectors(1000) })))],
  ['region-size', withLvs(lv('x', mirrored(onPv(A, 0), { regionSize: sectors(32768) })))],
  ['image-size', withLvs(HOME, lv('x', mirror(4, onLv('home', 0))))],
  ['image-size', withLvs(HOME, lv('x', mirror(6, onLv('home', 0))))],
  ['image-shared', withLvs(HOME, lv('x', mirror(5, onLv('home', 0), onLv('home', 0))))],
  ['image-shared', withLvs(FAST, lv('x', mirrored(onPv(A, 9), { log: 'fast' })), TWIN)],
  ['nesting', withLvs(lv('x', mirror(1, onLv('y', 0))), lv('y', mirror(1, onLv('x', 0))))],
  ['area-outside', withLvs(HOME, lv('x', striped(0, 3, onLv('home', 3))))],
  ['area-ambiguous', withLvs({ ...HOME, name: 'pv1' }, lv('x', striped(0, 1, onLv('pv1', 0))))],
  ['reference', withLvs(lv('x', striped(0, 1, onLv('nobody', 0))))],
  ['reference', withLvs(lv('x', foreign('raid1', 3, list('raids', 'm0', 'i0'))))],
  ['pe-outside', withLvs(lv('x', striped(0, 2, onPv(A, 14))))],
  ['pe-outside', withLvs(lv('x', mirror(2, onPv(A, 14))))],
  ['pe-shared', withLvs(HOME, lv('x', striped(0, 1, onPv(A, 2))))],
  ['pe-shared', withLvs(HOME, lv('x', mirror(9, onPv(A, 3), onPv(B, 5))))],
  ['nesting', withLvs(lv('x', striped(0, 1, onLv('y', 0))), lv('y', striped(0, 1, onLv('x', 0))))],
  ['snapshot', withLvs(HOME, lv('snapshot0', snapshot(5, 'home', 'home')))],
  ['snapshot', linked(snapshot(5, 'home', 'fast'), snapshot(4, 'fast', 'home'))],
  ['snapshot', linked(snapshot(5, 'home', 'fast'), snapshot(5, 'home', 'fast'))],
  ['snapshot', linked(snapshot(5, 'home', 'fast'), snapshot(4, 'fast', 'spare'))],
  ['snapshot', linked(snapshot(5, 'home', 'fast'), snapshot(5, 'home', 'snapshot0'))],
  ['snapshot', linked(snapshot(5, 'home', 'fast', true), snapshot(5, 'home', 'spare', true))],
  ['reference', linked(snapshot(5, 'home', 'nobody'))],
  ['text', group({ pvs: [pv(0, { deviceHint: 'a\0' })] })],
];

test.each(FAULTS)('%s is found', (code, vg) => {
  expect(codes(vg)).toContain(code);
  for (const { sentence } of validateVolumeGroup(vg)) expect(sentence).toMatch(/^[^\n]+[^.\n]$/);
});

test('a sound link of a snapshot is no fault', () => {
  const other = snapshot(5, 'home', 'spare', true);
  expect(codes(linked(snapshot(5, 'home', 'fast'), other))).toEqual([]);
});

test('all faults are found, not only the first', () => {
  const vg = { ...GROUP, seqno: 0, name: '', lvs: [HOME, { ...HOME, name: 'copy' }] };
  expect(new Set(codes(vg))).toEqual(new Set(['name', 'seqno', 'twin-id', 'pe-shared']));
});

test.each([2, 8, 8192, 256, 768, 2 ** 31])('an extent of %i sectors is legal', (size) => {
  expect(codes(group({ extentSize: sectors(size) }))).toEqual([]);
});

describe('who owns which extents', () => {
  const runs = (vg: VolumeGroup) =>
    vg.pvs.map((entry) =>
      (pvRunsOf(vg).get(entry.id) ?? []).map(
        ({ start, count, lv: name, segment, area }) =>
          `${start}+${count} ${name} ${segment}.${area}`,
      ),
    );

  test('sorted by start, one entry per PV', () => {
    expect(runs(GROUP)).toEqual([
      ['0+3 home 0.0', '3+2 fast 0.0'],
      ['0+2 fast 0.1', '4+2 home 1.0'],
    ]);
    expect(runs(group({ pvs: [A] }))).toEqual([[]]);
  });

  test('a mirror owns its full length on every PV it names', () => {
    expect(runs(withLvs(lv('pvmove0', mirror(5, onPv(A, 6), onPv(B, 3)))))).toEqual([
      ['6+5 pvmove0 0.0'],
      ['3+5 pvmove0 0.1'],
    ]);
  });

  test('an unknown type is kept clear of, but not found fault with', () => {
    const quantum = foreign('quantum', 5, list('pieces', 'pv0', 14, 'pv1', 0, 'home', 0));
    const vg = withLvs(HOME, FAST, lv('q', quantum));
    expect(runs(vg)[0]).toContain('14+2 q 0.0');
    expect(pvRunsOf(vg).get(A.id)?.at(-1)?.exact).toBe(false);
    expect(codes(vg)).toEqual([]);
  });

  test('lists that only look like areas own nothing', () => {
    const odd = foreign(
      'odd',
      5,
      list('a', 'pv0'),
      list('b', 'pv0', 'pv1'),
      list('c', 1, 'pv0'),
      list('d', 'pv0', -1),
    );
    expect(runs(withLvs(lv('x', odd)))).toEqual([[], []]);
  });
});

describe('segments', () => {
  test('have the names that reports use', () => {
    const virtual = {
      kind: 'zero' as const,
      start: extents(0),
      count: extents(1),
      tags: [],
      extra: [],
    };
    expect([...HOME.segments, ...FAST.segments, virtual].map(segmentTypeName)).toEqual([
      'linear',
      'linear',
      'striped',
      'zero',
    ]);
    expect(segmentTypeName(foreign('raid5_ls+RESHAPE', 1))).toBe('raid5_ls');
  });

  test('say what lies below', () => {
    expect(areasOf(GROUP, FAST.segments[0]!)).toEqual([
      { on: 'pv', pvId: A.id, start: 3, count: 2, key: 'stripes', exact: true },
      { on: 'pv', pvId: B.id, start: 0, count: 2, key: 'stripes', exact: true },
    ]);
  });
});

test('a renamed volume is renamed wherever it is named', () => {
  const link = foreign(
    'snapshot+LATER',
    5,
    { kind: 'value', name: 'origin', value: { kind: 'string', value: 'home' } },
    { kind: 'value', name: 'cow_store', value: { kind: 'string', value: 'fast' } },
    { kind: 'value', name: 'note', value: { kind: 'string', value: 'home' } },
  );
  const vg = withLvs(
    HOME,
    FAST,
    lv('snapshot0', link),
    lv('m', { ...mirror(5, onLv('home', 0), onPv(A, 9)), log: 'home' }),
    lv('top', striped(0, 1, onLv('home', 0))),
  );
  const next = withLvRenamed(vg, 'home', 'house');
  expect(next.lvs.map(({ name }) => name)).toEqual(['house', 'fast', 'snapshot0', 'm', 'top']);
  const named = next.lvs.flatMap(({ segments }) =>
    segments.flatMap((one) => references(next, one)),
  );
  expect(named).toEqual([
    { key: 'origin', lv: 'house' },
    { key: 'cow_store', lv: 'fast' },
    { key: 'mirror_log', lv: 'house' },
    { key: 'mirrors', lv: 'house' },
    { key: 'stripes', lv: 'house' },
  ]);
  expect((next.lvs[2]!.segments[0] as ForeignSegment).entries[2]).toEqual(link.entries[2]);
  expect(codes(next)).toEqual(codes(vg));
  expect(withLvRenamed(next, 'house', 'home')).toEqual(vg);
});
