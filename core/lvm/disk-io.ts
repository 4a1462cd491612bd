import type { IoError } from '../block/device.ts';
import { err, type Err } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { IoErrorData } from '../contract/errors.ts';
import type { ScanDisk } from './scan-types.ts';

/** What a disk refused, under the path by which operators know it. */
export function ioErrorOf(error: IoError, disk: ScanDisk, start?: Sectors): Err<IoErrorData> {
  const device = disk.path;
  if (error.code !== 'io-failed' || start === undefined) return err({ ...error, device });
  return err({ ...error, device, start });
}
