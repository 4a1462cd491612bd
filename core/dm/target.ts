/** What a target is: one kind of mapping, as in the kernel's target types (reference 5). */
import type { Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { BlockDevice, IoResult } from '../block/device.ts';
import type { DmErrorData } from '../contract/errors.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { SnapshotState } from '../contract/snapshots.ts';
import type { DevNo } from '../contract/units.ts';
import type { Scheduler } from '../env/scheduler.ts';
import type { Kcopyd, Throttle } from './kcopyd.ts';
import type { Layout } from './layout.ts';
import type { RegionGate } from './mirror/region-gate.ts';
import type { Origins } from './snapshot/origins.ts';

/** A request as a target sees it; it never spans a border the target declared. */
export type TargetIo = {
  /** Sectors from the start of the target. */
  readonly offset: Sectors;
} & (
  | { readonly op: 'read'; readonly data: Uint8Array }
  | { readonly op: 'write'; readonly data: Uint8Array; readonly fua?: boolean }
  /** These count as writes where a target tells reads from writes, as in the kernel. */
  | {
      readonly op: 'zero';
      readonly count: Sectors;
      readonly fua?: boolean;
      readonly unmap?: boolean;
    }
  | { readonly op: 'discard'; readonly count: Sectors }
);

/** How an I/O ended; `requeue` is legal only while the device holds I/O, else an I/O error. */
export type Ending = IoResult | 'requeue';

export type MapResult =
  | {
      readonly kind: 'remap';
      readonly device: DevNo;
      readonly start: Sectors;
      /** The I/O is sent on once this has resolved; it counts as in flight meanwhile. */
      readonly after?: Promise<void>;
    }
  /** The target has done it (zero: reads filled, everything else swallowed). */
  | { readonly kind: 'done' }
  /** The target completes this I/O itself, later. */
  | { readonly kind: 'taken'; readonly ending: Promise<Ending> }
  | { readonly kind: 'requeue' }
  | { readonly kind: 'fail'; readonly reason: string };

/** A run of sectors. */
export interface Span {
  readonly start: Sectors;
  readonly count: Sectors;
}

/** A run of a lower device. */
export interface TargetRange {
  readonly device: DevNo;
  readonly start: Sectors;
  readonly count: Sectors;
}

/** What suspend does with I/O in flight (reference 4.2): finish it, or put back what cannot. */
export interface SuspendHow {
  readonly inFlight: 'drain' | 'hold';
  /** Locks the file system above first; hold goes without, whatever this says. */
  readonly freeze: boolean;
  /** With drain: nobody repairs mirrors below any more; what they hold for that fails. */
  readonly unrepaired?: true;
}

export interface Target {
  map(io: TargetIo): MapResult;
  /** Every range below this target; the dependency tree is built from nothing else. */
  ranges(): readonly TargetRange[];
  /** Constructor arguments, for a table line: parsing this must rebuild the same target. */
  table(): string;
  /** Run-time state, for a status line. */
  status(): string;
  /** Sectors from `offset` that may be mapped as one, 1 or more; absent: all that are left. */
  border?(offset: Sectors): Sectors;
  /** A flush goes below once this has resolved. */
  beforeFlush?(): Promise<void> | undefined;
  /**
   * How it places every request, if that is all it does: requests may then go below without
   * `map` being asked. It must say the same as `map` and `border`.
   */
  readonly layout?: Layout;
  /**
   * Lets others read its first leg and write past it, as long as they mind a gate. Absent: it has
   * to see every request.
   */
  readonly gated?: Gated;
  /**
   * What reads find right now, where no layout says it: zeros, or what begins there on a lower
   * device. Absent or undefined: not known, or reads may fail.
   */
  source?(): 'zeros' | Pick<TargetRange, 'device' | 'start'> | undefined;
  /**
   * A device above is being suspended and keeps requests itself: while `on`, what would be kept
   * back here ends as requeued.
   */
  yieldHeld?(on: boolean): void;
  /**
   * Before the gate closes: a target that keeps I/O back lets go of it here, and begins none of its
   * own any more. Resolves once the last of its own has ended.
   */
  presuspend?(how: SuspendHow): Promise<void> | undefined;
  /**
   * Reads what it needs to know of its devices, once they are open and before the table can be
   * used; resolves with why it cannot be. Absent: it needs to read nothing.
   */
  prepare?(): Promise<Refusal | undefined>;
  /**
   * Its table is about to go live; nothing is in flight in the one before, which is still there.
   * Takes over what that one had. @returns why it cannot go live, in the kernel's words
   */
  preresume?(): string | undefined;
  /** Nothing is in flight any more. The device counts as suspended once this has resolved. */
  postsuspend?(how: SuspendHow): Promise<void> | undefined;
  /**
   * Before the gate opens; it opens once this has resolved.
   * @param writes that are at the gate, counted from the start of the target; a table before this
   * one may have begun them
   */
  resume?(writes: readonly Span[]): Promise<void> | undefined;
  /** The table goes away. The devices below stay open until this has resolved. */
  close?(): Promise<void> | undefined;
  /**
   * Flushes what lies below this target in its own way. Absent: every device of its ranges gets the
   * flush.
   */
  flush?(): Promise<Ending>;
  /** Its writes may have to wait for copies, and may be answered before (write-behind.ts). */
  readonly putOff?: PutOff;
  /** It fails all reads and writes, whatever was there before. */
  readonly isHollow?: true;
  /** Whether it does I/O of its own at this moment. Absent: it never does any. */
  working?(): boolean;
  /**
   * Whether a hook would do I/O of its own, and wait for it: `postsuspend` (before it rests), or
   * `resume` (before it starts). Absent: they never do.
   */
  owes?(before: 'rest' | 'start'): boolean;
  /** Of a mirror: its state, for a screen. */
  mirror?(): MirrorTargetState;
  /** Of a snapshot: its state, for a screen; undefined: it has no store yet. */
  snapshot?(): SnapshotTargetState | undefined;
}

/** Whether the newest of some sectors is not below yet. */
export type IsHidden = (start: number, count: number) => boolean;

/** Sectors count from the start of the target. */
export interface PutOff {
  /** Whether a write to these has to wait. */
  waits(span: Span): boolean;
  /** These are going to be written: what has to be copied for them may be copied as one. */
  announce(spans: readonly Span[]): void;
  /** The newest of these is not below yet. */
  hide(span: Span): void;
  /** It is, but for what is hidden still. */
  show(span: Span, isHidden: IsHidden): void;
}

/** Where others find what it has, each leg from its start on, and what they have to mind. */
export interface Gated {
  readonly legs: readonly TargetRange[];
  lend(): Gate;
}

/** Leave to read the first leg, and to write where the gate says. */
export interface Gate {
  readonly gate: RegionGate;
  /** Counts what was done meanwhile. */
  look(): void;
  /** To be called once: what is still being written then is lost or not. */
  giveBack(): void;
}

/** What of a mirror's state the target knows. */
export type MirrorTargetState = Omit<MirrorState, 'device' | 'start' | 'length'>;

/** What of a snapshot's state the target knows. */
export type SnapshotTargetState = Omit<SnapshotState, 'device' | 'start' | 'length'>;

/** Why a table is refused: the error number and the kernel's words. */
export interface Refusal {
  readonly errno: DmErrorData['errno'];
  readonly reason: string;
}

/** What a target may reach. It never touches a clock, a disk or another target directly. */
export interface TargetHost {
  readonly length: Sectors;
  readonly scheduler: Scheduler;
  /** Accepts `8:0`, `/dev/sda`, `/dev/mapper/NAME` or NAME. */
  open(device: string): Result<DevNo, Refusal>;
  /** For I/O of the target's own, on a device that it opened. */
  device(devno: DevNo): TargetDevice;
  /** For copies. */
  readonly kcopyd: Kcopyd;
  /** How often copies of this device may begin. */
  readonly throttle: Throttle;
  /** Something that user space waits for (reference 4.4). Only while the table is live. */
  event(): void;
  /** The state of regions has changed. */
  regionsChanged(): void;
  /** Exceptions have come or gone. */
  snapshotChanged(): void;
  /** Resolves once what its device put off is written; undefined: nothing is put off. */
  settled(): Promise<void> | undefined;
  /** Which snapshots there are of which device. */
  readonly origins: Origins;
}

/** A device that a target opened. */
export interface TargetDevice extends Pick<BlockDevice, 'name' | 'size' | 'submit' | 'allocation'> {
  /** Nothing stands behind some of it: as in the kernel a flush succeeds there all the same. */
  readonly isHollow?: boolean;
}

export interface TargetType {
  readonly name: string;
  readonly usage: string;
  /** Of the kernel's module that it behaves as. */
  readonly version: readonly [number, number, number];
  /** Refuses bad arguments in the kernel's words, without the target's name in front. */
  construct(args: readonly string[], host: TargetHost): Result<Target, Refusal>;
}

/** Arguments that make no sense. */
export const invalid = (reason: string): { ok: false; error: Refusal } => ({
  ok: false,
  error: { errno: 'EINVAL', reason },
});

/** A number of 32 bits in a table line; of a larger one the kernel keeps the lower bits. */
export function parseU32(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  return Number(BigInt.asUintN(32, BigInt(text)));
}

/**
 * A sector count or number in a table line: digits only, as the kernel reads it. Numbers that are
 * not exact here (2^53 and more) are refused; no device is that large.
 */
export function parseSector(text: string | undefined): Sectors | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? (value as Sectors) : undefined;
}
