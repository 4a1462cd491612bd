/** Writes that wait in memory, and what goes through a table for them. */
import { SECTOR, sectors } from '../base/units.ts';
import type { DataIo, IoResult } from '../block/device.ts';

export type Write = Extract<DataIo, { op: 'write' }>;

/** Sectors of a request at most, 1 MiB. */
const LONGEST = 2048;
/** Sectors of one that is not joined with others: a request is cheaper than to copy it. */
const LARGE = 64;

/** Where they are kept: an array for each would cost more than its data. */
export class Memory {
  private slab = new Uint8Array(0);
  private used = 0;

  copy(data: Uint8Array): Uint8Array {
    if (this.used + data.length > this.slab.length) {
      this.slab = new Uint8Array(Math.max(data.length, LONGEST * SECTOR));
      this.used = 0;
    }
    const copy = this.slab.subarray(this.used, (this.used += data.length));
    copy.set(data);
    return copy;
  }

  /** What was copied keeps its place as long as somebody knows it. */
  end(): void {
    this.slab = new Uint8Array(0);
    this.used = 0;
  }
}

export class HeldWrite {
  readonly start: number;
  /** The first sector behind it. */
  readonly end: number;
  /** Somebody was told that it is done. */
  isPromised = false;
  /** Nothing was begun for it yet. */
  isGathered = true;
  readonly data: Uint8Array;
  private ended: Promise<IoResult> | undefined;
  private tell: (result: IoResult) => void = () => undefined;

  /** @param io whose data may change as soon as it is answered */
  constructor({ start, data }: Write, memory: Memory) {
    this.start = start;
    this.end = start + data.length / SECTOR;
    this.data = memory.copy(data);
  }

  /** To be asked for before it ends. */
  get done(): Promise<IoResult> {
    return (this.ended ??= new Promise((resolve) => {
      this.tell = resolve;
    }));
  }

  finish(result: IoResult): void {
    this.tell(result);
  }

  /** Whether another write lies in it, so that nobody misses what was here. */
  takes({ start, data }: Write): boolean {
    return this.isGathered && this.start <= start && start + data.length / SECTOR <= this.end;
  }

  put({ start, data }: Write): void {
    this.data.set(data, (start - this.start) * SECTOR);
  }
}

/** Side by side. */
export type Run = readonly [HeldWrite, ...(readonly HeldWrite[])];

/** By place; neighbours that are small as one. None of them meets another. */
export function requestsOf(all: readonly HeldWrite[]): readonly Run[] {
  const runs: [HeldWrite, ...HeldWrite[]][] = [];
  for (const held of [...all].sort((one, other) => one.start - other.start)) {
    const run = runs.at(-1);
    if (run && joins(run, held)) run.push(held);
    else runs.push([held]);
  }
  return runs;
}

function joins(run: Run, next: HeldWrite): boolean {
  const last = run.at(-1) ?? run[0];
  return (
    last.end === next.start && next.end - run[0].start <= LONGEST && isSmall(last) && isSmall(next)
  );
}

const isSmall = ({ start, end }: HeldWrite): boolean => end - start < LARGE;

export function requestOf(run: Run): Write {
  const [first, ...others] = run;
  const start = sectors(first.start);
  if (others.length === 0) return { op: 'write', start, data: first.data };
  const data = new Uint8Array(run.reduce((sum, held) => sum + held.data.length, 0));
  for (const held of run) data.set(held.data, (held.start - start) * SECTOR);
  return { op: 'write', start, data };
}
