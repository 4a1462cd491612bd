import type { Result } from '../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import type { IoErrorData } from '../contract/errors.ts';
import type { WriteMarks } from './write-marks.ts';

/** One request. A write with `fua` is durable when it completes; others after the next flush. */
export type Io =
  | { readonly op: 'read'; readonly start: Sectors; readonly data: Uint8Array }
  | {
      readonly op: 'write';
      readonly start: Sectors;
      readonly data: Uint8Array;
      readonly fua?: boolean;
    }
  /** Reads as zeros afterwards. `unmap`: what stored it may be given back. */
  | {
      readonly op: 'zero';
      readonly start: Sectors;
      readonly count: Sectors;
      readonly fua?: boolean;
      readonly unmap?: boolean;
    }
  /** Advice: nobody needs the content. Until it is written again it is what it was, or zeros. */
  | { readonly op: 'discard'; readonly start: Sectors; readonly count: Sectors }
  | { readonly op: 'flush' };

/** A request with a place. */
export type DataIo = Exclude<Io, { op: 'flush' }>;

/** A request for a run, however long, that carries no data. */
export type SpanIo = Extract<Io, { op: 'zero' | 'discard' }>;

/** Whether a request may change what is on a device. */
export const changes = (io: Io): boolean => io.op !== 'read' && io.op !== 'flush';

/** A run of a device. `hole`: it reads as zeros, without anything being stored for it. */
export interface Allocation {
  readonly start: Sectors;
  readonly count: Sectors;
  readonly kind: 'data' | 'hole';
}

/** Why a request failed. Plain data; `device` is the name of the block device that refused. */
export type IoError = IoErrorData;

export type IoResult = Result<void, IoError>;

/**
 * A row of 512-byte sectors. `data` of a read or write is a whole number of sectors, 1 or more,
 * and must not change until the request completes. A zero or discard has no limit but the device.
 * A failed write, zero or discard may have done any part of its own range and nothing outside it.
 * Requests may complete in any order; a flush makes durable every write, zero and discard that
 * completed before the flush was submitted.
 */
export interface BlockDevice {
  /** For messages: `sda`, `vg-home`. */
  readonly name: string;
  readonly size: Sectors;
  readonly readOnly: boolean;
  /** It was taken away: requests fail, and nobody may open it anew. Absent: it is there. */
  readonly gone?: boolean;
  submit(io: Io): Promise<IoResult>;
  /**
   * Where nothing is stored: runs sorted, without gaps, that cover the asked one, which lies inside
   * the device; `data` where it is not known. Holds for the time between question and answer, as
   * what a read finds. Never waits for a suspended device, never fails. Without it all is data;
   * ask through `allocationOf` (allocation.ts).
   */
  allocation?(start: Sectors, count: Sectors): Promise<readonly Allocation[]>;
  /**
   * Reads without letting go of the thread, where that is expected to take no longer than to copy
   * what is in memory.
   * @returns false: nothing was done, `submit` has to be asked
   */
  readNow?(start: Sectors, data: Uint8Array): boolean;
  /**
   * Lets somebody read and write its sectors past it. Absent, or undefined: only the device can.
   * @param recall the leave is wanted back soon, for something changes; maybe more than once
   */
  lend?(recall: () => void): Lent | undefined;
}

/** Leave to read and write a device in the file that it is kept in. */
export interface Lent {
  /** Number of an open file of this process; it is not closed before the leave is given back. */
  readonly file: number;
  /** Sector of the file where the device begins. */
  readonly first: Sectors;
  /** Of the file: every write has to be marked. Absent: it may only be read. */
  readonly marks?: WriteMarks;
  /** To be called once, when nothing is under way any more. */
  giveBack(): void;
}

export const ioSectors = (io: Io): Sectors => sectors(io.op === 'flush' ? 0 : span(io));

/** Sectors; a whole number in a request that `checkIo` accepts. */
const span = (io: DataIo): number => ('data' in io ? io.data.length / SECTOR : io.count);

/**
 * The part of a request from its sector `skip` on, sent to another place.
 * @param count sectors, 1 or more
 */
export function partOf(io: DataIo, skip: number, count: number, start: Sectors): DataIo {
  if (!('data' in io)) return { ...io, start, count: sectors(count) };
  const whole = skip === 0 && count * SECTOR === io.data.length;
  const data = whole ? io.data : io.data.subarray(skip * SECTOR, (skip + count) * SECTOR);
  return { ...io, start, data };
}

/** Reads whole sectors into a new buffer. */
export async function readSectors(
  device: BlockDevice,
  start: Sectors,
  count: Sectors,
): Promise<Result<Uint8Array, IoError>> {
  const data = new Uint8Array(count * SECTOR);
  if (count === 0) return { ok: true, value: data };
  const done = await device.submit({ op: 'read', start, data });
  return done.ok ? { ok: true, value: data } : done;
}

export function writeSectors(
  device: BlockDevice,
  start: Sectors,
  data: Uint8Array,
): Promise<IoResult> {
  return device.submit({ op: 'write', start, data });
}

export function flush(device: BlockDevice): Promise<IoResult> {
  return device.submit({ op: 'flush' });
}

/** Why a request failed, in a clause or, of one that was refused, a word. */
export const whyOf = (error: IoError): string =>
  error.code === 'io-failed' ? error.why : error.code;

/** The check every device makes first: whole sectors, inside the device, writable if written. */
export function checkIo(device: BlockDevice, io: Io): IoError | undefined {
  if (io.op === 'flush') return undefined;
  const { start } = io;
  const count = span(io);
  const whole = Number.isInteger(count) && count > 0 && Number.isSafeInteger(start) && start >= 0;
  if (!whole || start + count > device.size) {
    const { name, size } = device;
    return { code: 'out-of-range', device: name, start, count, size };
  }
  if (device.readOnly && changes(io)) return { code: 'read-only', device: device.name };
  return undefined;
}

/** The error of a request that was well-formed and still could not be done. */
export function ioFailure(device: string, io: Io, why: string): IoError {
  const place = io.op === 'flush' ? {} : { start: io.start };
  return { code: 'io-failed', device, op: io.op, ...place, why };
}
