/** A group's extents of another size: all that is counted in them has to come out even. */
import type { LvmId } from '../../base/ids.ts';
import { extents, type Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { freeAreasOf, freeCountOf } from '../format/free-areas.ts';
import { hasAreas, type Segment, type VolumeGroup } from '../format/model.ts';
import { pvRunsOf } from '../format/pv-map.ts';
import { extentTotal, MAX_EXTENTS } from '../format/totals.ts';
import type { ScannedVg } from '../scan-types.ts';
import { extentSizeRefusal } from './extent-size.ts';

/** A count of extents, and whose it is in LVM's words. */
type Counted = readonly [extents: number, whose: string];

export function refuseExtentSize(scanned: ScannedVg, size: Sectors): VolumeError | undefined {
  const { vg } = scanned;
  const refused = extentSizeRefusal(size);
  if (refused) return refused;
  if (size === vg.extentSize) return undefined;
  const total = extentTotal(vg) * vg.extentSize;
  const known = vg.lvs.every((lv) => lv.segments.every(({ kind }) => kind !== 'foreign'));
  if (!known || (size > vg.extentSize && total % size !== 0)) {
    return { code: 'extent-size-unfit', vg: vg.name, size };
  }
  for (const [count, whose] of counts(scanned)) {
    const sectors = count * vg.extentSize;
    if (sectors % size !== 0) return { code: 'extent-count-unfit', sectors, whose };
  }
  const count = extentTotal({ ...vg, ...resized(vg, size) });
  return count > MAX_EXTENTS ? { code: 'vg-extents-exceeded', vg: vg.name, count } : undefined;
}

/** In the order in which LVM counts again. */
function* counts({ vg, devices }: ScannedVg): Generator<Counted> {
  yield [extentTotal(vg), vg.name];
  yield [freeCountOf(vg), `${vg.name} free space`];
  const pathOf = (id: LvmId): string => devices.get(id)?.path ?? '[unknown]';
  const owned = pvRunsOf(vg);
  const free = freeAreasOf(vg);
  for (const { id, peCount } of vg.pvs) {
    yield [peCount, pathOf(id)];
    const used = (owned.get(id) ?? []).reduce((sum, { count }) => sum + count, 0);
    yield [used, `${pathOf(id)} allocated space`];
  }
  for (const { name, segments } of vg.lvs) {
    yield [segments.reduce((sum, { count }) => sum + count, 0), name];
    for (const segment of segments) {
      yield [segment.start, `${name} segment start`];
      yield [segment.count, `${name} segment length`];
      const areas = segment.kind === 'striped' ? segment.areas.length : 1;
      yield [segment.count / areas, `${name} area length`];
    }
  }
  for (const { id } of vg.pvs) {
    const runs = [...(owned.get(id) ?? []), ...(free.get(id) ?? [])];
    for (const run of runs.toSorted((a, b) => a.start - b.start)) {
      yield [run.start, `${pathOf(id)} PV segment start`];
      yield [run.count, `${pathOf(id)} PV segment length`];
    }
  }
}

export function resized(
  vg: VolumeGroup,
  size: Sectors,
): Pick<VolumeGroup, 'extentSize' | 'pvs' | 'lvs'> {
  const to = (count: number) => extents((count * vg.extentSize) / size);
  const segment = (one: Segment): Segment => {
    const head = { start: to(one.start), count: to(one.count) };
    if (!hasAreas(one)) return { ...one, ...head };
    const areas = one.areas.map((area) => ({ ...area, start: to(area.start) }));
    if (one.kind === 'striped' || one.extentsMoved === undefined) return { ...one, ...head, areas };
    return { ...one, ...head, areas, extentsMoved: to(one.extentsMoved) };
  };
  return {
    extentSize: size,
    pvs: vg.pvs.map((pv) => ({ ...pv, peCount: to(pv.peCount) })),
    lvs: vg.lvs.map((lv) => ({ ...lv, segments: lv.segments.map(segment) })),
  };
}
