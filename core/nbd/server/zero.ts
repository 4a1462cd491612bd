/** Requests that say what a run is to be without sending it. */
import { ok } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import type { BlockDevice, IoResult } from '../../block/device.ts';

/** Sectors that are zeroed at once: a client that goes away does not leave gigabytes of work. */
const PIECE = 2048;
const ZEROS = new Uint8Array(PIECE * SECTOR);

/** @param fua what is given back stays so after a power loss */
export function trim(
  device: BlockDevice,
  start: Sectors,
  count: Sectors,
  fua: boolean,
): Promise<IoResult> {
  void start;
  void count;
  return fua ? device.submit({ op: 'flush' }) : Promise.resolve(ok());
}

export async function writeZeroes(
  device: BlockDevice,
  start: Sectors,
  count: Sectors,
  { fua }: { readonly fua: boolean; readonly unmap: boolean },
  wanted: () => boolean,
): Promise<IoResult> {
  for (let at = 0; at < count && wanted(); at += PIECE) {
    const data = ZEROS.subarray(0, Math.min(PIECE, count - at) * SECTOR);
    const done = await device.submit({ op: 'write', start: sectors(start + at), data, fua });
    if (!done.ok) return done;
  }
  return ok();
}
