/** Sector contents that tell where they came from. */
import { SECTOR, sectors, type Sectors } from '../../core/base/units.ts';
import type { BlockDevice, IoResult } from '../../core/block/device.ts';

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

/** The stamps read back, or the error's code. */
export async function read(device: BlockDevice, start: number, count = 1) {
  const data = stamped(0xdeadbeef, count);
  const done = await device.submit({ op: 'read', start: at(start), data });
  return done.ok ? stampsOf(data) : done.error.code;
}

export const flush = (device: BlockDevice): Promise<IoResult> => device.submit({ op: 'flush' });
