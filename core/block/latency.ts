import type { Random } from '../env/prng.ts';
import { sleep, type Scheduler } from '../env/scheduler.ts';

/** Time that requests take, drawn anew for each, so that they overtake one another. */
export interface Latency {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** The shortest time in microseconds; 0 or more, default 1. */
  readonly minMicros?: number;
  /** The longest time in microseconds; not below the shortest. */
  readonly maxMicros: number;
}

/** Waits as long as one request takes. `label` names it in traces. */
export function elapse(latency: Latency, label: string): Promise<void> {
  const { scheduler, random, minMicros = 1, maxMicros } = latency;
  return sleep(scheduler, minMicros + random.below(maxMicros - minMicros + 1), label);
}
