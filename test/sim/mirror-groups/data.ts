/** What a volume must hold, sector by sector, and what nobody can say any more. */
import { SectorModel } from '../dm-model.ts';

export class Data {
  private models: SectorModel[] = [];
  /** Legs may differ there: nobody ever wrote it, or nobody knows what a write left. */
  readonly loose = new Set<number>();
  /** The last copy that could be read was lost. */
  readonly lost = new Set<number>();
  /** Legs that refuse a discard are none the worse for it: they may differ while it goes on. */
  readonly discarding = new Set<number>();
  private stamps = 0;
  private time = 0;

  get length(): number {
    return this.models.length;
  }

  run(start: number, count: number): readonly SectorModel[] {
    return this.models.slice(start, start + count);
  }

  /** What is new holds anything. */
  resize(length: number): void {
    while (this.models.length > length) {
      this.models.pop();
      this.loose.delete(this.models.length);
      this.lost.delete(this.models.length);
    }
    while (this.models.length < length) {
      this.loose.add(this.models.length);
      this.models.push(new SectorModel());
    }
  }

  nextStamp(): number {
    return ++this.stamps;
  }

  now(): number {
    return ++this.time;
  }

  isWriting(start: number, count: number): boolean {
    return this.run(start, count).some(({ writing }) => writing);
  }

  /** It is known again what is there. */
  written(start: number, count: number): void {
    for (let at = start; at < start + count; at++) {
      this.loose.delete(at);
      this.lost.delete(at);
    }
  }

  isKnown(at: number): boolean {
    return !this.loose.has(at) && !this.lost.has(at) && !this.discarding.has(at);
  }

  flushed(time: number): void {
    for (const model of this.models) model.flushed(time);
  }

  /** @param done on all legs */
  discarded(start: number, count: number, done: boolean): void {
    for (let at = start; at < start + count; at++) {
      this.discarding.delete(at);
      if (!done) this.loose.add(at);
    }
  }

  /** @param unsure legs may differ where a write was under way */
  restart(unsure: boolean): void {
    this.discarding.clear();
    for (const [at, model] of this.models.entries()) {
      model.restart();
      if (unsure && model.readable().size > 1) this.loose.add(at);
    }
  }

  startReads(): readonly Set<number>[] {
    return this.models.map((model) => model.startRead());
  }

  endReads(expected: readonly Set<number>[]): void {
    for (const [at, model] of this.models.entries()) model.endRead(expected[at] ?? new Set());
  }
}
