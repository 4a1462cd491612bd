/**
 * What a server has acknowledged and no flush has covered yet. A server that ends may lose it, and
 * nothing in the protocol tells whether it did: it is written again after every new connection, as
 * an NFS client does with what was not committed (docs/decisions/017).
 */
import { SECTOR } from '../../base/units.ts';

/** Sectors `start` to `end` with their newest acknowledged content; no data: zeros. */
export interface Held {
  readonly start: number;
  readonly end: number;
  readonly data?: Uint8Array;
  /** Flushes that had begun when it was acknowledged. */
  readonly epoch: number;
}

export class Unflushed {
  /** Apart from each other, ascending. */
  private runs: Held[] = [];
  private epoch = 0;
  /** Bytes of data held. */
  bytes = 0;

  get count(): number {
    return this.runs.length;
  }

  all(): readonly Held[] {
    return this.runs;
  }

  /** Takes a copy. */
  put(start: number, end: number, data?: Uint8Array): void {
    const { epoch } = this;
    this.replace(start, end, { start, end, epoch, ...(data && { data: data.slice() }) });
  }

  /** It is durable in another content than is held here. */
  cut(start: number, end: number): void {
    this.replace(start, end);
  }

  /** A flush begins; what is there now is durable when it has succeeded. */
  mark(): number {
    return this.epoch++;
  }

  forget(mark: number): void {
    this.runs = this.runs.filter((run) => run.epoch > mark);
    this.bytes = this.runs.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  }

  private replace(start: number, end: number, fresh?: Held): void {
    const { runs } = this;
    const first = this.firstEndingAfter(start);
    let last = first;
    while ((runs[last]?.start ?? Infinity) < end) last++;
    const [head, tail] = [runs[first], runs[last - 1]];
    const around: Held[] = [];
    if (last > first && head && head.start < start) around.push(part(head, head.start, start));
    if (fresh) around.push(fresh);
    if (last > first && tail && tail.end > end) around.push(part(tail, end, tail.end));
    for (const { data } of runs.slice(first, last)) this.bytes -= data?.length ?? 0;
    for (const { data } of around) this.bytes += data?.length ?? 0;
    runs.splice(first, last - first, ...around);
  }

  private firstEndingAfter(sector: number): number {
    let [low, high] = [0, this.runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.runs[middle]?.end ?? 0) > sector) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The rest of a run keeps no more than its own bytes in memory. */
function part(held: Held, start: number, end: number): Held {
  const { data, epoch } = held;
  const from = (start - held.start) * SECTOR;
  const kept = data?.slice(from, from + (end - start) * SECTOR);
  return { start, end, epoch, ...(kept && { data: kept }) };
}
