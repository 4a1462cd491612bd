/** What is free of one PV while moves are planned: sorted, and gaps that touch are one. */
import { assert } from '../../base/assert.ts';

/** `end` is the extent behind the last one. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

export const lengthOf = ({ start, end }: Gap): number => end - start;

export class Gaps {
  private readonly list: Gap[];
  /** How many gaps there are of each length. */
  private readonly lengths = new Map<number, number>();
  private limit = Infinity;

  /** @param gaps sorted, none touching another */
  constructor(gaps: readonly Gap[]) {
    this.list = [...gaps];
    for (const gap of gaps) this.count(gap, 1);
  }

  get all(): readonly Gap[] {
    return this.list;
  }

  get total(): number {
    return this.list.reduce((sum, gap) => sum + lengthOf(gap), 0);
  }

  /** Nothing from here on is free any more, nor will it be. */
  closeFrom(limit: number): void {
    this.limit = limit;
    for (const gap of this.list.filter(({ end }) => end > limit)) {
      this.take(Math.max(gap.start, limit), gap.end);
    }
  }

  /** The first of the smallest gaps that hold so many extents, or of the largest of all. */
  best(count: number | 'largest'): Gap | undefined {
    const known = [...this.lengths.keys()];
    const fit = count === 'largest' ? known : known.filter((length) => length >= count);
    const length = fit.length > 0 ? (count === 'largest' ? Math.max : Math.min)(...fit) : undefined;
    return this.list.find((gap) => lengthOf(gap) === length);
  }

  holds(start: number, end: number): boolean {
    const gap = this.list[this.lastUpTo(start)];
    return gap !== undefined && gap.start <= start && end <= gap.end;
  }

  take(start: number, end: number): void {
    const at = this.lastUpTo(start);
    const gap = this.list[at];
    assert(gap !== undefined && gap.start <= start && end <= gap.end, 'a place is not free');
    const left = [
      { start: gap.start, end: start },
      { start: end, end: gap.end },
    ];
    this.replace(at, 1, ...left);
  }

  give(start: number, until: number): void {
    const end = Math.min(until, this.limit);
    if (start >= end) return;
    const at = this.lastUpTo(start);
    const [before, after] = [this.list[at], this.list[at + 1]];
    assert((before?.end ?? 0) <= start && end <= (after?.start ?? end), 'a place was free already');
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === end;
    const gap = {
      start: joinsBefore ? before.start : start,
      end: joinsAfter ? after.end : end,
    };
    this.replace(at + (joinsBefore ? 0 : 1), Number(joinsBefore) + Number(joinsAfter), gap);
  }

  private replace(at: number, count: number, ...gaps: readonly Gap[]): void {
    const there = gaps.filter((gap) => lengthOf(gap) > 0);
    for (const gap of this.list.splice(at, count, ...there)) this.count(gap, -1);
    for (const gap of there) this.count(gap, 1);
  }

  private count(gap: Gap, more: number): void {
    const length = lengthOf(gap);
    const count = (this.lengths.get(length) ?? 0) + more;
    if (count > 0) this.lengths.set(length, count);
    else this.lengths.delete(length);
  }

  /** Index of the last gap that begins at or before an extent; -1: none does. */
  private lastUpTo(extent: number): number {
    let [low, high] = [-1, this.list.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.list[middle]?.start ?? 0) <= extent) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** What of the gaps lies in these ranges, in their order. */
export function within(gaps: readonly Gap[], ranges: readonly Gap[]): readonly Gap[] {
  return ranges.flatMap(({ start, end }) =>
    gaps.flatMap((gap) => {
      const both = { start: Math.max(gap.start, start), end: Math.min(gap.end, end) };
      return both.start < both.end ? [both] : [];
    }),
  );
}
