/** What every sector of a disk may hold, by the promises of a block device. */
import { expect } from 'vitest';

/**
 * Numbers of writes, in the order they were made: what they wrote may be there. Writes to one place
 * take effect in that order, so that an acknowledged one rules out those before it.
 */
type Possible = Set<number>;

/** A read that is under way: what may have been there at any moment of it. */
type Allowed = ReadonlyMap<number, Possible>;

interface Writing {
  readonly start: number;
  readonly count: number;
  readonly order: number;
}

export class SectorModel {
  /** The acknowledged write, those under way, and those that failed. */
  private readonly now: Possible[];
  /** The same after a crash of everything. */
  private readonly durable: Possible[];
  private readonly reading = new Set<Allowed>();
  /** By number of the write; 0: zeros. */
  private readonly stamps = [0];

  constructor(count: number) {
    this.now = Array.from({ length: count }, () => new Set([0]));
    this.durable = Array.from({ length: count }, () => new Set([0]));
  }

  beginWrite(start: number, count: number, stamp: number): Writing {
    const order = this.stamps.push(stamp) - 1;
    for (let at = start; at < start + count; at++) {
      this.now[at]?.add(order);
      this.durable[at]?.add(order);
      for (const allowed of this.reading) allowed.get(at)?.add(order);
    }
    return { start, count, order };
  }

  endWrite({ start, count, order }: Writing, ok: boolean, durable: boolean): void {
    if (!ok) return;
    for (let at = start; at < start + count; at++) {
      forget(this.now[at], order);
      if (durable) forget(this.durable[at], order);
    }
  }

  /** Until it is written again it is what it was, or zeros. */
  discard(start: number, count: number): void {
    this.beginWrite(start, count, 0);
  }

  beginRead(start: number, count: number): Allowed {
    const allowed = new Map<number, Possible>();
    for (let at = start; at < start + count; at++) allowed.set(at, new Set(this.now[at]));
    this.reading.add(allowed);
    return allowed;
  }

  endRead(allowed: Allowed, stamps: readonly number[] | undefined): void {
    this.reading.delete(allowed);
    for (const [index, [sector, possible]] of stamps ? [...allowed].entries() : []) {
      this.expectOf(possible, stamps?.[index] ?? -1, `sector ${sector}`);
    }
  }

  /** @returns the first write of every sector that a flush has to keep, or a later one */
  beginFlush(): readonly number[] {
    return this.now.map((possible) => Math.min(...possible));
  }

  endFlush(kept: readonly number[], ok: boolean): void {
    for (const [at, order] of ok ? kept.entries() : []) forget(this.durable[at], order);
  }

  expectDurable(stamps: readonly number[]): void {
    for (const [at, stamp] of stamps.entries()) {
      this.expectOf(this.durable[at], stamp, `after the crash sector ${at}`);
    }
  }

  private expectOf(possible: Possible = new Set(), stamp: number, where: string): void {
    const stamps = [...possible].map((order) => this.stamps[order]);
    expect(stamps.includes(stamp), `${where} holds ${stamp}, not ${stamps.join()}`).toBe(true);
  }
}

function forget(possible: Possible | undefined, before: number): void {
  for (const order of possible ?? []) if (order < before) possible?.delete(order);
}
