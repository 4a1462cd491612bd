/**
 * The mapped devices as a plan goes along: what is there, and what its steps will have made of it.
 * Planning looks here as libdm looks at the kernel between two of its steps.
 */
import { must } from '../../base/assert.ts';
import type { DmDeviceState, TargetState } from '../../contract/state.ts';
import type { DevNo } from '../../contract/units.ts';
import { mirrorsOf } from './mirror-status.ts';

/** The devices that there are before the plan. */
export interface DevicesThere {
  byUuid(uuid: string): DmDeviceState | undefined;
  byNumber(devno: DevNo): DmDeviceState | undefined;
}

/** A table as a plan knows it: lines with the names of mapped devices, numbers of disks. */
export interface KnownTable {
  readonly lines: readonly string[];
  readonly readOnly: boolean;
  /** UUIDs of the mapped devices below, newest opened first (reference 4.5). */
  readonly below: readonly string[];
  /** In sectors. */
  readonly size: number;
}

export interface KernelDevice {
  readonly uuid: string;
  name: string;
  live: KnownTable | undefined;
  inactive: KnownTable | undefined;
  suspended: boolean;
}

export class Kernel {
  /** By UUID; undefined: removed. */
  private readonly known = new Map<string, KernelDevice | undefined>();
  /** By UUID, those that it had open before the plan and still has. */
  private readonly opened = new Map<string, Set<string>>();
  /** By UUID, how many of those that had it open before the plan have closed it. */
  private readonly closed = new Map<string, number>();

  constructor(private readonly there: DevicesThere) {}

  find(uuid: string): KernelDevice | undefined {
    if (this.known.has(uuid)) return this.known.get(uuid);
    const state = this.there.byUuid(uuid);
    const device = state && this.read(state);
    this.known.set(uuid, device);
    if (device) this.opened.set(uuid, new Set(belowOf(device)));
    return device;
  }

  create(uuid: string, name: string): void {
    const none = { live: undefined, inactive: undefined, suspended: false };
    this.known.set(uuid, { uuid, name, ...none });
  }

  /** Of a device that is there: swaps its inactive table in, if it has one. */
  resume(uuid: string): void {
    const device = must(this.find(uuid), 'the device that is resumed');
    device.live = device.inactive ?? device.live;
    device.inactive = undefined;
    device.suspended = false;
    this.closeAllBut(uuid, device.live?.below ?? []);
  }

  remove(uuid: string): void {
    this.find(uuid);
    this.known.set(uuid, undefined);
    this.closeAllBut(uuid, []);
  }

  /** Whoever had it open before the plan, a mapped device or somebody else, still has. */
  isOpen(uuid: string): boolean {
    const before = this.there.byUuid(uuid)?.openCount ?? 0;
    return before > (this.closed.get(uuid) ?? 0);
  }

  /** Whether a mirror on it lost a leg or its log before the plan: it holds writes meanwhile. */
  fails(uuid: string): boolean {
    return mirrorsOf(this.there.byUuid(uuid)).some(({ legs, log }) =>
      [...legs, ...(log ? [log] : [])].some(({ health }) => health !== 'A'),
    );
  }

  private closeAllBut(uuid: string, kept: readonly string[]): void {
    const opened = this.opened.get(uuid) ?? new Set();
    for (const below of [...opened].filter((one) => !kept.includes(one))) {
      opened.delete(below);
      this.closed.set(below, (this.closed.get(below) ?? 0) + 1);
    }
  }

  private read({ uuid, name, live, inactive, ...rest }: DmDeviceState): KernelDevice {
    const { suspended, readOnly } = rest;
    const table = (targets: readonly TargetState[] | undefined) =>
      targets && this.table(targets, readOnly);
    return { uuid, name, live: table(live), inactive: table(inactive), suspended };
  }

  private table(targets: readonly TargetState[], readOnly: boolean): KnownTable {
    const mapped = new Map<string, DmDeviceState | undefined>();
    const word = (text: string): string => {
      if (!/^\d+:\d+$/.test(text)) return text;
      if (!mapped.has(text)) mapped.set(text, this.there.byNumber(text as DevNo));
      return mapped.get(text)?.name ?? text;
    };
    const lines = targets.map(({ start, length, type, params }) =>
      [start, length, type, ...params.split(/\s+/).map(word)].join(' ').trim(),
    );
    const last = targets.at(-1);
    const below = [...mapped.values()].flatMap((one) => one?.uuid ?? []);
    return wantedTable(lines, readOnly, below, last ? last.start + last.length : 0);
  }
}

const belowOf = ({ live, inactive }: KernelDevice): readonly string[] => [
  ...(live?.below ?? []),
  ...(inactive?.below ?? []),
];

/** @param below in the order in which they are opened */
export const wantedTable = (
  lines: readonly string[],
  readOnly: boolean,
  below: readonly string[],
  size: number,
): KnownTable => ({ lines, readOnly, below: [...new Set(below)].reverse(), size });

export const isSameTable = (one: KnownTable | undefined, other: KnownTable): boolean =>
  one !== undefined &&
  one.readOnly === other.readOnly &&
  one.lines.join('\n') === other.lines.join('\n');
