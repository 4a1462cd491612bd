/**
 * The piece of a move that is being copied, in motion. The engine says several times a second which
 * regions have arrived. Where few do, each is seen to travel; where many do, a front moves. What is
 * drawn is a function of this and the time alone. Times in milliseconds of any one clock.
 */
import type { MirrorState, WritesMet } from '../../core/contract/mirrors.ts';

interface Change {
  /** When it was first seen to leave. */
  readonly at: number;
  readonly travels: boolean;
}

type MetKind = keyof WritesMet;

export interface MoveMotion {
  readonly mirror: MirrorState;
  /** Cells that left not long ago. */
  readonly changes: ReadonlyMap<number, Change>;
  /** Where the front was when it last moved on, as a share of the piece, and when that was. */
  readonly from: number;
  readonly at: number;
  /** When the last write of each kind was first seen. */
  readonly met: ReadonlyMap<MetKind, number>;
}

/** How a cell looks on both sides. */
export interface MoveLook {
  /** 0: all of it is at the source, 1: it has left. */
  readonly left: number;
  /** At the destination. */
  readonly arrived: boolean;
  /** 1: just arrived, 0: long ago or never. */
  readonly fresh: number;
}

/** How long a region is seen to travel. */
export const TRAVEL = 600;
/** How long it can be told from what arrived before. */
const AGE = 1500;
/** How long the front takes to where it was last said to be: until the next time it is said. */
const GLIDE = 150;
/** More at once do not travel one by one: nobody could follow. */
export const MOST_TRAVELLING = 8;

const frontOf = ({ inSync, regions }: MirrorState): number => (regions ? inSync / regions : 1);

export const stillMove = (mirror: MirrorState): MoveMotion => ({
  mirror,
  changes: new Map(),
  from: frontOf(mirror),
  at: -Infinity,
  met: new Map(),
});

/** The mirror as it is now. Another piece begins anew. */
export function followedMove(motion: MoveMotion, mirror: MirrorState, now: number): MoveMotion {
  const before = motion.mirror;
  if (before === mirror) return motion;
  const same = before.device === mirror.device && before.start === mirror.start;
  if (!same || before.cells.length !== mirror.cells.length) return stillMove(mirror);
  const settled = settledMove(motion, now);
  const left = cellsThatLeft(before, mirror);
  const underWay = [...settled.changes.values()].filter(({ at }) => now < at + TRAVEL).length;
  const travels = left.length + underWay <= MOST_TRAVELLING;
  const changes = new Map(settled.changes);
  for (const cell of left) changes.set(cell, { at: now, travels });
  const goesOn = frontOf(before) !== frontOf(mirror);
  return {
    mirror,
    changes,
    from: goesOn ? frontAt(motion, now) : motion.from,
    at: goesOn ? now : motion.at,
    met: seenWrites(settled, mirror, now),
  };
}

const isThere = (letter: string | undefined): boolean => letter === 'c' || letter === 'd';

function cellsThatLeft(before: MirrorState, after: MirrorState): readonly number[] {
  const cells: number[] = [];
  for (let cell = 0; cell < after.cells.length; cell++) {
    if (before.cells[cell] === 'n' && after.cells[cell] !== 'n') cells.push(cell);
  }
  return cells;
}

function seenWrites({ mirror: { met }, met: seen }: MoveMotion, after: MirrorState, now: number) {
  const kinds = (['ahead', 'at', 'behind'] as const).filter(
    (kind) => (after.met?.[kind]?.count ?? 0) > (met?.[kind]?.count ?? 0),
  );
  return kinds.length === 0
    ? seen
    : new Map([...seen, ...kinds.map((kind) => [kind, now] as const)]);
}

/** Without what is over. */
export function settledMove(motion: MoveMotion, now: number): MoveMotion {
  const changes = [...motion.changes].filter(([, { at }]) => now < at + TRAVEL + AGE);
  if (changes.length === motion.changes.size) return motion;
  return { ...motion, changes: new Map(changes) };
}

/** Something will look different a moment later. */
export const isMoving = ({ changes, at, met }: MoveMotion, now: number): boolean =>
  now < at + GLIDE ||
  [...changes.values()].some((one) => now < one.at + TRAVEL + AGE) ||
  [...met.values()].some((seen) => now < seen + AGE);

/** Where the front is drawn: 0 to 1, as a share of the piece. */
export function frontAt({ mirror, from, at }: MoveMotion, now: number): number {
  const to = frontOf(mirror);
  return from + (to - from) * share(now - at, GLIDE);
}

export function lookAt({ mirror, changes }: MoveMotion, cell: number, now: number): MoveLook {
  const letter = mirror.cells[cell];
  const change = changes.get(cell);
  if (letter === 'n' || (letter === 'r' && !change)) return { left: 0, arrived: false, fresh: 0 };
  if (!change) return { left: 1, arrived: true, fresh: 0 };
  const past = now - change.at;
  const underWay = change.travels ? TRAVEL : 0;
  const arrived = isThere(letter) && past >= underWay;
  const fresh = arrived ? 1 - share(past - underWay, AGE) : 0;
  return { left: letter === 'r' ? 0 : share(past, TRAVEL), arrived, fresh };
}

/** Cells that travel, and how far they are, 0 to 1. */
export function travelling(
  { changes }: MoveMotion,
  now: number,
): readonly { readonly cell: number; readonly part: number }[] {
  return [...changes].flatMap(([cell, { at, travels }]) =>
    travels && now >= at && now < at + TRAVEL ? { cell, part: (now - at) / TRAVEL } : [],
  );
}

/** Where writes landed lately: their region, and 1 to 0 how long ago that was. */
export function landings(
  { mirror, met }: MoveMotion,
  now: number,
): readonly { readonly kind: MetKind; readonly region: number; readonly fresh: number }[] {
  return [...met].flatMap(([kind, at]) => {
    const region = mirror.met?.[kind]?.region;
    const fresh = 1 - share(now - at, AGE);
    return region === undefined || fresh <= 0 ? [] : { kind, region, fresh };
  });
}

const share = (past: number, of: number): number => Math.min(1, Math.max(0, past / of));
