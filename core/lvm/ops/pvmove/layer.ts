/** The volume through which extents move, and what lies on it: versions with and without. */
import { must } from '../../../base/assert.ts';
import type { LvmId } from '../../../base/ids.ts';
import { extents, type Sectors } from '../../../base/units.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { reloadSteps, type Reload } from '../../activate/steps.ts';
import type {
  Area,
  LogicalVolume,
  MirrorSegment,
  Segment,
  StripedSegment,
  VolumeGroup,
} from '../../format/model.ts';
import { findLv } from '../../format/model.ts';
import { isMoved, moversOf } from '../../format/pvmove.ts';
import { cutSegment, cutSegments } from '../cut-segments.ts';
import { errorSegment, imageName, lvNamed, withLvs } from '../mirror/parts.ts';
import { mergeAdjacent } from '../place.ts';
import { isRefusal, type Stages } from '../stages.ts';
import type { Placed } from './destination.ts';

/** `pvmove0`, or the first number that is free: another move may have left its images. */
export function layerName(vg: VolumeGroup): string {
  for (let number = 0; ; number++) {
    const name = `pvmove${number}`;
    const own = [name, imageName(name, 0), imageName(name, 1)];
    if (!own.some((one) => findLv(vg, one))) return name;
  }
}

/** One mirror for each run: its source and its destination. */
export function moveSegments(
  placed: readonly Placed[],
  regionSize: Sectors,
): readonly MirrorSegment[] {
  let end = 0;
  return placed.map(({ from, to, count }) => {
    const start = extents(end);
    end += count;
    return {
      kind: 'mirror',
      start,
      count,
      tags: [],
      areas: [
        { on: 'pv', ...from },
        { on: 'pv', ...to },
      ],
      regionSize,
      extentsMoved: extents(0),
      extra: [],
    };
  });
}

/** Linear runs one after the other: an image of a move that is one mirror. */
export function runsOf(placed: readonly Placed[], side: 'from' | 'to'): readonly StripedSegment[] {
  let end = 0;
  return placed.map(({ count, [side]: area }) => {
    const start = extents(end);
    end += count;
    const areas = [{ on: 'pv', ...area } as const];
    return { kind: 'striped', start, count, tags: [], stripeSize: NONE, areas, extra: [] };
  });
}

const NONE = 0 as Sectors;

/** The volumes on the layer are cut where its pieces are: each lies on one piece of it. */
export function cutAlong(
  vg: VolumeGroup,
  layer: string,
  pieces: readonly { readonly start: number }[],
): VolumeGroup {
  const changed = moversOf(vg, layer).map((name) => {
    const lv = lvNamed(vg, name);
    const segments = cutSegments(lv.segments, ({ areas }) =>
      areas.flatMap((area) =>
        isOn(area, layer) ? pieces.map(({ start }) => start - area.start) : [],
      ),
    );
    return { ...lv, segments };
  });
  return withLvs(vg, ...changed);
}

const isOn = (area: Area, layer: string): boolean => area.on === 'lv' && area.lv === layer;

/**
 * The volumes lie on PVs again: what is moved at its destination, all else where it was. The layer
 * is left with an error.
 */
export function withoutLayer(vg: VolumeGroup, layer: LogicalVolume): VolumeGroup {
  const runs = layer.segments.flatMap((piece) => runsBelow(vg, piece));
  const changed = moversOf(vg, layer.name).map((name) => {
    const lv = lvNamed(vg, name);
    const segments = lv.segments.flatMap((one): readonly Segment[] =>
      one.kind === 'striped' ? lowered(one, layer.name, runs) : [one],
    );
    const status = lv.status.filter((word) => word !== 'LOCKED');
    return { ...lv, segments: mergeAdjacent(segments), status };
  });
  const status = layer.status.filter((word) => word !== 'LOCKED' && word !== 'PVMOVE');
  const left = { ...layer, status, segments: [errorSegment(extents(1))] };
  return withLvs(vg, ...changed, left);
}

/** Where extents of the layer lie. */
interface Run {
  /** In the layer. */
  readonly start: number;
  readonly count: number;
  readonly pvId: LvmId;
  /** On the PV. */
  readonly at: number;
}

/** The side of a piece that has its data. */
function runsBelow(vg: VolumeGroup, piece: Segment): readonly Run[] {
  const { start, count } = piece;
  const area = piece.kind === 'mirror' ? sideOf(piece) : linearOf(piece);
  if (area?.on === 'pv') return [{ start, count, pvId: area.pvId, at: area.start }];
  const below = area ? lvNamed(vg, area.lv).segments.flatMap((one) => runsBelow(vg, one)) : [];
  return below.map((run) => ({ ...run, start: start + run.start }));
}

const sideOf = (piece: MirrorSegment): Area | undefined =>
  isMoved(piece) ? piece.areas.at(-1) : piece.areas[0];

const linearOf = (segment: Segment): Area | undefined =>
  segment.kind === 'striped' && segment.areas.length === 1 ? segment.areas[0] : undefined;

function lowered(
  segment: StripedSegment,
  layer: string,
  runs: readonly Run[],
): readonly StripedSegment[] {
  const borders = segment.areas.flatMap((area) =>
    isOn(area, layer) ? runs.map(({ start }) => start - area.start) : [],
  );
  return cutSegment(segment, borders).map((part) => ({
    ...part,
    areas: part.areas.map((area): Area => {
      if (!isOn(area, layer)) return area;
      const run = runs.find(
        ({ start, count }) => start <= area.start && area.start < start + count,
      );
      const { pvId, at, start } = must(run, 'a place of the layer');
      return { on: 'pv', pvId, start: extents(at + area.start - start) };
    }),
  }));
}

/**
 * New tables for all of these that are active, in one cycle.
 * @param movers volumes that lie on the layer, before or after
 * @param gone volumes that leave, with what they are left with in `next`
 */
export function reloadAll(
  stages: Stages,
  next: VolumeGroup,
  movers: readonly string[],
  gone: readonly string[] = [],
): Reload | VolumeError {
  const { era } = stages.context;
  const trees = [];
  for (const name of movers.filter((one) => stages.isActive(lvNamed(next, one)))) {
    const root = stages.tree(next, name);
    const before = stages.tree(stages.vg, name);
    if (isRefusal(root)) return root;
    if (isRefusal(before)) return before;
    trees.push({ root, before });
  }
  const detached = [];
  for (const name of gone.filter((one) => stages.isActive(lvNamed(next, one)))) {
    const tree = stages.tree(next, name);
    if (isRefusal(tree)) return tree;
    detached.push(tree);
  }
  const [first, ...beside] = trees;
  const shared = { detached, ...(era ? { era } : {}) };
  if (first) return reloadSteps(first.root, stages.kernel, { ...shared, ...first, beside });
  const [alone] = detached;
  return alone ? reloadSteps(alone, stages.kernel, shared) : NOTHING;
}

const NOTHING: Reload = { preload: [], suspend: [], resume: [] };
