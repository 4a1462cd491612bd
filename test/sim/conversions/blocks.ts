/** What a volume must hold, sector by sector, through cuts and failures. */
import { SectorModel } from '../dm-model.ts';

/** What each sector may hold. */
export type Allowed = readonly (readonly number[])[];

export class Blocks {
  private readonly models: readonly SectorModel[];
  private stamp: number;
  private time = 0;

  /** @param stamp younger than all that were written before */
  constructor(before: Allowed, stamp = Math.max(...before.flat())) {
    this.models = before.map((found) => new SectorModel(found));
    this.stamp = stamp;
  }

  get length(): number {
    return this.models.length;
  }

  /** A stamp that nobody wrote yet. */
  next(): number {
    return ++this.stamp;
  }

  now(): number {
    return ++this.time;
  }

  begin(start: number, count: number, stamp: number): void {
    for (const model of this.run(start, count)) model.startWrite(stamp);
  }

  /** @param done otherwise nobody knows */
  end(start: number, count: number, done: boolean, durable: boolean): void {
    const now = this.now();
    for (const model of this.run(start, count)) model.endWrite(done ? now : undefined, durable);
  }

  flushed(since: number): void {
    for (const model of this.models) model.flushed(since);
  }

  beginRead(start: number, count: number): readonly Set<number>[] {
    return this.run(start, count).map((model) => model.startRead());
  }

  /** @returns where something else was read */
  endRead(start: number, expected: readonly Set<number>[], found: readonly number[]): number[] {
    const models = this.run(start, expected.length);
    return models.flatMap((model, at) => {
      const allowed = expected[at] ?? new Set();
      model.endRead(allowed);
      return allowed.has(found[at] ?? -1) ? [] : [start + at];
    });
  }

  /** Nothing is under way: what was read is what is there. */
  pin(start: number, found: readonly number[]): void {
    for (const [at, model] of this.run(start, found.length).entries()) model.found(found[at] ?? -1);
  }

  private run(start: number, count: number): readonly SectorModel[] {
    return this.models.slice(start, start + count);
  }

  /** What may be read now. */
  get readable(): Allowed {
    return this.models.map((model) => [...model.readable()]);
  }

  /** What may be there once power comes back. */
  get durable(): Allowed {
    return this.models.map((model) => [...model.durable()]);
  }
}
