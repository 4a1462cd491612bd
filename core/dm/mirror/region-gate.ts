/**
 * Where another thread may write of a mirror, in memory that both see. The thread says that it
 * writes to a region before it looks at the region's state; who is going to copy the region changes
 * the state before it looks whether anybody writes: one of them always sees the other.
 */

/** Plain data, for the other thread. */
export interface RegionGate {
  /** Sectors. */
  readonly regionSize: number;
  /** Of each region, whom a write has to reach: an `Entry`, or `SHUT`. */
  readonly states: Uint8Array;
  /** Writes under way, of all regions together that have the same remainder by its length. */
  readonly writing: Int32Array;
  /** Since it was taken last: of each kind of request how many, and the last one's region. */
  readonly done: Int32Array;
}

/** Only the mirror itself may write there, and knows when. */
export const SHUT = 0;
/** Of a region that is not the same on all legs. */
export const FIRST_LEG = 1;
export const ALL_LEGS = 2;

/** As `SHUT`, and what is on the first leg is old: it may not be read either. */
export const HIDDEN = 3;

export type Entry = typeof FIRST_LEG | typeof ALL_LEGS;

/** Reads go to the first leg. */
export const DONE_KINDS = ['read', 'ahead', 'behind'] as const;
export type DoneKind = (typeof DONE_KINDS)[number];

const MOST_COUNTERS = 1024;

/** Shut everywhere. */
export function newGate(regionSize: number, regions: number): RegionGate {
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
  return {
    regionSize,
    states: new Uint8Array(shared(regions)),
    writing: new Int32Array(shared(4 * Math.min(regions, MOST_COUNTERS))),
    done: new Int32Array(shared(4 * 2 * DONE_KINDS.length)),
  };
}

/** Whether the thread may read the first leg. */
export const isShown = ({ states }: RegionGate, region: number): boolean =>
  Atomics.load(states, region) !== HIDDEN;

/** By the thread, before it writes. @returns undefined: it may not */
export function enter(gate: RegionGate, region: number): Entry | undefined {
  const { states, writing } = gate;
  Atomics.add(writing, region % writing.length, 1);
  const state = Atomics.load(states, region);
  if (state === FIRST_LEG || state === ALL_LEGS) {
    note(gate, state === ALL_LEGS ? 'behind' : 'ahead', region);
    return state;
  }
  leave(gate, region);
  return undefined;
}

/** To be called once of every write that has entered, when nothing of it is under way. */
export function leave({ writing }: RegionGate, region: number): void {
  Atomics.sub(writing, region % writing.length, 1);
}

/** The regions whose writes are counted together with those of one of them, itself included. */
export function* countedWith({ states, writing }: RegionGate, region: number): Iterable<number> {
  const first = region % writing.length;
  for (let one = first; one < states.length; one += writing.length) yield one;
}

/** Keeps all of them shut, which they may always be. */
export function shutWith(gate: RegionGate, region: number): void {
  for (const one of countedWith(gate, region)) Atomics.store(gate.states, one, SHUT);
}

/** Somebody may be writing to the region, or to one that is counted with it. */
export const isWriting = ({ writing }: RegionGate, region: number): boolean =>
  Atomics.load(writing, region % writing.length) > 0;

export function note({ done }: RegionGate, kind: DoneKind, region: number): void {
  const at = 2 * DONE_KINDS.indexOf(kind);
  Atomics.store(done, at + 1, region);
  Atomics.add(done, at, 1);
}

/** @returns undefined: nothing of the kind was done */
export function takeDone(
  { done }: RegionGate,
  kind: DoneKind,
): { readonly count: number; readonly region: number } | undefined {
  const at = 2 * DONE_KINDS.indexOf(kind);
  const count = Atomics.exchange(done, at, 0);
  return count === 0 ? undefined : { count, region: Atomics.load(done, at + 1) };
}
