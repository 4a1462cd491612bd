/** Work that goes on by itself while other commands run, and can be cancelled. */
export type JobPhase = 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';

/** One of them, as far as it has come; kept for a while after its end. */
export interface JobState {
  /** 1, 2, ... in the order they began; none is used again by this engine. */
  readonly id: number;
  readonly kind: 'extract';
  /** For people: `Extract vg/home to home.img`. */
  readonly title: string;
  /** `vg/home`; of a mapped device that is no volume its name. */
  readonly volume: string;
  /** Absolute path of the file that is written. */
  readonly file: string;
  /** Bytes. */
  readonly done: number;
  readonly total: number;
  readonly phase: JobPhase;
  /** Microseconds since the engine started. */
  readonly startedMicros: number;
  /** Absent while it goes on. */
  readonly endedMicros?: number;
  /** Of one that failed: why, in a clause. */
  readonly why?: string;
}

/** Why it was not begun, or did not come to its end. */
export type JobError =
  | {
      readonly code: 'extract-refused';
      readonly volume: string;
      readonly file: string;
      readonly why: string;
    }
  /** It had begun; nothing is left of what it made. */
  | { readonly code: 'job-failed'; readonly title: string; readonly why: string }
  | { readonly code: 'job-cancelled'; readonly title: string }
  | { readonly code: 'job-not-found'; readonly id: number }
  | { readonly code: 'job-over'; readonly id: number; readonly title: string };
