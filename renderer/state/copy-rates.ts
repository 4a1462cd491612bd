/** How fast mirrors are being copied, from what was in sync at several times. */
import type { MirrorState } from '../../core/contract/mirrors.ts';

interface Sample {
  /** Microseconds since the engine started. */
  readonly at: number;
  readonly inSync: number;
  /** The throttle then; `held`: nothing was copied. */
  readonly limit: number | 'held' | undefined;
}

/** By mirror, the oldest first. */
export type CopySamples = ReadonlyMap<string, readonly Sample[]>;

/** Long enough to even out a slow throttle, short enough to follow a change of it. */
const WINDOW_MICROS = 5_000_000;
/** Of a shorter time nothing is said: it would be another number each moment. */
const LEAST_MICROS = 500_000;

export const mirrorKey = ({ device, start }: Pick<MirrorState, 'device' | 'start'>): string =>
  `${device} ${start}`;

/** With these mirrors as they were at a time; what is in sync, or was made anew, is forgotten. */
export function sampled(
  before: CopySamples,
  mirrors: readonly MirrorState[],
  at: number,
): CopySamples {
  const busy = mirrors.filter(({ inSync, regions }) => inSync < regions);
  return new Map(busy.map((mirror) => [mirrorKey(mirror), grown(before, mirror, at)]));
}

function grown(before: CopySamples, mirror: MirrorState, at: number): readonly Sample[] {
  const known = before.get(mirrorKey(mirror)) ?? [];
  const { inSync } = mirror;
  const now = { at, inSync, limit: mirror.waits ? ('held' as const) : mirror.limit };
  const last = known.at(-1);
  // What was in sync may be copied anew; another throttle is another rate at once.
  if (last && (last.inSync > inSync || last.limit !== now.limit)) return [now];
  if (last?.inSync === inSync) return known;
  const recent = known.filter((one) => at - one.at <= WINDOW_MICROS);
  // The last one before them, or a pause would count as none.
  const kept = recent.length === 0 ? known.slice(-1) : recent;
  return [...kept, now];
}

/** Regions a second lately; undefined: not known yet. @param now in microseconds */
export function rateOf(samples: CopySamples, mirror: MirrorState, now: number): number | undefined {
  const known = samples.get(mirrorKey(mirror));
  const [first, last] = [known?.[0], known?.at(-1)];
  if (!first || !last || first === last) return undefined;
  const micros = Math.max(now, last.at) - first.at;
  return micros < LEAST_MICROS ? undefined : ((last.inSync - first.inSync) * 1e6) / micros;
}
