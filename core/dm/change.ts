/** What device-mapper tells of itself. */
import type { Io, IoError } from '../block/device.ts';
import type { IoCounts } from '../contract/state.ts';

/** Something that took effect; the device's new state can be read with `state`. */
export type DmChange =
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'removed'; readonly name: string }
  /** Its event number has risen by a doing of its live table (reference 4.4). */
  | { readonly kind: 'event'; readonly name: string }
  /** Regions of its mirrors have changed: told some times a second at most. */
  | { readonly kind: 'regions'; readonly name: string }
  /** Exceptions of its snapshots have come or gone: told some times a second at most. */
  | { readonly kind: 'chunks'; readonly name: string }
  /** Requests that devices have under way: told some times a second at most, to who looks. */
  | { readonly kind: 'io'; readonly counts: readonly IoCounts[] }
  /** A disk below failed a request; `device` is the disk's path. */
  | {
      readonly kind: 'io-error';
      readonly device: string;
      readonly op: Io['op'];
      readonly error: IoError;
    };
