/** Real time. */
import { assert } from '../base/assert.ts';
import type { Micros, Scheduler } from '../env/scheduler.ts';

interface Entry {
  /** Microseconds on this scheduler's clock. */
  readonly due: number;
  readonly run: () => void;
}

/**
 * Entries run in the order they are due, and in the order they were added where that is the same.
 * One timer serves all; it is never early and, like every timer of Node, up to a millisecond late.
 */
export class NodeScheduler implements Scheduler {
  private readonly start = performance.now();
  /** Sorted: the next one last. */
  private readonly entries: Entry[] = [];
  private cancel: (() => void) | undefined;
  private armedFor = Infinity;
  private stopped = false;

  get now(): Micros {
    return Math.floor((performance.now() - this.start) * 1000) as Micros;
  }

  after(delayMicros: number, label: string, run: () => void): void {
    assert(delayMicros >= 0, `cannot schedule ${label} in the past`);
    if (this.stopped) return;
    const entry = { due: this.now + delayMicros, run };
    this.entries.splice(this.placeOf(entry.due), 0, entry);
    this.arm();
  }

  /** Forgets what is scheduled, now and later, so that the program can end. */
  stop(): void {
    this.stopped = true;
    this.entries.length = 0;
    this.cancel?.();
  }

  /** Before every entry that is due at the same time: those run first. */
  private placeOf(due: number): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.due ?? 0) > due) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private arm(): void {
    const next = this.entries.at(-1);
    if (next === undefined || next.due >= this.armedFor) return;
    this.cancel?.();
    this.armedFor = next.due;
    const millis = Math.ceil((next.due - this.now) / 1000);
    // setTimeout has no "at once" (its least delay is 1 ms) and no delay above 24.8 days.
    if (millis <= 0) {
      const immediate = setImmediate(() => this.turn());
      this.cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(() => this.turn(), Math.min(millis, 2 ** 31 - 1));
      this.cancel = () => clearTimeout(timer);
    }
  }

  private turn(): void {
    this.cancel = undefined;
    this.armedFor = Infinity;
    // What is added from here on waits for the next turn, so that the event loop gets its share.
    const { now } = this;
    const due: Entry[] = [];
    for (let next = this.entries.at(-1); next && next.due <= now; next = this.entries.at(-1)) {
      due.push(next);
      this.entries.pop();
    }
    try {
      for (let entry = due.shift(); entry !== undefined; entry = due.shift()) entry.run();
    } finally {
      // After a defect the rest still runs: others wait for it.
      this.entries.push(...due.reverse());
      this.arm();
    }
  }
}
