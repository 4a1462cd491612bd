import type { Random } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

/** Everything about the world outside that the engine needs and must not ask for by itself. */
export interface Env {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Calendar time in whole seconds since 1970 (UTC). */
  wallClock(): number;
  /** Host name written into metadata as `creation_host`. */
  readonly hostName: string;
  /** What `uname` would say: the comment beside `creation_host`. */
  readonly hostDescription: string;
  /** Of the program, for its log; default 1. */
  readonly processId?: number;
}
