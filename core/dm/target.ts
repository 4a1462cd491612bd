/** What a target is: one kind of mapping, as in the kernel's target types (reference 5). */
import type { Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { DevNo } from '../contract/units.ts';

/** A read or write as a target sees it; it never spans a border the target declared. */
export interface TargetIo {
  readonly op: 'read' | 'write';
  /** Sectors from the start of the target. */
  readonly offset: Sectors;
  readonly data: Uint8Array;
}

export type MapResult =
  | { readonly kind: 'remap'; readonly device: DevNo; readonly start: Sectors }
  /** The target has done it (zero: reads filled, writes swallowed). */
  | { readonly kind: 'done' }
  /** Legal only while the device holds I/O; an I/O error otherwise, as in the kernel. */
  | { readonly kind: 'requeue' }
  | { readonly kind: 'fail'; readonly reason: string };

/** A run of a lower device. */
export interface TargetRange {
  readonly device: DevNo;
  readonly start: Sectors;
  readonly count: Sectors;
}

export interface Target {
  map(io: TargetIo): MapResult;
  /** Every range below this target; the dependency tree is built from nothing else. */
  ranges(): readonly TargetRange[];
  /** Constructor arguments, for a table line: parsing this must rebuild the same target. */
  table(): string;
  /** Run-time state, for a status line. */
  status(): string;
  /** Sectors from `offset` that may be mapped as one; absent: to the end of the target. */
  border?(offset: Sectors): Sectors;
  /** Hooks around suspend and resume, named as in the kernel. */
  presuspend?(): void;
  postsuspend?(): void;
  resume?(): void;
}

/** What a target may reach. It never touches a clock, a disk or another target directly. */
export interface TargetHost {
  readonly length: Sectors;
  /** Accepts `8:0`, `/dev/sda`, `/dev/mapper/NAME` or NAME. The reason is the kernel's. */
  open(device: string): Result<DevNo, string>;
}

export interface TargetType {
  readonly name: string;
  readonly usage: string;
  /** Refuses bad arguments in the kernel's words, without the target's name in front. */
  construct(args: readonly string[], host: TargetHost): Result<Target, string>;
}

/** A sector count or number in a table line: digits only, exact. */
export function parseSector(text: string | undefined): Sectors | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? (value as Sectors) : undefined;
}
