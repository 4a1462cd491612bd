/** What fails below LVM: disks, what is on them, and device-mapper. */
import type { DevNo, Sectors } from './units.ts';

/** What is asked of a block device. */
export type IoOp = 'read' | 'write' | 'zero' | 'discard' | 'flush';

/** What may stand behind a refused or failed operation on a block device. */
export type IoErrorData =
  /** `start` in sectors; absent for a flush. */
  | {
      readonly code: 'io-failed';
      readonly device: string;
      readonly op: IoOp;
      readonly start?: Sectors;
      readonly why: string;
      /** Nothing of it was done for good: a device above may ask once more, later. */
      readonly again?: true;
    }
  | {
      readonly code: 'out-of-range';
      readonly device: string;
      readonly start: number;
      readonly count: number;
      readonly size: number;
    }
  | { readonly code: 'read-only'; readonly device: string };

/** Something on a disk that is not what its format says (reference 1 and 2). */
export interface DamageData {
  readonly code: 'damaged';
  /** `/dev/sda`; empty where the text came from no device. */
  readonly device: string;
  readonly part: 'label' | 'pv-header' | 'mda-header' | 'text';
  /** Byte offset on the device, or in the text for `part: 'text'`. */
  readonly offset: number;
  /** The field or the place: `crc`, `start`, `logical_volumes/home/segment1/type`. */
  readonly field: string;
  /** What was found and what is allowed, as a clause without a full stop. */
  readonly why: string;
}

/** Refusals of device-mapper, with the error number the kernel would answer. */
export interface DmErrorData {
  readonly code: 'dm';
  /** As Linux names the ioctl in what it says. */
  readonly op:
    | 'create'
    | 'reload'
    | 'suspend'
    | 'resume'
    | 'rename'
    | 'remove'
    | 'clear'
    | 'status'
    | 'table'
    | 'deps'
    | 'message'
    | 'setgeometry'
    | 'waitevent';
  /** Name of the mapped device; empty where it was looked for otherwise. */
  readonly device: string;
  readonly uuid?: string;
  readonly devno?: DevNo;
  readonly errno: 'EBUSY' | 'EINVAL' | 'ENXIO' | 'ENODEV' | 'EIO' | 'EEXIST' | 'EROFS' | 'EINTR';
  /** The kernel's own words where it has some: `linear: Invalid argument count`. */
  readonly reason: string;
}
