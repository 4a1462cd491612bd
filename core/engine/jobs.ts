/** Jobs: work that goes on beside the commands, tells how far it is, and can be cancelled. */
import { err, ok, type Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { JobPhase, JobProgress, JobState, JobWork } from '../contract/jobs.ts';
import type { Scheduler } from '../env/scheduler.ts';

/** How often progress is told. */
const TOLD_MICROS = 250_000;
/** Jobs that have ended and are still shown. */
const ENDED_KEPT = 20;

export type JobWish = JobWork &
  Pick<JobProgress, 'title' | 'volume' | 'total' | 'stays' | 'choices' | 'takeBack'> & {
    /** Keeps it from going on, or lets it; absent: nobody can. */
    readonly hold?: (on: boolean) => void;
    /**
     * Ends soon after it was cancelled; one that makes something leaves nothing of it then or when
     * it fails. One that `stays` hears of it only when the engine closes: a repair finishes what it
     * does at that moment, a conversion is left as it is.
     * @returns why it failed, in a clause
     */
    readonly work: (control: JobControl) => Promise<Result<void, string>>;
  };

/** What a job hears and tells. */
export interface JobControl {
  readonly cancelled: boolean;
  /** Nobody has said yet that it may go on. */
  readonly waits: boolean;
  /** Bytes. */
  readonly done: number;
  /** Resolves when it is cancelled. */
  readonly stopped: Promise<void>;
  /** @param bytes that are done in addition */
  advance(bytes: number): void;
  /** @param bytes that are done now, which may be fewer than before */
  reach(bytes: number): void;
  /** Somebody undid it meanwhile: what its work returns then is why it was cancelled. */
  takenBack(): void;
}

class Job implements JobControl {
  done = 0;
  isTakenBack = false;
  isPaused = false;
  phase: JobPhase;
  endedMicros: number | undefined;
  why: string | undefined;
  readonly stopped: Promise<void>;
  readonly ended: Promise<JobState>;
  private stop = (): void => undefined;
  finish: (state: JobState) => void = () => undefined;

  constructor(
    readonly id: number,
    readonly wish: JobWish,
    private readonly startedMicros: number,
  ) {
    this.phase = wish.choices ? 'waiting' : 'running';
    this.stopped = new Promise((resolve) => {
      this.stop = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  get cancelled(): boolean {
    return this.phase === 'cancelling';
  }

  get waits(): boolean {
    return this.phase === 'waiting';
  }

  get runs(): boolean {
    return this.endedMicros === undefined;
  }

  get canPause(): boolean {
    return this.wish.hold !== undefined && this.phase === 'running';
  }

  pause(on: boolean): void {
    this.isPaused = on;
    this.wish.hold?.(on);
  }

  get state(): JobState {
    const { id, done, phase, startedMicros, endedMicros, why } = this;
    const { work: _work, hold: _hold, choices, takeBack, ...wish } = this.wish;
    return {
      ...wish,
      ...(choices && this.waits && { choices }),
      ...(takeBack && this.runs && { takeBack }),
      ...(this.canPause && { paused: this.isPaused }),
      ...{ id, done, phase, startedMicros },
      ...(endedMicros !== undefined && { endedMicros }),
      ...(why !== undefined && { why }),
    };
  }

  advance(bytes: number): void {
    this.done += bytes;
  }

  reach(bytes: number): void {
    this.done = bytes;
  }

  takenBack(): void {
    this.isTakenBack = true;
  }

  cancel(): void {
    if (this.phase !== 'running' && !this.waits) return;
    this.phase = 'cancelling';
    this.stop();
  }

  goOn(): void {
    if (this.waits) this.phase = 'running';
    this.isPaused = false;
  }
}

export interface StartedJob {
  readonly state: JobState;
  readonly ended: Promise<JobState>;
  /** Of one that waits: it may. */
  readonly goOn: () => void;
}

export class Jobs {
  private jobs: readonly Job[] = [];
  private last = 0;
  private told = '[]';
  private ticking = false;

  constructor(
    private readonly scheduler: Scheduler,
    /** They are others than before, or further. */
    private readonly changed: (jobs: readonly JobState[]) => void,
  ) {}

  /** Those that run and the last that ended, in the order they began. */
  get states(): readonly JobState[] {
    return this.jobs.map(({ state }) => state);
  }

  start(wish: JobWish): StartedJob {
    const job = new Job(++this.last, wish, this.scheduler.now);
    this.jobs = [...this.jobs, job];
    void this.run(job);
    this.tell();
    this.tick();
    const goOn = (): void => {
      job.goOn();
      this.tell();
    };
    return { state: job.state, ended: job.ended, goOn };
  }

  /** It does nothing until it is let go on; as long as the engine runs. */
  pause(id: number, on: boolean): Result<JobState, VolumeError> {
    const found = this.running(id);
    if (!found.ok) return found;
    const job = found.value;
    if (!job.canPause) return err({ code: 'job-runs-on', id, title: job.wish.title });
    job.pause(on);
    this.tell();
    return ok(job.state);
  }

  private running(id: number): Result<Job, VolumeError> {
    const job = this.jobs.find((one) => one.id === id);
    if (!job) return err({ code: 'job-not-found', id });
    return job.runs ? ok(job) : err({ code: 'job-over', id, title: job.wish.title });
  }

  /** @returns when it has ended */
  cancel(id: number): Result<Promise<JobState>, VolumeError> {
    const found = this.running(id);
    if (!found.ok) return found;
    const job = found.value;
    const { title, stays } = job.wish;
    if (stays !== undefined) return err({ code: 'job-stays', id, title, why: stays });
    job.cancel();
    this.tell();
    return ok(job.ended);
  }

  /** Cancels all, those that stay as well, and waits until they have ended. */
  async close(): Promise<void> {
    const running = this.jobs.filter(({ runs }) => runs);
    for (const job of running) job.cancel();
    this.tell();
    await Promise.all(running.map(({ ended }) => ended));
  }

  private async run(job: Job): Promise<void> {
    // A defect of the work is a failed job: whoever waits for it must not wait for ever.
    const done = await job.wish.work(job).catch((error: unknown) => err(String(error)));
    if (job.waits || job.isTakenBack) {
      job.phase = 'cancelled';
      job.why = done.ok ? undefined : done.error;
    } else if (done.ok) job.phase = 'done';
    else if (job.cancelled) job.phase = 'cancelled';
    else {
      job.phase = 'failed';
      job.why = done.error;
    }
    job.endedMicros = this.scheduler.now;
    const over = this.jobs.filter(({ runs }) => !runs);
    const tooOld = over.slice(0, Math.max(0, over.length - ENDED_KEPT));
    this.jobs = this.jobs.filter((one) => !tooOld.includes(one));
    this.tell();
    job.finish(job.state);
  }

  /** As long as one runs. */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    this.scheduler.after(TOLD_MICROS, 'progress of jobs', () => {
      this.ticking = false;
      this.tell();
      if (this.jobs.some(({ runs }) => runs)) this.tick();
    });
  }

  private tell(): void {
    const { states } = this;
    const now = JSON.stringify(states);
    if (now === this.told) return;
    this.told = now;
    this.changed(states);
  }
}
