/** Tells the log, some time later, which regions are clean, and when no leg is behind any more. */
import type { Scheduler } from '../../env/scheduler.ts';
import type { LegError, Legs } from './legs.ts';
import type { DirtyLog } from './log.ts';
import type { Regions } from './regions.ts';

/** How long regions rest before the log is told that they are clean, in microseconds. */
const REST = 1_000_000;

/** What the mirror says of itself. */
export interface Cleanable {
  readonly log: DirtyLog;
  readonly legs: Legs;
  readonly regions: Regions<unknown>;
  /** Between its resume and its next suspend. */
  readonly isRunning: boolean;
  /** Nothing becomes clean: the log has failed, or a flush, or nobody can flush a leg. */
  readonly isStuck: boolean;
  /** All legs are the same. */
  readonly isComplete: boolean;
  blame(leg: number, error: LegError): void;
  /** These legs could not be flushed. */
  unflushed(legs: readonly number[]): void;
  logHasFailed(): void;
}

export class Cleaner {
  private due = false;
  private telling: Promise<void> | undefined;

  constructor(
    private readonly mirror: Cleanable,
    private readonly scheduler: Scheduler,
  ) {}

  /** What it has begun. */
  get underWay(): Promise<void> | undefined {
    return this.telling;
  }

  later(): void {
    const { mirror } = this;
    if (this.due || !mirror.log.lasts || !mirror.isRunning || !this.hasNews()) return;
    this.due = true;
    this.scheduler.after(REST, 'a mirror log', () => {
      this.due = false;
      if (mirror.isRunning) void this.tell();
    });
  }

  /** Before the mirror rests: what is left to tell. */
  async finish(): Promise<void> {
    await this.telling;
    if (this.hasNews()) await this.tell();
  }

  /** There is something to tell the log. */
  hasNews(): boolean {
    const { isStuck, legs, regions, isComplete, log } = this.mirror;
    if (isStuck || legs.all.some(({ dropped }) => dropped)) return false;
    return regions.someIdle || (isComplete && log.dropped !== undefined);
  }

  private tell(): Promise<void> {
    this.telling ??= this.tellNow().then(() => {
      this.telling = undefined;
      this.later();
    });
    return this.telling;
  }

  /** What is clean has to be on the legs for good before the log says so. */
  private async tellNow(): Promise<void> {
    const { log, legs, regions, isComplete } = this.mirror;
    if (!this.hasNews()) return;
    const { now } = regions;
    const { inUse } = legs;
    const flushed = await Promise.all(
      inUse.map((index) => legs.at(index).place.device.submit({ op: 'flush' })),
    );
    const bad = inUse.filter((_, at) => flushed[at]?.ok === false);
    if (bad.length > 0) {
      for (const index of bad) this.mirror.blame(index, 'flush');
      this.mirror.unflushed(bad);
      return;
    }
    if (!this.hasNews()) return;
    const keys = regions.idleSince(now);
    log.clear(keys);
    if (isComplete && this.mirror.isComplete && log.dropped) log.recordDropped(undefined);
    regions.cleared(keys);
    if (!(await log.flush())) this.mirror.logHasFailed();
  }
}
