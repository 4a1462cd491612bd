/** Segments cut in two, so that a part of one can lie elsewhere. */
import { extents } from '../../base/units.ts';
import type { Segment, StripedSegment } from '../format/model.ts';

/** Extents that a logical extent of it takes up, side by side: its stripes. */
const widthOf = (segment: StripedSegment): number => segment.areas.length;

/**
 * @param at extents of an area, counted from its start, in any order; those outside change nothing
 * @returns the same extents in order, with a border at each place
 */
export function cutSegment(segment: StripedSegment, at: readonly number[]): StripedSegment[] {
  const width = widthOf(segment);
  const length = segment.count / width;
  const inside = at.filter((one) => one > 0 && one < length);
  const borders = [0, ...[...new Set(inside)].sort((a, b) => a - b), length];
  return borders.slice(1).map((end, index) => {
    const from = borders[index] ?? 0;
    return {
      ...segment,
      start: extents(segment.start + from * width),
      count: extents((end - from) * width),
      areas: segment.areas.map((area) => ({ ...area, start: extents(area.start + from) })),
    };
  });
}

/** All of a volume: only striped segments are cut. @param at places in each */
export const cutSegments = (
  segments: readonly Segment[],
  at: (segment: StripedSegment) => readonly number[],
): readonly Segment[] =>
  segments.flatMap((one): readonly Segment[] =>
    one.kind === 'striped' ? cutSegment(one, at(one)) : [one],
  );
