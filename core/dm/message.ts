/** Messages to a device: no target there is knows any, device-mapper itself knows one. */
import { ok, type Result } from '../base/result.ts';
import type { MappedDevice } from './mapped-device.ts';
import { invalid, type Refusal } from './target.ts';

/**
 * @param sector of the device, whose target it is for
 * @returns whether it changed the device
 */
export function takeMessage(
  device: MappedDevice,
  sector: number,
  text: string,
): Result<boolean, Refusal> {
  const [first, ...more] = text.trim().split(/\s+/);
  if (first === undefined || first === '') return invalid('Empty message received.');
  if (first.startsWith('@')) {
    if (first !== '@cancel_deferred_remove') {
      return invalid(`Unsupported message sent to DM core: ${first}`);
    }
    if (more.length > 0) return invalid(`Invalid arguments for ${first}`);
    device.removeOnClose = false;
    return ok(true);
  }
  if (!device.hasTable('live')) return ok(false);
  return invalid(
    sector < device.size
      ? 'Target type does not support messages'
      : 'Target message sector outside device.',
  );
}
