/**
 * What the engine's thread and one that serves clients say to each other: plain data, in order.
 * Both halves of a channel are in one process: a number of an open file means the same to both.
 */
import type { Sectors } from '../../base/units.ts';
import type { Allocation, Io, IoResult } from '../../block/device.ts';
import type { Leave } from '../../dm/lease.ts';
import type { Traffic } from '../server/transmission.ts';

/** Messages both ways, each in the order they were sent; one listener. */
export interface Channel<Out, In> {
  post(message: Out): void;
  onMessage(listener: (message: In) => void): void;
}

/** What a device is now. */
export interface DeviceFacts {
  readonly size: Sectors;
  readonly readOnly: boolean;
}

/** An export as clients of this thread are offered it. */
export interface OfferedApart extends DeviceFacts {
  readonly name: string;
  /** Nothing is written, even if the device could be. */
  readonly keptReadOnly: boolean;
}

/** What the engine does for the thread. */
export type Task =
  | { readonly kind: 'read'; readonly start: Sectors; readonly bytes: number }
  | { readonly kind: 'io'; readonly io: Exclude<Io, { op: 'read' }> }
  | { readonly kind: 'allocation'; readonly start: Sectors; readonly count: Sectors };

export type Outcome =
  | { readonly kind: 'read'; readonly result: IoResult; readonly data: Uint8Array }
  | { readonly kind: 'io'; readonly result: IoResult }
  | { readonly kind: 'allocation'; readonly runs: readonly Allocation[] };

export type ToThread =
  /** The connection itself comes another way, under the same number. */
  | {
      readonly kind: 'client';
      readonly client: number;
      readonly device: number;
      readonly offered: OfferedApart;
    }
  | { readonly kind: 'facts'; readonly device: number; readonly facts: DeviceFacts }
  /** Until it is called back. */
  | { readonly kind: 'lease'; readonly device: number; readonly leave: Leave }
  /** Wanted back: answered with `returned`, once, when nothing is under way. */
  | { readonly kind: 'recall'; readonly device: number }
  | {
      readonly kind: 'outcome';
      readonly device: number;
      readonly task: number;
      readonly outcome: Outcome;
    }
  /** None of its clients is left, and no lease. */
  | { readonly kind: 'forget'; readonly device: number }
  /** It is to be sent away, see `NbdSession.finish`. */
  | { readonly kind: 'finish'; readonly client: number };

export type FromThread =
  | {
      readonly kind: 'task';
      readonly device: number;
      readonly id: number;
      readonly task: Task;
      /** A lease would have done it. */
      readonly wantsLease: boolean;
    }
  | { readonly kind: 'returned'; readonly device: number }
  | { readonly kind: 'traffic'; readonly client: number; readonly traffic: Traffic }
  /** The connection is closed, and the device has nothing of it any more. */
  | { readonly kind: 'ended'; readonly client: number; readonly traffic: Traffic };
