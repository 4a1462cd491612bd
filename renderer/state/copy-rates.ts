/** How fast mirrors are copied and stores fill, from how far they were at several times. */
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { SnapshotState } from '../../core/contract/snapshots.ts';

/** Something that goes on, as it is at one moment. */
export interface Progress {
  readonly key: string;
  /** Regions in sync, or sectors of a store: it only grows, or begins anew. */
  readonly done: number;
  /** The throttle; `held`: nothing is copied. */
  readonly limit: number | 'held' | undefined;
}

interface Sample {
  /** Microseconds since the engine started. */
  readonly at: number;
  readonly done: number;
  readonly limit: Progress['limit'];
}

/** By what goes on, the oldest first. */
export type CopySamples = ReadonlyMap<string, readonly Sample[]>;

/** Long enough to even out a slow throttle, short enough to follow a change of it. */
export const WINDOW_MICROS = 5_000_000;
/** Of a shorter time nothing is said: it would be another number each moment. */
const LEAST_MICROS = 500_000;

export const mirrorKey = ({ device, start }: Pick<MirrorState, 'device' | 'start'>): string =>
  `${device} ${start}`;

/** Of all that are not in sync yet. */
export const copiesOf = (mirrors: readonly MirrorState[]): readonly Progress[] =>
  mirrors
    .filter(({ inSync, regions }) => inSync < regions)
    .map((mirror) => ({
      key: mirrorKey(mirror),
      done: mirror.inSync,
      limit: mirror.waits ? ('held' as const) : mirror.limit,
    }));

/** A snapshot fills its store, a merge empties it. */
export const storesOf = (snapshots: readonly SnapshotState[]): readonly Progress[] =>
  snapshots.map((snapshot) => ({
    key: storeKey(snapshot),
    done: snapshot.role === 'merge' ? -snapshot.exceptions : snapshot.allocated,
    limit: snapshot.waits ? ('held' as const) : snapshot.limit,
  }));

export const storeKey = ({ role, device, start }: SnapshotState): string =>
  `${role} ${device} ${start}`;

/** With these as they were at a time; what is not among them, or was made anew, is forgotten. */
export const sampled = (before: CopySamples, all: readonly Progress[], at: number): CopySamples =>
  new Map(all.map((one) => [one.key, grown(before.get(one.key) ?? [], one, at)]));

function grown(known: readonly Sample[], { done, limit }: Progress, at: number): readonly Sample[] {
  const now = { at, done, limit };
  const last = known.at(-1);
  // What was done may have to be done anew; another throttle is another rate at once.
  if (last && (last.limit !== limit || last.done > done)) return [now];
  if (last?.done === done) return known;
  const recent = known.filter((one) => at - one.at <= WINDOW_MICROS);
  // The last one before them, or a pause would count as none.
  const kept = recent.length === 0 ? known.slice(-1) : recent;
  return [...kept, now];
}

/** Regions or sectors a second lately; undefined: not known yet. @param now in microseconds */
export function rateOf(samples: CopySamples, key: string, now: number): number | undefined {
  const known = samples.get(key);
  const [first, last] = [known?.[0], known?.at(-1)];
  if (!first || !last || first === last) return undefined;
  const micros = Math.max(now, last.at) - first.at;
  return micros < LEAST_MICROS ? undefined : ((last.done - first.done) * 1e6) / micros;
}
