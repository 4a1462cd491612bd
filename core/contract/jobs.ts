/** Work that goes on by itself while other commands run, and can be cancelled. */
export type JobPhase = 'waiting' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';

/** What is done. */
export type JobWork =
  /** A volume copied into a file; `file` is its absolute path. */
  | { readonly kind: 'extract'; readonly file: string }
  /** A mirror whose legs are made the same, of its own or on its way to another form. */
  | { readonly kind: 'convert' }
  /** Extents on their way to other PVs. */
  | { readonly kind: 'move' }
  /** A snapshot that flows back into its origin. */
  | { readonly kind: 'merge' }
  /** What the monitor does about a volume that has lost a part. */
  | { readonly kind: 'repair' };

/** How far it has come; kept for a while after its end. */
export interface JobProgress {
  /** 1, 2, ... in the order they began; none is used again by this engine. */
  readonly id: number;
  /** For people: `Extract vg/home to home.img`. */
  readonly title: string;
  /** `vg/home`; of a mapped device that is no volume its name. */
  readonly volume: string;
  /** Bytes; what was done may be undone by a failure. */
  readonly done: number;
  /** 0: how much there is to do is not known. */
  readonly total: number;
  readonly phase: JobPhase;
  /** Of one that cannot be cancelled: why, in a clause. */
  readonly stays?: string;
  /**
   * It was cut short before the lab was opened, and does nothing (`waiting`) until one of these
   * lines is run, through whichever door.
   */
  readonly choices?: JobChoices;
  /** Of work that can be undone while it goes on: the line for it, without the program. */
  readonly takeBack?: readonly string[];
  /** Whether somebody keeps it from going on. Absent: it cannot be kept, at least not now. */
  readonly paused?: boolean;
  /** Microseconds since the engine started. */
  readonly startedMicros: number;
  /** Absent while it goes on. */
  readonly endedMicros?: number;
  /** Of one that failed, or was cancelled by something else than `job cancel`: why, in a clause. */
  readonly why?: string;
}

/** What a job that waits can be told: command lines, without the program. */
export interface JobChoices {
  readonly goOn: readonly string[];
  /** Makes what was begun undone. Absent: nothing can, it goes on or stays as it is. */
  readonly takeBack?: readonly string[];
}

/** A job as it is now. */
export type JobState = JobWork & JobProgress;

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
  /** It does not copy, or waits for an answer already. */
  | { readonly code: 'job-runs-on'; readonly id: number; readonly title: string }
  | { readonly code: 'job-over'; readonly id: number; readonly title: string }
  | {
      readonly code: 'job-stays';
      readonly id: number;
      readonly title: string;
      readonly why: string;
    };
