/**
 * Where another thread has written to a device, in memory that both see: the one marks, before it
 * writes and after, the other takes the marks away.
 */
import { sectors, type Sectors } from '../base/units.ts';
import type { Allocation } from './device.ts';

/** Plain data, for the other thread. */
export interface WriteMarks {
  /** Sectors that one mark stands for. */
  readonly chunk: number;
  readonly marks: Uint8Array;
  /** In its one element, how many writes are under way. */
  readonly busy: Int32Array;
}

/** Sectors of a chunk at least, 256 KiB, and how many chunks there are at most. */
const LEAST = 512;
const MOST = 65_536;

/** @param size of the device, in sectors */
export function newMarks(size: Sectors): WriteMarks {
  const chunk = Math.max(LEAST, Math.ceil(size / MOST));
  return {
    chunk,
    marks: new Uint8Array(new SharedArrayBuffer(Math.max(1, Math.ceil(size / chunk)))),
    busy: newBusy(),
  };
}

/** The same marks for one who writes, whose writes under way are counted alone. */
export const sharedMarks = (marks: WriteMarks): WriteMarks => ({ ...marks, busy: newBusy() });

const newBusy = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

export function beginMarked(marks: WriteMarks, start: number, count: number): void {
  Atomics.add(marks.busy, 0, 1);
  mark(marks, start, count);
}

/** Marked anew: who took the first mark meanwhile has not seen all of the write. */
export function endMarked(marks: WriteMarks, start: number, count: number): void {
  mark(marks, start, count);
  Atomics.sub(marks.busy, 0, 1);
}

/** For who was writing and will never say where and until when. */
export function markAll({ marks }: WriteMarks): void {
  marks.fill(1);
}

/** Whether a write is under way. */
export const isMarking = ({ busy }: WriteMarks): boolean => Atomics.load(busy, 0) > 0;

/** Where anything was written since they were taken before: sorted, up to a chunk too long. */
export function takeMarks({
  chunk,
  marks,
}: WriteMarks): readonly Pick<Allocation, 'start' | 'count'>[] {
  const runs: { start: Sectors; count: Sectors }[] = [];
  for (let at = marks.indexOf(1); at >= 0; at = marks.indexOf(1, at)) {
    const first = at;
    while (at < marks.length && Atomics.exchange(marks, at, 0) === 1) at++;
    runs.push({ start: sectors(first * chunk), count: sectors((at - first) * chunk) });
  }
  return runs;
}

function mark({ chunk, marks }: WriteMarks, start: number, count: number): void {
  const last = Math.floor((start + count - 1) / chunk);
  for (let at = Math.floor(start / chunk); at <= last; at++) Atomics.store(marks, at, 1);
}
