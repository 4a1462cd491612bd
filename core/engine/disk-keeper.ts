/** Whose disks they are: how the images of a lab are opened is the host's business. */
import { err, type Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { BlockDevice } from '../block/device.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskFault, FaultChoice } from '../contract/faults.ts';
import type {
  DiskMode,
  DiskState,
  LossPolicy,
  PartitionPlace,
  TableKind,
  UnfitReason,
} from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';

/** A disk as the host opened it. */
export interface EngineDisk {
  /** `/dev/sda`. */
  readonly path: string;
  readonly devno: DevNo;
  /** Has no sectors where there is a problem. */
  readonly device: BlockDevice;
  readonly mode: DiskMode;
  /**
   * For looks at the disk: fails soon where `device` waits for somebody who may not answer. Absent:
   * `device` itself.
   */
  readonly prompt?: BlockDevice;
  /** File name of the image, without its directory, or address of the export. */
  readonly image: string;
  /** Of an export. */
  readonly onLoss?: LossPolicy;
  /** Why the image cannot be used, in a sentence. */
  readonly problem?: string;
  /** What should be known of it although it can, in a sentence. */
  readonly note?: string;
  /** Of one that is in a sandbox; changes with every write. */
  readonly sandbox?: { readonly changed: Sectors; readonly state: 'open' | 'applying' };
  /** Of a whole disk that has one. */
  readonly table?: TableKind;
  readonly partitionOf?: PartitionPlace;
  readonly unfit?: UnfitReason;
  /** What is broken on it; absent: nothing. */
  readonly faults?: readonly DiskFault[];
}

/** A disk that is broken off is not seen by anybody who looks for disks. */
export const isGone = ({ faults }: Pick<DiskState, 'faults'>): boolean =>
  faults?.some(({ kind }) => kind === 'gone') ?? false;

/** Whether LVM looks at it. */
export const isLookedAt = (disk: Pick<DiskState, 'problem' | 'unfit' | 'faults'>): boolean =>
  disk.problem === undefined && disk.unfit === undefined && !isGone(disk);

/** A change to which disks a lab has and how they are opened. */
export type ImageChange =
  | {
      readonly kind: 'attach';
      /** Paths, absolute, and addresses of exports. All of them are attached, or none. */
      readonly files: readonly string[];
      readonly mode: DiskMode;
      /** Of exports; default: queue. */
      readonly onLoss?: LossPolicy;
      /** For one file only; absent: the first free name. */
      readonly name?: string;
      readonly takeOver?: boolean;
    }
  | { readonly kind: 'detach'; readonly device: string }
  | {
      readonly kind: 'mode';
      readonly device: string;
      readonly mode: DiskMode;
      /** Of an export; absent: as it is. */
      readonly onLoss?: LossPolicy;
      /** Takes the image from a lab that does not have it open, or ended without closing it. */
      readonly takeOver?: boolean;
      /** Keeps a sandbox over an image that changed since it was made. */
      readonly force?: boolean;
    }
  /** Writes a sandbox into its image; the sandbox is empty then. */
  | { readonly kind: 'apply'; readonly device: string }
  /** Empties a sandbox. */
  | { readonly kind: 'discard'; readonly device: string };

/** What is broken on a disk, and mended. Its volumes stay as they are. */
export type FaultChange =
  | {
      readonly kind: 'break';
      readonly device: string;
      /** Beside those that it has. */
      readonly faults: readonly DiskFault[];
    }
  | {
      readonly kind: 'mend';
      readonly device: string;
      /** None: everything is mended. */
      readonly faults: readonly FaultChoice[];
    };

export type DiskChange = ImageChange | FaultChange;

export const isFaultChange = (change: DiskChange): change is FaultChange =>
  change.kind === 'break' || change.kind === 'mend';

/** What became of an image while it was open. */
export interface DiskFinding {
  readonly device: string;
  readonly image: string;
  /** A clause about the image: `was replaced by another file`. */
  readonly why: string;
}

export interface DiskKeeper {
  /** In the order attached; the same objects until something changes. */
  readonly disks: readonly EngineDisk[];
  /**
   * Looks at every image. One that is not the file any more that was opened has a problem from then
   * on; one that somebody else wrote to has a note.
   */
  check(): Promise<readonly DiskFinding[]>;
  /** Nothing uses the disks meanwhile. @returns those that are new or opened anew */
  change(change: DiskChange): Promise<Result<readonly EngineDisk[], VolumeError>>;
  /**
   * By path, of partitions that have no number next to that of their disk, as they were when the
   * disks were open before. Absent: nobody remembers.
   */
  readonly numbers?: ReadonlyMap<string, DevNo>;
  /** Nothing is changed meanwhile. Where they cannot be kept they are not. */
  remember?(numbers: ReadonlyMap<string, DevNo>): Promise<void>;
}

/** Who has the images; what is broken above them is not its business. */
export interface ImageKeeper extends Omit<DiskKeeper, 'change'> {
  change(change: ImageChange): ReturnType<DiskKeeper['change']>;
  /** By path, what is broken; absent: nobody remembers. */
  readonly faults?: ReadonlyMap<string, readonly DiskFault[]>;
  /** Of one disk; none: it is whole again. It may come while something else is changed. */
  rememberFaults?(path: string, faults: readonly DiskFault[]): Promise<Result<void, VolumeError>>;
}

/** Disks that stay as they are. */
export function fixedDisks(disks: readonly EngineDisk[]): ImageKeeper {
  const why = 'the disks of this lab cannot be changed';
  return {
    disks,
    check: () => Promise.resolve([]),
    change: () => Promise.resolve(err({ code: 'lab', directory: '', why })),
  };
}

/** As those who only read it get it. */
export const lookedAt = ({ path, device, prompt = device }: EngineDisk) => ({
  path,
  device: prompt,
});

export function diskState(disk: EngineDisk): DiskState {
  const { path, devno, device, mode, image, onLoss, problem, note, sandbox } = disk;
  const { table, partitionOf, unfit, faults } = disk;
  return {
    path,
    devno,
    size: device.size,
    mode,
    image,
    ...(onLoss && { onLoss }),
    ...(problem !== undefined && { problem }),
    ...(note !== undefined && { note }),
    ...(sandbox && {
      sandbox: { changed: sandbox.changed, applying: sandbox.state === 'applying' },
    }),
    ...(table && { table }),
    ...(partitionOf && { partitionOf }),
    ...(unfit && { unfit }),
    ...(faults && { faults }),
  };
}
