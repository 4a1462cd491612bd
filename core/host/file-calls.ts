/**
 * Whole buffers from and to an open file. With callbacks: a call of a FileHandle costs several
 * microseconds more, and at 1 MiB a request that is what the whole path above it costs.
 */
import { fdatasync, read, write } from 'node:fs';
import { describeSystemError } from './system-error.ts';

/** One call moves at most this many bytes; Linux itself stops short of 2 GiB. */
const CALL_LIMIT = 64 * 1024 * 1024;

/** Called once: with why it failed, in a clause, or with nothing. */
export type Done = (why?: string) => void;

/** The calls of `node:fs` that a disk needs. */
export interface FileCalls {
  readonly read: Transfer;
  readonly write: Transfer;
  readonly fdatasync: (fd: number, done: (error: Error | null) => void) => void;
}

type Transfer = (
  fd: number,
  data: Uint8Array,
  offset: number,
  length: number,
  position: number,
  done: (error: Error | null, count: number) => void,
) => void;

export const NODE_CALLS: FileCalls = { read, write, fdatasync };

/** @param from a byte of the file, below 2^53 as every byte of the transfer. */
export function readFully(call: Transfer, fd: number, data: Uint8Array, from: number, done: Done) {
  transfer(call, fd, data, from, (at) => `the image ends at byte ${at}`, done);
}

/** @param from a byte of the file, below 2^53 as every byte of the transfer. */
export function writeFully(call: Transfer, fd: number, data: Uint8Array, from: number, done: Done) {
  transfer(call, fd, data, from, (at) => `nothing was written at byte ${at}`, done);
}

function transfer(
  call: Transfer,
  fd: number,
  data: Uint8Array,
  from: number,
  stuck: (at: number) => string,
  done: Done,
): void {
  const next = (moved: number): void => {
    const length = Math.min(data.length - moved, CALL_LIMIT);
    call(fd, data, moved, length, from + moved, (error, count) => {
      if (error) done(describeSystemError(error));
      else if (count === 0) done(stuck(from + moved));
      else if (moved + count < data.length) next(moved + count);
      else done();
    });
  };
  next(0);
}
