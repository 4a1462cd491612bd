/** What a stack of volumes must hold, sector by sector, without knowing where it lies. */

/** Sectors in a cell, the piece in which volumes grow and move. */
export const CELL = 16;

interface Entry {
  /** What it may have left: of a discard zeros or what was there. */
  readonly stamps: readonly number[];
  /** When it was acknowledged; absent while it is not, and for good when the write failed. */
  ackedAt?: number;
}

/** Every change of one sector since the last that is surely durable. Changes never overlap. */
export class SectorModel {
  writing = false;
  /** What each read under way may still find. */
  private readonly readers = new Set<Set<number>>();
  private entries: Entry[];

  /** @param stamps any of these is there */
  constructor(stamps: readonly number[] = [0]) {
    this.entries = [{ stamps, ackedAt: 0 }];
  }

  /** Any of these may be read now: the last acknowledged write or a younger one. */
  readable(): Set<number> {
    const last = this.entries.findLastIndex(({ ackedAt }) => ackedAt !== undefined);
    return new Set(this.entries.slice(last).flatMap(({ stamps }) => stamps));
  }

  /** Any of these may be there after a power cut. */
  durable(): Set<number> {
    return new Set(this.entries.flatMap(({ stamps }) => stamps));
  }

  startRead(): Set<number> {
    const expected = this.readable();
    this.readers.add(expected);
    return expected;
  }

  endRead(expected: Set<number>): void {
    this.readers.delete(expected);
  }

  /** A zero is a write of the stamp 0. */
  startWrite(stamp: number): void {
    this.start([stamp]);
  }

  startDiscard(): void {
    this.start([0, ...this.readable()]);
  }

  private start(stamps: readonly number[]): void {
    this.writing = true;
    this.entries.push({ stamps });
    for (const expected of this.readers) for (const stamp of stamps) expected.add(stamp);
  }

  endWrite(ackedAt: number | undefined, durable: boolean): void {
    this.writing = false;
    const last = this.entries.at(-1);
    if (!last || ackedAt === undefined) return;
    last.ackedAt = ackedAt;
    if (durable) this.entries = [last];
  }

  /** Power came back: nothing is under way, and what was found then may be read. */
  restart(): void {
    this.writing = false;
    this.entries = [{ stamps: [...this.durable()], ackedAt: 0 }];
  }

  /** At rest it was read: that is what it holds. */
  found(stamp: number): void {
    this.entries = [{ stamps: [stamp], ackedAt: 0 }];
  }

  /** A flush that was submitted at `time` has completed. */
  flushed(time: number): void {
    const last = this.entries.findLastIndex(({ ackedAt }) => (ackedAt ?? time) < time);
    if (last > 0) this.entries = this.entries.slice(last);
  }
}

/** `zero` reads as zeroes whatever is written; `error` fails every request that touches it. */
export class Cell {
  readonly sectors = Array.from({ length: CELL }, () => new SectorModel());

  constructor(readonly kind: 'data' | 'zero' | 'error' = 'data') {}
}
