/** What every sector of a disk may hold, by the promises of a block device. */
import { expect } from 'vitest';

/** A read that is under way: what may have been there at any moment of it. */
type Allowed = ReadonlyMap<number, Set<number>>;

interface Writing {
  readonly start: number;
  readonly count: number;
  readonly stamp: number;
}

export class SectorModel {
  /** The acknowledged stamp, those of writes under way, and those of writes that failed. */
  private readonly now: Set<number>[];
  /** The same after a crash of everything. */
  private readonly durable: Set<number>[];
  private readonly writing = new Set<Writing>();
  private readonly reading = new Set<Allowed>();
  private readonly flushing = new Set<Set<number>[]>();

  constructor(count: number) {
    this.now = Array.from({ length: count }, () => new Set([0]));
    this.durable = Array.from({ length: count }, () => new Set([0]));
  }

  beginWrite(start: number, count: number, stamp: number): Writing {
    const one = { start, count, stamp };
    this.writing.add(one);
    for (let at = start; at < start + count; at++) {
      this.now[at]?.add(stamp);
      this.durable[at]?.add(stamp);
      for (const allowed of this.reading) allowed.get(at)?.add(stamp);
      for (const snapshot of this.flushing) snapshot[at]?.add(stamp);
    }
    return one;
  }

  /** Writes to one place take effect in the order they were made. */
  endWrite(one: Writing, ok: boolean, durable: boolean): void {
    this.writing.delete(one);
    if (!ok) return;
    for (let at = one.start; at < one.start + one.count; at++) {
      const left = [...this.writing].filter(
        ({ start, count, stamp }) => at >= start && at < start + count && stamp > one.stamp,
      );
      const stamps = new Set([one.stamp, ...left.map(({ stamp }) => stamp)]);
      this.now[at] = stamps;
      if (durable) this.durable[at] = new Set(stamps);
    }
  }

  beginRead(start: number, count: number): Allowed {
    const allowed = new Map<number, Set<number>>();
    for (let at = start; at < start + count; at++) allowed.set(at, new Set(this.now[at]));
    this.reading.add(allowed);
    return allowed;
  }

  endRead(allowed: Allowed, stamps: readonly number[] | undefined): void {
    this.reading.delete(allowed);
    for (const [index, [sector, set]] of stamps ? [...allowed].entries() : []) {
      const stamp = stamps?.[index] ?? -1;
      expect(set.has(stamp), `sector ${sector} reads ${stamp}, not ${[...set].join()}`).toBe(true);
    }
  }

  beginFlush(): Set<number>[] {
    const snapshot = this.now.map((set) => new Set(set));
    this.flushing.add(snapshot);
    return snapshot;
  }

  endFlush(snapshot: Set<number>[], ok: boolean): void {
    this.flushing.delete(snapshot);
    if (!ok) return;
    for (const [at, set] of snapshot.entries()) {
      const before = this.durable[at] ?? new Set();
      // A later flush may have been answered first.
      this.durable[at] = new Set([...set].filter((stamp) => before.has(stamp)));
    }
  }

  expectDurable(stamps: readonly number[]): void {
    for (const [at, stamp] of stamps.entries()) {
      const set = this.durable[at] ?? new Set();
      const said = `sector ${at} holds ${stamp} after the crash, not ${[...set].join()}`;
      expect(set.has(stamp), said).toBe(true);
    }
  }
}
