import type { ExportState } from './exports.ts';
import type { DiskFault } from './faults.ts';
import type { JobState } from './jobs.ts';
import type { MirrorState } from './mirrors.ts';
import type { SnapshotState } from './snapshots.ts';
import type { SettingsState } from './settings.ts';
import type { DevNo, Extents, Sectors } from './units.ts';

/** LVM's allocation policies (reference 9.1). `inherit` is a volume's default. */
export type AllocationPolicy =
  'contiguous' | 'cling' | 'cling_by_tags' | 'normal' | 'anywhere' | 'inherit';

/**
 * How a disk of a lab is opened. Nothing is ever written to the image of one that is read-only, or
 * under a sandbox: a sandbox keeps what is written in a file of its own, until it is applied to the
 * image or discarded.
 */
export type DiskMode = 'read-only' | 'sandbox' | 'live';

/**
 * What happens to I/O of a disk behind an export while its server is away: it waits, up to a limit,
 * or fails at once.
 */
export type LossPolicy = 'queue' | 'fail';

/** Why LVM neither makes nor sees a PV on a disk as a whole; smaller than 2 MiB is too small. */
export type UnfitReason = 'partitioned' | 'too-small';

/** The two kinds of partition tables. */
export type TableKind = 'gpt' | 'mbr';

/** Which part of a disk a partition is. */
export interface PartitionPlace {
  /** `/dev/sda`. */
  readonly disk: string;
  /** 1 to 255. */
  readonly number: number;
  readonly start: Sectors;
  /** What is seen of an extended partition: there is room for a boot loader. */
  readonly extended?: true;
}

/**
 * A disk of the lab: an image file or an export, under a name and number that never change by
 * themselves; or a partition of one, which has its disk's mode and image.
 */
export interface DiskState {
  /** `/dev/sda`. */
  readonly path: string;
  readonly devno: DevNo;
  readonly size: Sectors;
  readonly mode: DiskMode;
  /** File name of the image, without its directory, or address of the export. */
  readonly image: string;
  /** Of an export. */
  readonly onLoss?: LossPolicy;
  /** Why the image cannot be used, in a sentence; absent when it can. */
  readonly problem?: string;
  /** What should be known of the image although it can be used, in a sentence. */
  readonly note?: string;
  /** Of a sandbox that can be used; not of partitions. */
  readonly sandbox?: SandboxState;
  /** Of a whole disk that has a partition table. */
  readonly table?: TableKind;
  /** Of a partition. */
  readonly partitionOf?: PartitionPlace;
  readonly unfit?: UnfitReason;
  /** What is broken on it, 1 or more; of a partition what it has of those of its disk. */
  readonly faults?: readonly DiskFault[];
}

/** The overlay of a disk that is open in a sandbox. Sizes in sectors. */
export interface SandboxState {
  /** What differs from the image, in whole chunks: what discarding it would lose. */
  readonly changed: Sectors;
  /** A part of it is in the image already: it can be applied to the end, and not discarded. */
  readonly applying: boolean;
}

/** A physical volume, as `pvs` knows it. */
export interface PvState {
  /** `/dev/sda`, or `[unknown]` when no disk carries this PV. */
  readonly device: string;
  /** 32 characters, without dashes. */
  readonly id: string;
  /** Absent for an orphan. */
  readonly vg?: string;
  readonly deviceSize: Sectors;
  readonly peStart: Sectors;
  /** 0 for an orphan: extents exist only inside a group. */
  readonly extentCount: Extents;
  readonly freeCount: Extents;
  /** As `pvs` prints it: `a--`. */
  readonly attr: string;
  /** No disk carries it, or one that was written off meanwhile. */
  readonly missing: boolean;
  readonly allocatable: boolean;
  readonly tags: readonly string[];
  /** Metadata areas in use. */
  readonly areaCount: number;
}

/** A run of extents of a segment on a PV or in another LV. */
export interface AreaState {
  readonly on: 'pv' | 'lv';
  /** PV: its device path (or `[unknown]`). LV: its name. */
  readonly device: string;
  /** PV: its id; LV: the LV's id. */
  readonly id: string;
  /** First physical extent of the PV, or logical extent of the LV. */
  readonly start: Extents;
  readonly count: Extents;
}

/** A run of logical extents of one type. Counts in extents of the group. */
export interface SegmentState {
  /** First logical extent of the segment in its volume. */
  readonly start: Extents;
  readonly count: Extents;
  /** As `lvs -o segtype` prints it: `linear`, `striped`, `error`, `raid1`. */
  readonly type: string;
  /** Legs of a mirror; 0 for types that have no areas. */
  readonly stripes: number;
  /** 0 when not striped. */
  readonly stripeSize: Sectors;
  /** Of a mirror: its legs, each as long as the segment. */
  readonly areas: readonly AreaState[];
  /** Of a mirror, the name of the volume that holds its log; absent: it is in memory. */
  readonly log?: string;
  /** Of a mirror, where its metadata says it. */
  readonly regionSize?: Sectors;
  /** Of a piece of a move: how many of its extents are known to be at their destination. */
  readonly moved?: Extents;
}

