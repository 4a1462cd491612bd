/** Whether a snapshot flows back into an origin, and whether all of it has (reference 10.10). */
import type { DmDeviceState } from '../../contract/state.ts';
import { snapshotStatusOf } from './snapshot-status.ts';

/** Of the device of an origin. */
export const runsMerge = (device: DmDeviceState | undefined): boolean =>
  device?.live?.some(({ type }) => type === 'snapshot-merge') ?? false;

/** All of it is in the origin: nothing but tables is left in the store. */
export function isMerged(device: DmDeviceState | undefined): boolean {
  const status = runsMerge(device) ? snapshotStatusOf(device) : undefined;
  return status?.is === 'good' && status.allocated === status.metadata;
}
