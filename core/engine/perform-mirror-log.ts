/** Fills the log of a mirror before its first use (reference 6.2). */
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR, sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DeviceMapper } from '../dm/device-mapper.ts';
import { MAGIC, VERSION } from '../dm/mirror/disk-log.ts';

/** Bytes written at once. */
const CHUNK = 1024 * 1024;

/** Every region is in sync, or none: the whole device is ones or zeros behind its header. */
export async function initMirrorLog(
  name: string,
  synced: boolean,
  dm: DeviceMapper,
): Promise<Result<void, VolumeError>> {
  const opened = dm.open(name);
  if (!opened.ok) return opened;
  const device = opened.value;
  // A log of two legs is repaired in a turn of its own, behind the operation that fills it.
  const endHurry = device.waitForNobody();
  try {
    for (let at = 0; at < device.size; at += CHUNK / SECTOR) {
      const count = Math.min(CHUNK / SECTOR, device.size - at);
      const data = new Uint8Array(count * SECTOR).fill(synced ? 0xff : 0);
      const written = await device.submit({ op: 'write', start: sectors(at), data });
      if (!written.ok) return err(written.error);
    }
    const headed = await device.submit({ op: 'write', start: sectors(0), data: firstSector() });
    const flushed = headed.ok ? await device.submit({ op: 'flush' }) : headed;
    return flushed.ok ? ok() : err(flushed.error);
  } finally {
    endHurry();
    device.close();
  }
}

/** More regions than there are: the kernel then believes every bit, and takes none for new. */
function firstSector(): Uint8Array {
  const sector = new Uint8Array(SECTOR);
  const view = new DataView(sector.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setBigUint64(8, 2n ** 64n - 1n, true);
  return sector;
}
