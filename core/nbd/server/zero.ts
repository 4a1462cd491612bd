/** Requests that say what a run is to be without sending it. */
import { ok } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { BlockDevice, IoResult } from '../../block/device.ts';

/** Sectors at once: a client that goes away does not leave gigabytes of work behind. */
const PIECE = 64 * 2048;

/** @param durable on success it stays so after a power loss */
export async function trim(
  device: BlockDevice,
  start: Sectors,
  count: Sectors,
  durable: boolean,
): Promise<IoResult> {
  const done = await device.submit({ op: 'discard', start, count });
  return done.ok && durable ? device.submit({ op: 'flush' }) : done;
}

/**
 * @param how.unmap what stored it may be given back
 * @param wanted false: the rest may be left as it is, for nobody waits for it
 */
export async function writeZeroes(
  device: BlockDevice,
  start: Sectors,
  count: Sectors,
  how: { readonly durable: boolean; readonly unmap: boolean },
  wanted: () => boolean,
): Promise<IoResult> {
  const { unmap, durable } = how;
  for (let at = 0; at < count && wanted(); at += PIECE) {
    const part = sectors(Math.min(PIECE, count - at));
    const done = await device.submit({
      op: 'zero',
      start: sectors(start + at),
      count: part,
      unmap,
    });
    if (!done.ok) return done;
  }
  return durable ? device.submit({ op: 'flush' }) : ok();
}
