import type { Random } from '../../env/prng.ts';
import type { Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';
import type { DmDeviceState, UnfitReason } from '../../contract/state.ts';
import type { MetadataHeader } from '../format/model.ts';
import type { Access } from '../access.ts';
import type { Era } from '../activate/device-tree.ts';
import type { Kernel } from '../activate/kernel.ts';
import type { Scan } from '../scan-types.ts';

/** A disk as an operation needs to know it. */
export interface OpDisk {
  /** `/dev/sda`. */
  readonly path: string;
  /** `8:0`. */
  readonly devno: string;
  readonly size: Sectors;
  readonly readOnly: boolean;
}

/** The world as it is while an operation is planned. Planning changes nothing of it. */
export interface OpContext {
  readonly scan: Scan;
  readonly disks: readonly OpDisk[];
  /** Disks of the lab whose images cannot be used. */
  readonly unusable: readonly { readonly device: string; readonly why: string }[];
  /** Paths of disks that LVM does not look at. */
  readonly unfit: ReadonlyMap<string, UnfitReason>;
  /** The mapped devices, for a plan to go on from; a new one each time. */
  readonly kernel: () => Kernel;
  /** A mapped device by its UUID, if it exists. */
  readonly device: (uuid: string) => DmDeviceState | undefined;
  /** Of a mapped device that runs a mirror: index of the leg that has all data; 0 of others. */
  readonly sourceLeg: (name: string) => number;
  /** Whether a mapped device other than this one has the minor number. */
  readonly minorTaken: (minor: number, uuid: string) => boolean;
  /** Name of a mapped device whose tables use this disk (`8:0`), if one does. */
  readonly holderOf: (devno: string) => string | undefined;
  readonly random: Random;
  /**
   * The newest version of a group that is known: of when all disks could be read last, or written
   * since. Undefined: they never could, or nobody remembers.
   */
  readonly newest?: (vg: string) => number | undefined;
  /** As typed, or as the form made it. */
  readonly commandLine: string;
  /** Who writes, when, and by which command line. */
  readonly header: MetadataHeader;
  /** How devices are changed: as LVM does it, or did at some time; default: the present. */
  readonly era?: Era;
  /** Whose groups may be used. */
  readonly access: Access;
}

/** Turns a request and the world into a plan, or says why not. */
export type Operation<R> = (request: R, context: OpContext) => Result<Plan, VolumeError>;
