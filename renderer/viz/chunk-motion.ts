/**
 * Chunks of a snapshot in motion. A first write is seen in the order in which the engine does it:
 * the chunk goes from the origin into the store, the exception is recorded, then the write passes;
 * a merge is seen to flow back. The engine does this in less than a frame, or a slow disk keeps it
 * waiting: no part takes less time than here, and none is over before the engine says so. What is
 * drawn is a function of this and the time alone. Times in milliseconds of any one clock.
 */
import type { KeptChunks, SnapshotState } from '../../core/contract/snapshots.ts';

/** A run of chunks on its way. */
export interface Flight extends KeptChunks {
  readonly way: 'out' | 'back';
  readonly begun: number;
  /** When the engine was first seen to be past that; Infinity: it is not. */
  readonly copied: number;
  readonly recorded: number;
}

export interface ChunkMotion {
  readonly snapshot: SnapshotState;
  /** In the order in which they were seen to begin. */
  readonly flights: readonly Flight[];
}

/**
 * Where a flight is: `copy` on its way, `record` its exception is written down, `write` what had to
 * wait for that passes, `fresh` it is done and ages. A flight back is copied, and ages.
 */
export interface FlightLook {
  readonly flight: Flight;
  readonly part: 'copy' | 'record' | 'write' | 'fresh';
  /** 0 to 1: how much of that part is over. */
  readonly share: number;
}

export const COPY = 600;
export const RECORD = 450;
export const WRITE = 450;
export const AGE = 1500;
/** More at once are just there: nobody could follow. */
const MOST_FLIGHTS = 6;

export const stillChunks = (snapshot: SnapshotState): ChunkMotion => ({ snapshot, flights: [] });

/** The snapshot as it is now. Another target, or one of another store, begins anew. */
export function followedChunks(
  motion: ChunkMotion,
  snapshot: SnapshotState,
  now: number,
): ChunkMotion {
  const before = motion.snapshot;
  if (before === snapshot) return motion;
  const same =
    before.device === snapshot.device &&
    before.start === snapshot.start &&
    before.store === snapshot.store &&
    before.role === snapshot.role;
  // What is invalid keeps nothing: what was on its way has come to nothing.
  if (!same || snapshot.condition === 'invalid') return stillChunks(snapshot);
  const known = settledChunks(motion, now).flights.map((one) => advanced(one, snapshot, now));
  const isKnown = (oldChunk: number): boolean =>
    known.some((one) => oldChunk >= one.oldChunk && oldChunk < one.oldChunk + one.count);
  const begun = [...begunOut(before, snapshot, now), ...begunBack(before, snapshot, now)];
  const fresh = begun.filter(({ oldChunk }) => !isKnown(oldChunk));
  // Of what came all at once the last is followed; the others are on the map.
  const flights = [...known, ...fresh.slice(-Math.max(1, MOST_FLIGHTS - known.length))];
  return { snapshot, flights: flights.slice(-MOST_FLIGHTS) };
}

/** What the engine says of it by now. */
function advanced(flight: Flight, { underWay, merging }: SnapshotState, now: number): Flight {
  if (flight.way === 'back') {
    const still = merging?.oldChunk === flight.oldChunk;
    return still ? flight : { ...flight, copied: Math.min(flight.copied, now) };
  }
  const at = underWay.find(({ oldChunk }) => oldChunk === flight.oldChunk);
  if (at?.stage === 'copying') return flight;
  const copied = Math.min(flight.copied, now);
  return { ...flight, copied, recorded: at ? Infinity : Math.min(flight.recorded, now) };
}

/** What is under way, and what has come and is kept by now; the oldest first. */
function begunOut(before: SnapshotState, after: SnapshotState, now: number): readonly Flight[] {
  if (after.role === 'merge') return [];
  const more = Math.max(0, after.exceptions - before.exceptions);
  const came = after.recent.slice(0, more).map((one) => ({
    ...{ way: 'out' as const, oldChunk: one.oldChunk, newChunk: one.newChunk, count: 1 },
    ...{ begun: now, copied: now, recorded: now },
  }));
  const under = after.underWay.map(({ oldChunk, newChunk, count, stage }) => ({
    ...{ way: 'out' as const, oldChunk, newChunk, count, begun: now, recorded: Infinity },
    copied: stage === 'copying' ? Infinity : now,
  }));
  return [...joined(came.toReversed()), ...under];
}

/** Neighbours that came together are one run, as the engine copied them. */
function joined(flights: readonly Flight[]): readonly Flight[] {
  const runs: Flight[] = [];
  for (const one of flights) {
    const last = runs.at(-1);
    if (last && follows(last, one)) {
      runs[runs.length - 1] = { ...last, count: last.count + one.count };
    } else runs.push(one);
  }
  return runs;
}

const follows = (run: Flight, { oldChunk, newChunk }: Flight): boolean =>
  oldChunk === run.oldChunk + run.count && newChunk === run.newChunk + run.count;

function begunBack(
  { merging: before }: SnapshotState,
  { merging }: SnapshotState,
  now: number,
): readonly Flight[] {
  if (!merging || merging.oldChunk === before?.oldChunk) return [];
  const { oldChunk, newChunk, count } = merging;
  const ends = { begun: now, copied: Infinity, recorded: Infinity };
  return [{ way: 'back', oldChunk, newChunk, count, ...ends }];
}

/** Without what is over. */
export function settledChunks(motion: ChunkMotion, now: number): ChunkMotion {
  const flights = motion.flights.filter((one) => lookAt(one, now) !== undefined);
  return flights.length === motion.flights.length ? motion : { ...motion, flights };
}

export const hasFlights = ({ flights }: ChunkMotion, now: number): boolean =>
  flights.some((one) => lookAt(one, now) !== undefined);

/** Of those that are not over. */
export const flightLooks = ({ flights }: ChunkMotion, now: number): readonly FlightLook[] =>
  flights.flatMap((one) => lookAt(one, now) ?? []);

/** Undefined: it is over. */
export function lookAt(flight: Flight, now: number): FlightLook | undefined {
  const copied = Math.max(flight.begun + COPY, flight.copied);
  if (now < copied) return { flight, part: 'copy', share: share(now - flight.begun, COPY) };
  if (flight.way === 'back') return aged(flight, now - copied);
  const recorded = Math.max(copied + RECORD, flight.recorded);
  if (now < recorded) return { flight, part: 'record', share: share(now - copied, RECORD) };
  const written = recorded + WRITE;
  if (now < written) return { flight, part: 'write', share: share(now - recorded, WRITE) };
  return aged(flight, now - written);
}

const aged = (flight: Flight, past: number): FlightLook | undefined =>
  past < AGE ? { flight, part: 'fresh', share: share(past, AGE) } : undefined;

const share = (past: number, of: number): number => Math.min(1, Math.max(0, past / of));
