/** A group while moves are planned: which piece is where, what is free, and who is beside whom. */
import { assert, must } from '../../base/assert.ts';
import type { LvmId } from '../../base/ids.ts';
import { pvRunsOf } from '../format/pv-map.ts';
import type { VolumeGroup } from '../format/model.ts';
import { Gaps, type Gap } from './gaps.ts';
import { Kin } from './kin.ts';
import { stayReasons } from './stays.ts';
import type { Kinship, Move, Piece, StayReason } from './types.ts';

export class Board {
  readonly moves: Move[] = [];
  private readonly pieces = new Map<LvmId, Piece[]>();
  private readonly gaps = new Map<LvmId, Gaps>();
  private readonly kin: Kin;
  private readonly staying: ReadonlyMap<string, StayReason>;
  /** PVs whose runs are not known exactly. */
  private readonly vague = new Set<string>();

  /** @param vg sound: no extent has two owners */
  constructor(readonly vg: VolumeGroup) {
    this.kin = new Kin(vg);
    this.staying = stayReasons(vg);
    const runs = pvRunsOf(vg);
    for (const pv of vg.pvs) {
      const own: Piece[] = [];
      const free: Gap[] = [];
      let end = 0;
      for (const run of runs.get(pv.id) ?? []) {
        const { start, count, lv, segment, area, exact } = run;
        if (!exact) this.vague.add(lv);
        const piece = { pvId: pv.id, start, count, lv, segment, area, offset: 0 };
        own.push(piece);
        this.kin.arrive(piece);
        if (start > end) free.push({ start: end, end: start });
        end = Math.max(end, start + count);
      }
      if (pv.peCount > end) free.push({ start: end, end: pv.peCount });
      this.pieces.set(pv.id, own);
      this.gaps.set(pv.id, new Gaps(free));
    }
  }

  /** In PE order; pieces that only begin or end within are cut. */
  piecesOn(pvId: LvmId, { start, end }: Gap = { start: 0, end: Infinity }): readonly Piece[] {
    return this.listOf(pvId).flatMap((piece) => {
      const from = Math.max(piece.start, start);
      const to = Math.min(piece.start + piece.count, end);
      return from < to ? [cut(piece, from - piece.start, to - from)] : [];
    });
  }

  gapsOf(pvId: LvmId): Gaps {
    return must(this.gaps.get(pvId), 'the gaps of a PV');
  }

  reasonToStay({ lv }: Pick<Piece, 'lv'>): StayReason | undefined {
    return this.vague.has(lv) ? 'unsupported' : this.staying.get(lv);
  }

  met(piece: Piece, pvId: LvmId): Kinship | undefined {
    return this.kin.met(piece, pvId);
  }

  /** @param piece as it is now, whole or a part of what is there */
  move(move: Omit<Move, 'anywhere'>): void {
    const { piece, to } = move;
    const { count } = piece;
    const anywhere = piece.pvId === to.pvId || this.kin.excludes(piece, to.pvId);
    this.gapsOf(to.pvId).take(to.start, to.start + count);
    this.remove(piece);
    this.gapsOf(piece.pvId).give(piece.start, piece.start + count);
    this.insert({ ...piece, ...to });
    this.moves.push(anywhere ? { ...move, anywhere } : move);
  }

  private remove(piece: Piece): void {
    const list = this.listOf(piece.pvId);
    const at = lastUpTo(list, piece.start);
    const whole = list[at];
    assert(whole !== undefined && contains(whole, piece), 'a piece is not where it should be');
    const before = piece.start - whole.start;
    const behind = whole.count - before - piece.count;
    const left = [cut(whole, 0, before), cut(whole, before + piece.count, behind)];
    list.splice(at, 1, ...left.filter(({ count }) => count > 0));
    this.kin.leave(piece);
  }

  /** Pieces that continue one another are one. */
  private insert(piece: Piece): void {
    const list = this.listOf(piece.pvId);
    const at = lastUpTo(list, piece.start) + 1;
    const [before, after] = [list[at - 1], list[at]];
    const joinsBefore = before !== undefined && continues(before, piece);
    const joinsAfter = after !== undefined && continues(piece, after);
    let joined = piece;
    if (joinsBefore) joined = { ...before, count: before.count + joined.count };
    if (joinsAfter) joined = { ...joined, count: joined.count + after.count };
    const from = joinsBefore ? at - 1 : at;
    list.splice(from, Number(joinsBefore) + Number(joinsAfter), joined);
    this.kin.arrive(piece);
  }

  private listOf(pvId: LvmId): Piece[] {
    return must(this.pieces.get(pvId), 'the pieces of a PV');
  }
}

export const endOf = ({ start, count }: Pick<Piece, 'start' | 'count'>): number => start + count;

/** A part of a piece. @param from extents into it */
export const cut = (piece: Piece, from: number, count: number): Piece => ({
  ...piece,
  start: piece.start + from,
  offset: piece.offset + from,
  count,
});

export const sameArea = (a: Piece, b: Piece): boolean =>
  a.lv === b.lv && a.segment === b.segment && a.area === b.area;

/** The second is the same area's next extents, and lies right behind. */
const continues = (a: Piece, b: Piece): boolean =>
  sameArea(a, b) && a.offset + a.count === b.offset && endOf(a) === b.start;

const contains = (whole: Piece, part: Piece): boolean =>
  sameArea(whole, part) &&
  part.start - whole.start === part.offset - whole.offset &&
  endOf(part) <= endOf(whole);

/** Index of the last piece that begins at or before an extent; -1: none does. */
function lastUpTo(list: readonly Piece[], extent: number): number {
  let [low, high] = [-1, list.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((list[middle]?.start ?? 0) <= extent) low = middle;
    else high = middle - 1;
  }
  return low;
}
