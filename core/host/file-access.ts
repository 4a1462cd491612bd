/**
 * Whole buffers from and to an open file. With callbacks: a call of a FileHandle costs several
 * microseconds more, and at 1 MiB a request that is what the whole path above it costs.
 */
import { fdatasync, read, readv, write, writev } from 'node:fs';
import { SECTOR, sectorsToBigBytes, type Sectors } from '../base/units.ts';
import { FAR_BYTES, FarFile } from './far-file.ts';
import { describeSystemError } from './system-error.ts';

/** One call moves at most this many bytes; Linux itself stops short of 2 GiB. */
const CALL_LIMIT = 64 * 1024 * 1024;

/** Called once: with why it failed, in a clause, or with nothing. */
export type Done = (why?: string) => void;

type Moved = (error: Error | null, count: number) => void;

/** The calls of `node:fs` that a disk needs. */
export interface FileCalls {
  read(
    fd: number,
    data: Uint8Array,
    offset: number,
    length: number,
    position: number | bigint,
    done: Moved,
  ): void;
  /** Without a position it writes where the file stands, and takes no bigint for one. */
  write(
    fd: number,
    data: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
    done: Moved,
  ): void;
  readonly readv: Vector;
  readonly writev: Vector;
  fdatasync(fd: number, done: (error: Error | null) => void): void;
}

type Vector = (fd: number, parts: readonly Uint8Array[], position: number, done: Moved) => void;

const NODE_CALLS: FileCalls = { read, write, readv, writev, fdatasync };

/** Moves one part of a transfer. */
type Step = (offset: number, length: number, done: Moved) => void;

/** Sectors from here on lie where a number cannot name their bytes. */
export const FAR = Number(FAR_BYTES) / SECTOR;

/** An open file; every transfer is whole or has a reason. */
export class FileAccess {
  private far: FarFile | undefined;
  /** Far writes share the file's one place, so each waits for the one before. */
  private farWrites: (() => void)[] = [];

  constructor(
    private readonly fd: number,
    private readonly calls: FileCalls = NODE_CALLS,
  ) {}

  read(data: Uint8Array, start: Sectors, done: Done): void {
    const { fd, calls } = this;
    const stuck = (at: bigint): string => `the image ends at byte ${at}`;
    if (isFar(data.length, start)) {
      const from = sectorsToBigBytes(start);
      const step: Step = (offset, length, moved) =>
        calls.read(fd, data, offset, length, from + BigInt(offset), moved);
      return transfer(step, data.length, start, stuck, done);
    }
    const from = start * SECTOR;
    const step: Step = (offset, length, moved) =>
      calls.read(fd, data, offset, length, from + offset, moved);
    transfer(step, data.length, start, stuck, done);
  }

  write(data: Uint8Array, start: Sectors, done: Done): void {
    const { fd, calls } = this;
    if (isFar(data.length, start)) return this.writeFar(data, start, done);
    const from = start * SECTOR;
    const step: Step = (offset, length, moved) =>
      calls.write(fd, data, offset, length, from + offset, moved);
    transfer(step, data.length, start, nothingWritten, done);
  }

  /** In one call; whether everything was moved. If not, any part of it may have been. */
  together(
    op: 'read' | 'write',
    parts: readonly Uint8Array[],
    start: Sectors,
    done: (whole: boolean) => void,
  ): void {
    const total = parts.reduce((sum, { length }) => sum + length, 0);
    if (isFar(total, start)) return done(false);
    const call = op === 'read' ? this.calls.readv : this.calls.writev;
    call(this.fd, parts, start * SECTOR, (error, count) => done(!error && count === total));
  }

  flush(done: Done): void {
    this.calls.fdatasync(this.fd, (error) => done(error ? describeSystemError(error) : undefined));
  }

  private writeFar(data: Uint8Array, start: Sectors, done: Done): void {
    const next = (): void => {
      this.writeFarNow(data, start, (why) => {
        this.farWrites.shift();
        this.farWrites[0]?.();
        done(why);
      });
    };
    this.farWrites.push(next);
    if (this.farWrites.length === 1) next();
  }

  private writeFarNow(data: Uint8Array, start: Sectors, done: Done): void {
    const { fd, calls } = this;
    if (!this.far) {
      const far = FarFile.of(fd);
      if (!far.ok) return done(far.error);
      this.far = far.value;
    }
    // Once: each part of the transfer leaves the file standing where the next one begins.
    const why = this.far.seek(sectorsToBigBytes(start));
    if (why !== undefined) return done(why);
    const step: Step = (offset, length, moved) =>
      calls.write(fd, data, offset, length, null, moved);
    transfer(step, data.length, start, nothingWritten, done);
  }
}

const isFar = (length: number, start: Sectors): boolean => start + length / SECTOR > FAR;

const nothingWritten = (at: bigint): string => `nothing was written at byte ${at}`;

function transfer(
  step: Step,
  total: number,
  start: Sectors,
  stuck: (at: bigint) => string,
  done: Done,
): void {
  const next = (moved: number): void => {
    step(moved, Math.min(total - moved, CALL_LIMIT), (error, count) => {
      if (error) done(describeSystemError(error));
      else if (count === 0) done(stuck(sectorsToBigBytes(start) + BigInt(moved)));
      else if (moved + count < total) next(moved + count);
      else done();
    });
  };
  next(0);
}
