/** What a word of a table line names. */
import { err, ok, type Result } from '../base/result.ts';
import type { DeviceNumbers } from './device-numbers.ts';
import { Disk } from './disks.ts';
import type { Lower } from './lower.ts';
import { MappedDevice } from './mapped-device.ts';
import { invalid, type Refusal } from './target.ts';

/** Every device of a stack. */
export interface Stack {
  /** By name. */
  readonly devices: ReadonlyMap<string, MappedDevice>;
  /** By path. */
  readonly disks: ReadonlyMap<string, Disk>;
  readonly numbers: DeviceNumbers;
}

/** By number, path, or a mapped device's name; refuses a device above itself. */
export function findLower(
  stack: Stack,
  wanted: string,
  above: MappedDevice,
): Result<Lower, Refusal> {
  const name = wanted.replace(/^\/dev\/mapper\//, '');
  const isNumber = /^\d+:\d+$/.test(wanted);
  const mapped = stack.devices.get(name) ?? stack.numbers.find(wanted);
  const disks = [...stack.disks.values()];
  const found = mapped ?? stack.disks.get(wanted) ?? disks.find(({ devno }) => devno === wanted);
  const gone = found instanceof Disk && found.gone;
  if (!found || gone || mapped?.hasTable(isNumber ? 'any' : 'live') === false) {
    const errno = isNumber ? 'ENXIO' : 'ENODEV';
    return err({ errno, reason: 'Device lookup failed' });
  }
  if (reaches(found, above)) {
    return invalid(`Device lookup failed: ${found.name} lies above ${above.name}`);
  }
  const claimed =
    found instanceof Disk &&
    disks.some((one) => one.openCount > 0 && (one.isPartOf(found) || found.isPartOf(one)));
  return claimed ? err({ errno: 'EBUSY', reason: 'Device lookup failed' }) : ok(found);
}

/** Whether I/O to `from` can end at `device`, now or after a resume. */
function reaches(from: Lower, device: MappedDevice): boolean {
  if (from === device) return true;
  return from instanceof MappedDevice && from.lowers().some((lower) => reaches(lower, device));
}
