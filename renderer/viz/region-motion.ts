/**
 * A mirror's regions in motion. The engine says several times a second how they are; what has just
 * changed is bright and ages, a copy that has begun is seen to cross, and the last read is marked
 * for longer than it took. What is drawn is a function of this and the time alone. Times in
 * milliseconds of any one clock.
 */
import type { MirrorState } from '../../core/contract/mirrors.ts';
import { cellOfRegion } from './region-cells.ts';

export interface RegionMotion {
  readonly mirror: MirrorState;
  /** Cells that changed not long ago: what they were, and when. */
  readonly changes: ReadonlyMap<number, CellChange>;
  /** When the last read was first seen. */
  readonly readAt: number;
}

interface CellChange {
  readonly from: string;
  readonly at: number;
}

/** How one cell looks. */
export interface CellLook {
  /** 1: just changed, 0: long ago or never. */
  readonly fresh: number;
  /** 0 to 1: how far the copy has been seen to cross; 1 also where nothing crosses. */
  readonly crossed: number;
}

/** How long a change is seen. */
export const AGE = 1500;
/** How long a copy takes to cross from leg to leg. */
const CROSSING = 300;
/** More than this are just there: where everything is bright nothing stands out. */
const MOST_FRESH = 48;
/** More at once are not shown crossing one by one: nobody could follow. */
const MOST_CROSSING = 8;

export const stillRegions = (mirror: MirrorState): RegionMotion => ({
  mirror,
  changes: new Map(),
  readAt: -Infinity,
});

/** The mirror as it is now. Another target, or one of another size, begins anew. */
export function followedRegions(
  motion: RegionMotion,
  mirror: MirrorState,
  now: number,
): RegionMotion {
  const before = motion.mirror;
  if (before === mirror) return motion;
  const same = before.device === mirror.device && before.start === mirror.start;
  if (!same || before.cells.length !== mirror.cells.length) return stillRegions(mirror);
  const changes = new Map(settledRegions(motion, now).changes);
  for (let cell = 0; cell < mirror.cells.length; cell++) {
    const from = before.cells[cell];
    if (from !== undefined && from !== mirror.cells[cell]) changes.set(cell, { from, at: now });
  }
  if (changes.size > MOST_FRESH) changes.clear();
  return { mirror, changes, readAt: isNewRead(before, mirror) ? now : motion.readAt };
}

/** The same place again is a new read when its leg has been read from since. */
function isNewRead(before: MirrorState, { lastRead, legs }: MirrorState): boolean {
  if (!lastRead) return false;
  const { leg, region } = before.lastRead ?? { leg: -1, region: -1 };
  if (leg !== lastRead.leg || region !== lastRead.region) return true;
  return before.legs[leg]?.reads !== legs[leg]?.reads;
}

/** Without what is over. */
export function settledRegions(motion: RegionMotion, now: number): RegionMotion {
  const changes = [...motion.changes].filter(([, { at }]) => now < at + AGE);
  if (changes.length === motion.changes.size) return motion;
  return { ...motion, changes: new Map(changes) };
}

/** Something will look different a moment later. */
export const isMoving = ({ changes, readAt }: RegionMotion, now: number): boolean =>
  now < readAt + AGE || [...changes.values()].some(({ at }) => now < at + AGE);

/** Looks of the cells at one moment; cells that are not named changed long ago. */
export function looksAt(
  { mirror, changes }: RegionMotion,
  now: number,
): ReadonlyMap<number, CellLook> {
  const seen = [...changes].filter(([, { at }]) => now < at + AGE);
  const begun = (cell: number, at: number): boolean =>
    mirror.cells[cell] === 'r' && now < at + CROSSING;
  const crossing = seen.filter(([cell, { at }]) => begun(cell, at)).length;
  const looks = new Map<number, CellLook>();
  for (const [cell, { at }] of seen) {
    const fresh = 1 - share(now - at, AGE);
    const crosses = crossing <= MOST_CROSSING && begun(cell, at);
    looks.set(cell, { fresh, crossed: crosses ? share(now - at, CROSSING) : 1 });
  }
  return looks;
}

/** The mark of the last read: its leg and cell, and 1 to 0 how fresh it is. */
export function readMark(
  { mirror, readAt }: RegionMotion,
  now: number,
): { readonly leg: number; readonly cell: number; readonly fresh: number } | undefined {
  const { lastRead } = mirror;
  if (!lastRead) return undefined;
  const cell = cellOfRegion(mirror, lastRead.region);
  return { leg: lastRead.leg, cell, fresh: 1 - share(now - readAt, AGE) };
}

const share = (past: number, of: number): number => Math.min(1, Math.max(0, past / of));
