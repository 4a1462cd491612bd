/** What LVM1's driver and its pvmove speak of. */
import type { Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { BlockDevice, DataIo, IoError } from '../../block/device.ts';

/** A physical extent, as the driver's map has it: where it begins on which disk. */
export interface Pe {
  readonly device: BlockDevice;
  readonly start: Sectors;
}

export const isSamePe = (a: Pe, b: Pe): boolean => a.device === b.device && a.start === b.start;

/** Why an ioctl was refused, in words for the errno of the driver. */
export type Refused =
  /** EBUSY: there is one PE lock, and somebody has it. */
  | { readonly code: 'locked-already' }
  /** ENXIO: no logical extent of any volume lies there. */
  | { readonly code: 'not-mapped' }
  /** EINVAL: this driver does not know that ioctl. */
  | { readonly code: 'unknown-ioctl' }
  /** Of pvmove itself: there are data in the PE that it is to write. */
  | { readonly code: 'in-use' };

export type Outcome = Result<void, Refused | IoError>;

/** What happens during a move, in order, for whoever tells or checks it. */
export type MoveEvent =
  /** `dirty` buffers are written and waited for, of all devices or of one. */
  | { readonly kind: 'fsync-dev'; readonly device?: string; readonly dirty: number }
  | { readonly kind: 'locked'; readonly pe: Pe }
  /** Requests that were under way on the PE when it was locked are waited for. */
  | { readonly kind: 'draining'; readonly pe: Pe; readonly inTransit: number }
  /** A request for a volume has to wait until the PE is unlocked. */
  | { readonly kind: 'deferred'; readonly volume: string; readonly io: DataIo }
  /** The PE was read: so many of its sectors not from the disk but from its cache. */
  | { readonly kind: 'read'; readonly pe: Pe; readonly cached: number }
  | { readonly kind: 'written'; readonly pe: Pe }
  | { readonly kind: 'remapped'; readonly from: Pe; readonly to: Pe }
  | { readonly kind: 'unlocked'; readonly pe: Pe; readonly deferred: number };

export type Tell = (event: MoveEvent) => void;