/** A logical volume, as `lvs -a` knows it. */
export interface LvState {
  readonly id: string;
  readonly vg: string;
  readonly name: string;
  /** Hidden volumes are parts of others and shown in brackets. */
  readonly visible: boolean;
  readonly extentCount: Extents;
  readonly size: Sectors;
  /** As `lvs` prints it: `-wi-a-----`. */
  readonly attr: string;
  /** As `lvs -o lv_layout,lv_role`: `linear`, `public`. */
  readonly layout: string;
  readonly role: string;
  readonly tags: readonly string[];
  readonly segments: readonly SegmentState[];
  /** Name in /dev/mapper: `vg-home`; that of its device where it was renamed by hand. */
  readonly dmName: string;
  readonly active: boolean;
  /** Open count of its device; 0 when inactive. */
  readonly openCount: number;
  /** Of an active mirror: whether the monitor repairs it when it fails. */
  readonly monitored?: boolean;
  /** Of a snapshot, the volume whose store it is. */
  readonly snapshot?: SnapshotOf;
}

/** What a snapshot was taken of, and how it keeps that. */
export interface SnapshotOf {
  /** Name of the origin. */
  readonly origin: string;
  readonly chunkSize: Sectors;
  /** What it keeps goes back to the origin, now or when that comes up next. */
  readonly merging: boolean;
}

/** A volume group with everything in it, as its newest metadata describes it. */
export interface VgState {
  readonly id: string;
  readonly name: string;
  readonly seqno: number;
  readonly extentSize: Sectors;
  readonly extentCount: Extents;
  readonly freeCount: Extents;
  /** As `vgs` prints it: `wz--n-`. */
  readonly attr: string;
  readonly allocation: AllocationPolicy;
  readonly tags: readonly string[];
  /** In the group's own order. */
  readonly pvs: readonly PvState[];
  /**
   * Visible first, then hidden, in the group's own order; without those that only link a store to
   * its origin.
   */
  readonly lvs: readonly LvState[];
  /** LVM's warnings about this group, one sentence each. */
  readonly problems: readonly string[];
}

/** A run of sectors of another device that a target reads and writes. */
export interface RangeState {
  readonly devno: DevNo;
  readonly start: Sectors;
  readonly count: Sectors;
}

/** One line of a table: a run of sectors of the device and what maps it. */
export interface TargetState {
  readonly start: Sectors;
  readonly length: Sectors;
  readonly type: string;
  /** What `dmsetup table` prints after the type. */
  readonly params: string;
  /** What `dmsetup status` prints after the type. */
  readonly status: string;
  readonly ranges: readonly RangeState[];
}

/** Requests of a mapped device that are under way, and those that wait at its closed gate. */
export interface IoCounts {
  readonly name: string;
  readonly inFlight: number;
  readonly queued: number;
}

/** A mapped device, as `dmsetup info`, `table` and `deps` know it. */
export interface DmDeviceState extends IoCounts {
  readonly uuid: string;
  readonly devno: DevNo;
  readonly suspended: boolean;
  readonly readOnly: boolean;
  /** Absent: no such table. */
  readonly live?: readonly TargetState[];
  readonly inactive?: readonly TargetState[];
  /** Devices the live table opened, newest first, as `dmsetup deps` lists them. */
  readonly deps: readonly DevNo[];
  readonly openCount: number;
  readonly eventNumber: number;
  /** It goes away when the last that has it open closes it. */
  readonly removeOnClose?: true;
  /** In sectors, where somebody set it; absent: what the live table begins with. */
  readonly readAhead?: number;
}

/** A warning of LVM's about disks that belong to no group it can read. */
export interface ProblemState {
  /** Path of the disk, where it is about one. */
  readonly device?: string;
  readonly sentence: string;
}

/** The whole of what a screen draws, as it was right after event number `seq`. */
export interface LabState {
  readonly seq: number;
  readonly lab: { readonly name: string; readonly directory: string };
  /** In the order attached. */
  readonly disks: readonly DiskState[];
  /** PVs that belong to no group; those of groups are inside them. */
  readonly orphans: readonly PvState[];
  /** Beside those of the groups themselves. */
  readonly problems: readonly ProblemState[];
  /** Sorted by name. */
  readonly vgs: readonly VgState[];
  /** Sorted by name, byte order. */
  readonly devices: readonly DmDeviceState[];
  /** In the order they began. */
  readonly exports: readonly ExportState[];
  /** Those that go on and the last that ended, in the order they began. */
  readonly jobs: readonly JobState[];
  /** Mirror targets of live tables, by device and start. */
  readonly mirrors: readonly MirrorState[];
  /** Of live tables, by device name and start. */
  readonly snapshots: readonly SnapshotState[];
  readonly settings: SettingsState;
}
