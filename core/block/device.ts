import type { Result } from '../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import type { IoErrorData } from '../contract/errors.ts';

/** One request. A write with `fua` is durable when it completes; others after the next flush. */
export type Io =
  | { readonly op: 'read'; readonly start: Sectors; readonly data: Uint8Array }
  | {
      readonly op: 'write';
      readonly start: Sectors;
      readonly data: Uint8Array;
      readonly fua?: boolean;
    }
  | { readonly op: 'flush' };

/** A request with a place. */
export type DataIo = Exclude<Io, { op: 'flush' }>;

/** Why a request failed. Plain data; `device` is the name of the block device that refused. */
export type IoError = IoErrorData;

export type IoResult = Result<void, IoError>;

/**
 * A row of 512-byte sectors. `data` of a read or write is a whole number of sectors, 1 or more,
 * and must not change until the request completes. A failed write may have written any part of its
 * own range and nothing outside it. Requests may complete in any order; a flush makes durable every
 * write that completed before the flush was submitted.
 */
export interface BlockDevice {
  /** For messages: `sda`, `vg-home`. */
  readonly name: string;
  readonly size: Sectors;
  readonly readOnly: boolean;
  submit(io: Io): Promise<IoResult>;
}

export const ioSectors = (io: Io): Sectors =>
  sectors(io.op === 'flush' ? 0 : io.data.length / SECTOR);

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

/** The check every device makes first: whole sectors, inside the device, writable if written. */
export function checkIo(device: BlockDevice, io: Io): IoError | undefined {
  if (io.op === 'flush') return undefined;
  const { start, data } = io;
  const count = data.length / SECTOR;
  const whole = Number.isInteger(count) && count > 0 && Number.isSafeInteger(start) && start >= 0;
  if (!whole || start + count > device.size) {
    const { name, size } = device;
    return { code: 'out-of-range', device: name, start, count, size };
  }
  if (io.op === 'write' && device.readOnly) return { code: 'read-only', device: device.name };
  return undefined;
}

/** The error of a request that was well-formed and still could not be done. */
export function ioFailure(device: string, io: Io, why: string): IoError {
  const place = io.op === 'flush' ? {} : { start: io.start };
  return { code: 'io-failed', device, op: io.op, ...place, why };
}
