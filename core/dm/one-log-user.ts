/**
 * A dirty log tells the truth about one mirror only: two that write it overwrite each other's
 * marks (the case of a layer that keeps its table when it leaves its tree). So does a COW store
 * about one snapshot.
 */
import type { DmDeviceState, TargetState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';

export interface SharedLog {
  readonly log: DevNo;
  /** Names of the devices whose live tables use it while they can do I/O; two or more. */
  readonly users: readonly string[];
}

/** Logs and stores that more than one running device uses; in a sound stack there is none. */
export function sharedLogs(devices: readonly DmDeviceState[]): readonly SharedLog[] {
  const users = new Map<DevNo, Set<string>>();
  for (const { name, suspended, live = [] } of devices) {
    if (suspended) continue;
    for (const target of live) {
      const log = logOf(target);
      if (log) users.set(log, (users.get(log) ?? new Set()).add(name));
    }
  }
  return [...users].flatMap(([log, names]) =>
    names.size > 1 ? [{ log, users: [...names].sort() }] : [],
  );
}

/**
 * The third word of a mirror's arguments: `disk 2 253:3 1024 ...`; of a snapshot's the second one,
 * as long as it counts: one whose store went over to another device has none.
 */
function logOf({ type, params, status }: TargetState): DevNo | undefined {
  const [first, second, third] = params.split(' ');
  if (type === 'mirror') return first === 'disk' ? (third as DevNo) : undefined;
  const hasStore = /^snapshot(-merge)?$/.test(type) && status !== 'Invalid';
  return hasStore ? (second as DevNo) : undefined;
}
