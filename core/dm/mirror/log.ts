/** What a mirror remembers of its regions: the part that both kinds of log share. */
import { Bits } from './bits.ts';

/** Of a log device, as the status line has it: alive, failed, a flush of it failed. */
export type LogHealth = 'A' | 'D' | 'F';

/** What was said of the regions when the table was made; undefined: what the log says. */
export type SyncWord = 'sync' | 'nosync' | undefined;

/**
 * Which legs missed writes, on a mirror that drops legs by itself. Bit i is leg i of `legs`.
 *
 * With `drop_failed_legs` it needs nobody to repair it. A leg that fails a write is left out from
 * then on, and the write succeeds once the log device says so: sector 1 of the log holds which legs
 * were dropped and which leg is complete. As long as a leg is dropped no region becomes clean in
 * the log, so that all that it missed stays marked. The next resume, of this table or of another
 * with as many legs on the same log, gives dropped legs another chance: the regions that are not
 * clean count as out of sync, are read from the complete leg alone, and are copied from it. Only
 * when that is done and flushed does the note go away. Regions that are clean were flushed on all
 * legs when they were marked so, and nothing wrote them since: there the leg that came back may be
 * read at once. A leg cannot be dropped without a log on disk; nor the complete one while a region
 * is out of sync, nor the last: writes that fail there fail. So do all that the log cannot be told
 * of; and everything does where a table begins with a log that cannot be read, for it may hold a
 * note. Whoever knows nothing of notes (the kernel) takes leg 0 for the complete one: wrong where
 * leg 0 was dropped.
 */
export interface Dropped {
  readonly legs: number;
  readonly mask: number;
  /** The leg that has everything. */
  readonly source: number;
}

/**
 * Of each region two things are known: whether it is the same on all legs, and whether it is
 * `clean`, which is what a log on disk tells after a crash: it was the same on all legs when the
 * bit was set, and no write began since.
 */
export abstract class DirtyLog {
  protected readonly sync: Bits;
  private synced = 0;
  private search = 0;

  constructor(
    readonly count: number,
    word: SyncWord,
  ) {
    this.sync = Bits.of(count);
    if (word === 'nosync') this.sync.fill(0, true);
    this.recount();
  }

  /** Regions that are in sync. */
  get syncCount(): number {
    return this.synced;
  }

  inSync(region: number): boolean {
    return this.sync.get(region);
  }

  setSync(region: number, on: boolean): void {
    if (this.sync.put(region, on)) this.synced += on ? 1 : -1;
  }

  nextOutOfSync(from: number): number {
    return this.sync.nextZero(from);
  }

  /** The next region to copy; one that could not be copied is offered again after a resume. */
  nextToCopy(): number | undefined {
    const found = this.sync.nextZero(this.search);
    if (found >= this.count) return undefined;
    this.search = found + 1;
    return found;
  }

  /** A region that is out of sync again is offered before those behind it. */
  searchAgain(region: number): void {
    this.search = Math.min(this.search, region);
  }

  protected recount(): void {
    this.synced = this.sync.ones;
    this.search = 0;
  }

  abstract readonly health: LogHealth | undefined;
  /** Whether writes to the region may go to the legs. */
  abstract isMarked(region: number): boolean;
  /** No longer clean; counts once `flush` has succeeded. */
  abstract mark(region: number): void;
  /** Clean: durable on all legs. */
  abstract clear(regions: readonly number[]): void;
  /** Whether it has to be told what is clean after the legs were flushed. */
  abstract readonly lasts: boolean;
  /** Writes down what was marked and cleared before; false: it could not. */
  abstract flush(): Promise<boolean>;
  /** Makes durable what was cleared; what was marked is already. */
  abstract settle(): Promise<boolean>;
  /**
   * Reads what is known and writes it down; false: it could not. The search begins anew.
   * @param soon regions that are marked from the first moment
   */
  abstract resume(soon: readonly number[]): Promise<boolean>;
  /** Whether `dropped` is what was written down: it could be read. */
  abstract readonly knowsDropped: boolean;
  /** What is written down of legs that missed writes. */
  abstract readonly dropped: Dropped | undefined;
  /** To be written down by the next flush. */
  abstract recordDropped(dropped: Dropped | undefined): void;
}

/** In memory: forgotten with the table. */
export class CoreLog extends DirtyLog {
  readonly health = undefined;
  readonly lasts = false;
  readonly knowsDropped = true;
  readonly dropped = undefined;

  isMarked(): boolean {
    return true;
  }

  mark(): void {
    // Nothing survives that it would have to be written down for.
  }

  clear(): void {
    // As above.
  }

  recordDropped(): void {
    // Legs are dropped only where a log on disk remembers it.
  }

  flush(): Promise<boolean> {
    return Promise.resolve(true);
  }

  settle(): Promise<boolean> {
    return Promise.resolve(true);
  }

  resume(): Promise<boolean> {
    this.recount();
    return Promise.resolve(true);
  }
}
