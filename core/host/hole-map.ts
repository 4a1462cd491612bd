/** What is known of the holes of a file: where it is wrong, it takes a hole for data. */
import { AllocationList } from '../block/allocation.ts';
import type { Allocation } from '../block/device.ts';

/** Sectors that are kept together, 256 KiB. */
const CHUNK = 512;
/** Chunks in a page of marks: 1 GiB of the file. */
const PAGE = 4096;

// What happened to a chunk since the file system was asked; without a page, nothing.
const WRITTEN = 1;
const HOLE = 2;
const PUNCHING = 3;

/** A run of the file in sectors, up to `end`. */
export interface FileRun {
  readonly start: number;
  readonly end: number;
}

/**
 * What the file system said once, and in chunks what happened since: a chunk that anything was
 * written to is data until it is punched whole, with nothing else under way there.
 */
export class HoleMap {
  private readonly pages = new Map<number, Uint8Array>();
  /** Sorted and apart from each other; without them all is data. */
  private stored: readonly FileRun[] | undefined;
  private blind = false;
  /** Writes that have begun and not ended. */
  private readonly writing = new Set<FileRun>();

  /** @param data every run that is stored, sorted: as it is now, or was at any time since `new` */
  learn(data: readonly FileRun[]): void {
    this.stored = data;
  }

  /** Somebody else wrote to the file: all is data from now on. */
  forget(): void {
    this.blind = true;
  }

  /** To be told of every write before it is done, and with what was returned when it ended. */
  beginWrite(start: number, count: number): FileRun {
    const run = { start, end: start + count };
    this.writing.add(run);
    this.mark(Math.floor(start / CHUNK), Math.ceil(run.end / CHUNK), () => WRITTEN);
    return run;
  }

  endWrite(run: FileRun): void {
    this.writing.delete(run);
  }

  /** One at a time. */
  beginPunch({ start, end }: FileRun): void {
    this.mark(Math.ceil(start / CHUNK), Math.floor(end / CHUNK), () => PUNCHING);
    for (const write of this.writing) {
      if (write.start >= end || start >= write.end) continue;
      const [from, to] = [Math.max(start, write.start), Math.min(end, write.end)];
      this.mark(Math.floor(from / CHUNK), Math.ceil(to / CHUNK), () => WRITTEN);
    }
  }

  endPunch({ start, end }: FileRun, done: boolean): void {
    this.mark(Math.ceil(start / CHUNK), Math.floor(end / CHUNK), (mark) => {
      if (mark !== PUNCHING) return mark;
      return done ? HOLE : WRITTEN;
    });
  }

  isHole(start: number, count: number): boolean {
    return this.allocation(start, count).every(({ kind }) => kind === 'hole');
  }

  /** What is a hole now stays one until a write is told of. */
  allocation(start: number, count: number): readonly Allocation[] {
    const list = new AllocationList(start);
    const end = start + count;
    for (const index of this.pagesIn(start, end)) {
      const page = this.pages.get(index) ?? new Uint8Array(PAGE);
      const first = index * PAGE;
      const stop = Math.min(PAGE, Math.ceil(end / CHUNK) - first);
      let at = Math.max(0, Math.floor(start / CHUNK) - first);
      while (at < stop) {
        const mark = page[at] ?? 0;
        this.addStored(list, Math.max(start, (first + at) * CHUNK));
        while (at < stop && page[at] === mark) at++;
        const to = Math.min(end, (first + at) * CHUNK);
        if (mark === 0) this.addStored(list, to);
        else list.addUpTo(to, mark === HOLE && !this.blind ? 'hole' : 'data');
      }
    }
    this.addStored(list, end);
    return list.all;
  }

  /** As the file system said it. */
  private addStored(list: AllocationList, to: number): void {
    if (!this.stored || this.blind) return list.addUpTo(to, 'data');
    for (let at = firstBehind(this.stored, list.end); at < this.stored.length; at++) {
      const run = this.stored[at];
      if (!run || run.start >= to) break;
      list.addUpTo(Math.max(list.end, run.start), 'hole');
      list.addUpTo(Math.min(to, run.end), 'data');
    }
    list.addUpTo(to, 'hole');
  }

  private pagesIn(start: number, end: number): readonly number[] {
    const [first, stop] = [Math.floor(start / CHUNK / PAGE), Math.ceil(end / CHUNK / PAGE)];
    const inside = [...this.pages.keys()].filter((index) => index >= first && index < stop);
    return inside.sort((a, b) => a - b);
  }

  /** @param stop the chunk behind the last */
  private mark(first: number, stop: number, change: (mark: number) => number): void {
    for (let chunk = first; chunk < stop; chunk++) {
      const index = Math.floor(chunk / PAGE);
      let page = this.pages.get(index);
      if (!page) this.pages.set(index, (page = new Uint8Array(PAGE)));
      page[chunk - index * PAGE] = change(page[chunk - index * PAGE] ?? 0);
    }
  }
}

/** Index of the first run that ends behind a sector. */
function firstBehind(runs: readonly FileRun[], sector: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.end ?? 0) <= sector) low = middle + 1;
    else high = middle;
  }
  return low;
}
