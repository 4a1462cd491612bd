/**
 * A dirty log tells the truth about one mirror only: two that write it overwrite each other's
 * marks (the case of a layer that keeps its table when it leaves its tree).
 */
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';

export interface SharedLog {
  readonly log: DevNo;
  /** Names of the devices whose live tables use it while they can do I/O; two or more. */
  readonly users: readonly string[];
}

/** Mirror logs that more than one running device uses; in a sound stack there is none. */
export function sharedLogs(devices: readonly DmDeviceState[]): readonly SharedLog[] {
  const users = new Map<DevNo, Set<string>>();
  for (const { name, suspended, live = [] } of devices) {
    if (suspended) continue;
    for (const { type, params } of live) {
      const log = type === 'mirror' ? logOf(params) : undefined;
      if (log) users.set(log, (users.get(log) ?? new Set()).add(name));
    }
  }
  return [...users].flatMap(([log, names]) =>
    names.size > 1 ? [{ log, users: [...names].sort() }] : [],
  );
}

/** The third word of a table line's arguments: `disk 2 253:3 1024 ...`. */
function logOf(params: string): DevNo | undefined {
  const [kind, , device] = params.split(' ');
  return kind === 'disk' ? (device as DevNo) : undefined;
}
