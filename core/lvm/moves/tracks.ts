/** What of a volume can lie in one piece: each stripe, each leg and each log for itself. */
import { partsBelow } from '../format/mirror-parts.ts';
import {
  findLv,
  type LogicalVolume,
  type StripedSegment,
  type VolumeGroup,
} from '../format/model.ts';
import type { Piece } from './types.ts';

/** Logical extents of a volume. */
export interface LogicalPart {
  readonly first: number;
  readonly count: number;
}

/** Pieces in the order in which they follow one another. */
export type Track = readonly Piece[];

/** Tracks of a volume and of all that it is made of; of a part of it those of this part. */
export function tracksOf(vg: VolumeGroup, lv: LogicalVolume, part?: LogicalPart): readonly Track[] {
  const below = partsBelow(vg, lv);
  // A part of a log would be a part of what it notes.
  const names = part ? below.filter((name) => !name.includes('_mlog')) : below;
  return [lv.name, ...names].flatMap((name) => {
    const own = findLv(vg, name);
    return own ? ownTracks(own, part) : [];
  });
}

function ownTracks(lv: LogicalVolume, part: LogicalPart | undefined): readonly Track[] {
  const tracks: Piece[][] = [];
  let current: Piece[][] = [];
  let before: StripedSegment | undefined;
  for (const [index, segment] of lv.segments.entries()) {
    if (segment.kind !== 'striped') {
      before = undefined;
      continue;
    }
    // Another number of stripes is another layout: what is before it ends there.
    if (before?.areas.length !== segment.areas.length) {
      current = segment.areas.map(() => []);
      tracks.push(...current);
    }
    before = segment;
    for (const piece of piecesOf(lv.name, segment, index, part)) current[piece.area]?.push(piece);
  }
  return tracks.filter((track) => track.length > 0);
}

function piecesOf(
  lv: string,
  segment: StripedSegment,
  index: number,
  part: LogicalPart = { first: 0, count: Infinity },
): readonly Piece[] {
  const stripes = segment.areas.length;
  const rows = segment.count / stripes;
  const first = Math.max(0, Math.floor((part.first - segment.start) / stripes));
  const last = Math.min(rows, Math.ceil((part.first + part.count - segment.start) / stripes));
  if (first >= last) return [];
  return segment.areas.flatMap((area, number) =>
    area.on === 'pv'
      ? {
          pvId: area.pvId,
          start: area.start + first,
          count: last - first,
          lv,
          segment: index,
          area: number,
          offset: first,
        }
      : [],
  );
}
