/** A volume, or a part of it, in one piece: where that takes the least moving. */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { findLv, lvExtentCount, type VolumeGroup } from '../format/model.ts';
import { arrange } from './arrange.ts';
import { Board, endOf } from './board.ts';
import type { Gap } from './gaps.ts';
import { barred } from './settle.ts';
import { tracksOf, type LogicalPart, type Track } from './tracks.ts';
import type { NoPlan, Place, Planning } from './types.ts';

export function makeContiguous(
  vg: VolumeGroup,
  { lv: name, part }: { readonly lv: string; readonly part?: LogicalPart },
  planning: Planning,
): Result<Board, NoPlan> {
  const lv = findLv(vg, name);
  if (!lv) return err({ why: 'no-such-lv', lv: name });
  if (part && (part.count < 1 || part.first + part.count > lvExtentCount(lv))) {
    return err({ why: 'outside', first: part.first, last: part.first + part.count - 1 });
  }
  const board = new Board(vg);
  for (const track of tracksOf(vg, lv, part)) {
    if (isWhole(track)) continue;
    for (const piece of track) {
      const reason = board.reasonToStay(piece);
      if (reason) return err({ why: 'stays', piece, reason });
    }
    const place = bestPlace(board, track, planning);
    if (!place) return err({ why: 'unplaced', lv: track[0]?.lv ?? name, count: lengthOf(track) });
    const { pvId, start } = place;
    const transfers = offsetsIn(track).map(({ piece, at }) => ({
      piece,
      to: { pvId, start: start + at },
    }));
    const done = arrange(board, transfers, planning);
    if (!done.ok) return done;
  }
  return ok(board);
}

const lengthOf = (track: Track): number => track.reduce((sum, { count }) => sum + count, 0);

const isWhole = (track: Track): boolean =>
  track.every((piece, index) => {
    const next = track[index + 1];
    return !next || (next.pvId === piece.pvId && next.start === endOf(piece));
  });

/** Each piece with the extents of the track that come before it. */
function offsetsIn(track: Track) {
  let at = 0;
  return track.map((piece) => {
    const placed = { piece, at };
    at += piece.count;
    return placed;
  });
}

/** The place to which the fewest extents travel; undefined: it has none. */
function bestPlace(board: Board, track: Track, planning: Planning): Place | undefined {
  const count = lengthOf(track);
  const placed = offsetsIn(track);
  const travels = (place: Place): number =>
    placed
      .filter(({ piece, at }) => piece.pvId !== place.pvId || piece.start !== place.start + at)
      .reduce((sum, { piece }) => sum + piece.count, 0);
  let best: (Place & { readonly cost: number }) | undefined;
  for (const pvId of planning.open) {
    if (track.some((piece) => barred(board, piece, pvId, planning))) continue;
    const anchors = placed.flatMap(({ piece, at }) =>
      piece.pvId === pvId ? [piece.start - at] : [],
    );
    for (const { start, end } of spacesFor(board, track, pvId)) {
      const starts = [start, ...anchors].filter((one) => one >= start && one + count <= end);
      for (const one of new Set(starts)) {
        const cost = travels({ pvId, start: one });
        if (!best || cost < best.cost) best = { pvId, start: one, cost };
      }
    }
  }
  return best;
}

/** What is free of a PV, or the track's own. */
function spacesFor(board: Board, track: Track, pvId: LvmId): readonly Gap[] {
  const own = track
    .filter((piece) => piece.pvId === pvId)
    .map((piece) => ({ start: piece.start, end: endOf(piece) }));
  const spaces: { start: number; end: number }[] = [];
  for (const { start, end } of [...board.gapsOf(pvId).all, ...own].sort(
    (a, b) => a.start - b.start,
  )) {
    const last = spaces.at(-1);
    if (last?.end === start) last.end = end;
    else spaces.push({ start, end });
  }
  return spaces;
}
