/** What dmsetup asks of device-mapper, one variant for each ioctl or short run of them. */
import type { ReadAheadWish } from '../contract/plan.ts';
import type { DevNo } from '../contract/units.ts';

/** Which mapped device: as the kernel looks it up. */
export type DmRef =
  { readonly name: string } | { readonly uuid: string } | { readonly devno: DevNo };

/** Verbs begin with `dm-`, so that none is one of LVM's. Tables are lines of text. */
export type DmRequest =
  | {
      readonly verb: 'dm-create';
      readonly name: string;
      readonly uuid: string;
      readonly minor?: number;
      /** Empty: the device stays without one. */
      readonly table: readonly string[];
      readonly readOnly: boolean;
      readonly readAhead?: ReadAheadWish;
    }
  | {
      readonly verb: 'dm-load';
      readonly device: DmRef;
      readonly table: readonly string[];
      readonly readOnly: boolean;
    }
  | ({ readonly verb: 'dm-suspend'; readonly device: DmRef } & SuspendWish)
  | ({
      readonly verb: 'dm-resume';
      readonly device: DmRef;
      readonly readAhead?: ReadAheadWish;
    } & SuspendWish)
  | { readonly verb: 'dm-clear'; readonly device: DmRef }
  /** With `deferred` one that is open goes when it is closed. */
  | { readonly verb: 'dm-remove'; readonly device: DmRef; readonly deferred: boolean }
  /** Puts a table of `error` in the place of what there is. */
  | ({ readonly verb: 'dm-wipe'; readonly device: DmRef; readonly readOnly: boolean } & SuspendWish)
  /** Its mirrors drop a leg that failed by themselves, or not, until another table is loaded. */
  | { readonly verb: 'dm-drop-legs'; readonly device: DmRef; readonly drops: boolean }
  /** Linux finds what is to be renamed by its name only. */
  | { readonly verb: 'dm-rename'; readonly from: DmRef; readonly to: string }
  | { readonly verb: 'dm-identify'; readonly device: DmRef; readonly uuid: string }
  | {
      readonly verb: 'dm-message';
      readonly device: DmRef;
      readonly sector: number;
      readonly text: string;
    };

export interface SuspendWish {
  /** I/O that cannot be finished is kept instead of waited for. */
  readonly noflush: boolean;
  /** The file system above is not frozen first. */
  readonly nolockfs: boolean;
}

export const isDmRequest = (request: { readonly verb: string }): request is DmRequest =>
  request.verb.startsWith('dm-');
