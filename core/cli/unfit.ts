/** Disks of the lab that LVM does not look at. */
import type { UnfitReason } from '../contract/state.ts';
import type { CommandEngine } from '../engine/types.ts';
import type { Known } from './command.ts';

/** Why; undefined where it does, or where the lab has no such disk. */
export const unfitOf = (engine: CommandEngine, device: string): UnfitReason | undefined =>
  engine.blockDevices().disks.find(({ path }) => path === device)?.unfit;

/** LVM looks for all devices of a line before it does anything with one of them. */
export const absentFirst = (devices: readonly string[], known: Known): readonly string[] => {
  const isThere = (device: string): boolean => known.disk(device) !== undefined;
  return [...devices.filter((device) => !isThere(device)), ...devices.filter(isThere)];
};
