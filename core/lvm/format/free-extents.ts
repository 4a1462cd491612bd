/** What no volume owns of the PVs, kept from version to version; volumes are plain. */
import type { LvmId } from '../../base/ids.ts';
import { extents, type Extents } from '../../base/units.ts';
import type { LogicalVolume, VolumeGroup } from './model.ts';

/** A run of free physical extents of one PV. */
export interface FreeArea {
  readonly pvId: LvmId;
  readonly start: Extents;
  readonly count: Extents;
}

/** Of every PV its free runs in PE order; runs that touch are one. */
type ByPv = ReadonlyMap<LvmId, readonly FreeArea[]>;

interface Run {
  readonly pvId: LvmId;
  readonly start: number;
  readonly end: number;
}

export class FreeExtents {
  private constructor(readonly byPv: ByPv) {}

  /** Undefined where extents are owned twice, or do not exist. */
  static of({ pvs, lvs }: Pick<VolumeGroup, 'pvs' | 'lvs'>): FreeExtents | undefined {
    const owned = ownedBounds(lvs);
    const byPv = new Map<LvmId, readonly FreeArea[]>();
    for (const { id, peCount } of pvs) {
      const free = gaps(id, peCount, owned.get(id) ?? []);
      if (!free) return undefined;
      byPv.set(id, free);
      owned.delete(id);
    }
    return owned.size === 0 ? new FreeExtents(byPv) : undefined;
  }

  /** The same refusals. */
  with(
    removed: readonly LogicalVolume[],
    added: readonly LogicalVolume[],
  ): FreeExtents | undefined {
    const byPv = new Map(this.byPv);
    for (const run of removed.flatMap(runsOf)) {
      byPv.set(run.pvId, withFreed(byPv.get(run.pvId) ?? [], run));
    }
    for (const run of added.flatMap(runsOf)) {
      const left = withTaken(byPv.get(run.pvId) ?? [], run);
      if (!left) return undefined;
      byPv.set(run.pvId, left);
    }
    return new FreeExtents(byPv);
  }
}

type Take = (pvId: LvmId, start: number, end: number) => void;

function eachRun(lv: LogicalVolume, take: Take): void {
  for (const segment of lv.segments) {
    if (segment.kind !== 'striped') continue;
    const count = segment.count / segment.areas.length;
    for (const area of segment.areas) {
      if (area.on === 'pv') take(area.pvId, area.start, area.start + count);
    }
  }
}

function runsOf(lv: LogicalVolume): readonly Run[] {
  const runs: Run[] = [];
  eachRun(lv, (pvId, start, end) => runs.push({ pvId, start, end }));
  return runs;
}

/** Starts and ends of all runs, in pairs: numbers, for they are many. */
function ownedBounds(lvs: readonly LogicalVolume[]): Map<LvmId, number[]> {
  const owned = new Map<LvmId, number[]>();
  const take: Take = (pvId, start, end) => {
    const list = owned.get(pvId);
    if (list) list.push(start, end);
    else owned.set(pvId, [start, end]);
  };
  for (const lv of lvs) eachRun(lv, take);
  return owned;
}

/** Runs that do not overlap have starts and ends that alternate, each sorted by itself. */
function gaps(
  pvId: LvmId,
  peCount: number,
  owned: readonly number[],
): readonly FreeArea[] | undefined {
  const runs = owned.length / 2;
  const starts = new Float64Array(runs + 1);
  const ends = new Float64Array(runs + 1);
  for (let index = 0; index < runs; index++) {
    starts[index] = owned[2 * index] ?? 0;
    ends[index + 1] = owned[2 * index + 1] ?? 0;
  }
  // What is behind the last run is a gap, too, and before the first.
  starts[runs] = peCount;
  if (starts.subarray(0, runs).some((start) => start >= peCount)) return undefined;
  starts.sort();
  ends.sort();
  const free: FreeArea[] = [];
  for (let index = 0; index <= runs; index++) {
    const [from, to] = [ends[index] ?? 0, starts[index] ?? 0];
    if (from > to) return undefined;
    if (to > from) free.push(area(pvId, from, to));
  }
  return free;
}

function withFreed(free: readonly FreeArea[], { pvId, start, end }: Run): readonly FreeArea[] {
  const before = free.filter((one) => one.start + one.count < start);
  const after = free.filter((one) => one.start > end);
  const touching = free.slice(before.length, free.length - after.length);
  const [first, last] = [touching[0], touching.at(-1)];
  const from = first ? Math.min(first.start, start) : start;
  const to = last ? Math.max(last.start + last.count, end) : end;
  return [...before, area(pvId, from, to), ...after];
}

/** Undefined where not all of the run is free. */
function withTaken(
  free: readonly FreeArea[],
  { pvId, start, end }: Run,
): readonly FreeArea[] | undefined {
  const at = free.findIndex((one) => one.start <= start && end <= one.start + one.count);
  const around = free[at];
  if (!around) return undefined;
  const left: FreeArea[] = [];
  if (around.start < start) left.push(area(pvId, around.start, start));
  const behind = around.start + around.count;
  if (end < behind) left.push(area(pvId, end, behind));
  return [...free.slice(0, at), ...left, ...free.slice(at + 1)];
}

const area = (pvId: LvmId, from: number, to: number): FreeArea => ({
  pvId,
  start: extents(from),
  count: extents(to - from),
});
