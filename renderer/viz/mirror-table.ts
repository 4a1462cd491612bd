/** What a `mirror` line of a table says of the devices below it (reference 5.4). */
import type { DmDeviceState, TargetState } from '../../core/contract/state.ts';
import type { DevNo } from '../../core/contract/units.ts';

interface MirrorTable {
  /** In the order of the line. */
  readonly legs: readonly DevNo[];
  /** Absent: the log is in memory. */
  readonly log?: DevNo;
}

/** What a device is to a mirror that is built on it. */
export interface Role {
  readonly as: 'leg' | 'log';
  /** Of a leg: 0 upwards. */
  readonly index: number;
  /** Name of the mirror's device. */
  readonly of: string;
}

/** Undefined: another type, or words that no mirror has. */
export function mirrorTable({ type, params }: TargetState): MirrorTable | undefined {
  if (type !== 'mirror') return undefined;
  const [kind, count, ...words] = params.split(' ');
  const log = words.slice(0, Number(count));
  const [legCount, ...rest] = words.slice(log.length);
  const legs = Array.from({ length: Number(legCount) || 0 }, (_, leg) => rest[2 * leg]);
  const devices = legs.filter((devno) => devno !== undefined) as readonly DevNo[];
  if (devices.length === 0 || devices.length !== legs.length) return undefined;
  return kind === 'disk' && log[0] !== undefined
    ? { legs: devices, log: log[0] as DevNo }
    : { legs: devices };
}

/** The mirrors of a live table, one a target. */
const mirrorTables = ({ live }: DmDeviceState): readonly MirrorTable[] =>
  (live ?? []).flatMap((target) => mirrorTable(target) ?? []);

/** Of every device that a mirror is built on, by its number. */
export function rolesOf(devices: readonly DmDeviceState[]): ReadonlyMap<string, readonly Role[]> {
  const roles = new Map<string, Role[]>();
  const add = (devno: DevNo, role: Role): void => {
    const known = roles.get(devno) ?? [];
    // A move has a mirror for every piece, all on the same two disks.
    if (known.some(({ as, index, of }) => as === role.as && index === role.index && of === role.of))
      return;
    roles.set(devno, [...known, role]);
  };
  for (const device of devices) {
    for (const { legs, log } of mirrorTables(device)) {
      for (const [index, devno] of legs.entries())
        add(devno, { as: 'leg', index, of: device.name });
      if (log !== undefined) add(log, { as: 'log', index: 0, of: device.name });
    }
  }
  return roles;
}

/** A layer that LVM puts below a mirror while it converts it, to be recognised by its name. */
export const isLayer = (name: string): boolean => /_mimagetmp_\d+$/.test(name);
