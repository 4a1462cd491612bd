/** Sector contents that tell where they came from. */
import { SECTOR, sectors, type Sectors } from '../../core/base/units.ts';
import { allocationOf } from '../../core/block/allocation.ts';
import type { Allocation, BlockDevice, IoResult } from '../../core/block/device.ts';

/** `count` sectors full of one 32-bit stamp. */
export function stamped(stamp: number, count: number): Uint8Array {
  return new Uint8Array(new Uint32Array((count * SECTOR) / 4).fill(stamp).buffer);
}

/** The stamp of each sector; a sector that holds two different stamps is torn, and named. */
export function stampsOf(data: Uint8Array): number[] {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  const each = SECTOR / 4;
  return Array.from({ length: data.length / SECTOR }, (_, sector) => {
    const stamp = words[sector * each] ?? 0;
    for (let at = 1; at < each; at++) {
      if (words[sector * each + at] === stamp) continue;
      throw new Error(`sector ${sector} holds ${stamp} and ${words[sector * each + at]}`);
    }
    return stamp;
  });
}

export const at = (start: number): Sectors => sectors(start);

export function write(
  device: BlockDevice,
  start: number,
  stamp: number,
  count = 1,
  fua = false,
): Promise<IoResult> {
  return device.submit({ op: 'write', start: at(start), data: stamped(stamp, count), fua });
}

export function zero(
  device: BlockDevice,
  start: number,
  count: number,
  how: { readonly fua?: boolean; readonly unmap?: boolean } = { unmap: true },
): Promise<IoResult> {
  return device.submit({ op: 'zero', start: at(start), count: at(count), ...how });
}

export function discard(device: BlockDevice, start: number, count: number): Promise<IoResult> {
  return device.submit({ op: 'discard', start: at(start), count: at(count) });
}

/**
 * How much of a run the device calls a hole, in sectors. Throws where the answer is not sorted,
 * does not cover the run, or calls something a hole that does not read as zeros.
 */
export async function holes(device: BlockDevice, start: number, count: number): Promise<number> {
  const runs = await allocationOf(device, at(start), at(count));
  checkRuns(runs, start, count);
  let holes = 0;
  for (const one of runs) {
    if (one.kind === 'data') continue;
    holes += one.count;
    const data = await read(device, one.start, one.count);
    if (typeof data === 'string' || data.some((stamp) => stamp !== 0)) {
      throw new Error(`${device.name}: no hole at ${one.start}+${one.count}: ${String(data)}`);
    }
  }
  return holes;
}

/** The sectors that an answer calls holes. */
export function holesIn(
  runs: readonly Allocation[],
  start: number,
  count: number,
): readonly number[] {
  checkRuns(runs, start, count);
  return runs.flatMap((one) =>
    one.kind === 'data' ? [] : Array.from({ length: one.count }, (_, index) => one.start + index),
  );
}

/** In order, without gaps, over the whole of what was asked. */
function checkRuns(runs: readonly Allocation[], start: number, count: number): void {
  let next = start;
  for (const one of runs) {
    if (one.start !== next || one.count <= 0) throw new Error(`a run at ${one.start}, not ${next}`);
    next += one.count;
  }
  if (next !== start + count) throw new Error(`the answer ends at ${next}`);
}

/** The stamps read back, or the error's code. */
export async function read(device: BlockDevice, start: number, count = 1) {
  const data = stamped(0xdeadbeef, count);
  const done = await device.submit({ op: 'read', start: at(start), data });
  return done.ok ? stampsOf(data) : done.error.code;
}

export const flush = (device: BlockDevice): Promise<IoResult> => device.submit({ op: 'flush' });
