/**
 * The metadata of a volume group, as the text format holds it (reference 2). Values are immutable;
 * an operation makes a new group from an old one. Keys and sections that this program does not know
 * are kept in `extra`, in their order, and written back.
 */
import type { LvmId } from '../../base/ids.ts';
import type { Extents, Sectors } from '../../base/units.ts';

/** A value in the text: integers beyond 2^53 stay exact as bigint, floats keep their spelling. */
export type ConfigScalar =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly text: string }
  /** A byte string (core/base/bytes.ts). `bare` words were written without quotes. */
  | { readonly kind: 'string'; readonly value: string; readonly bare?: boolean };

export type ConfigValue =
  ConfigScalar | { readonly kind: 'array'; readonly items: readonly ConfigScalar[] };

/** `name = value` or `name { ... }`. */
export type ConfigEntry =
  | { readonly kind: 'value'; readonly name: string; readonly value: ConfigValue }
  | { readonly kind: 'section'; readonly name: string; readonly entries: readonly ConfigEntry[] };

/** Where the extents of one stripe (or of one image) begin. */
export type Area =
  | { readonly on: 'pv'; readonly pvId: LvmId; readonly start: Extents }
  | { readonly on: 'lv'; readonly lv: string; readonly start: Extents };

interface SegmentHead {
  /** First logical extent in the volume. */
  readonly start: Extents;
  /** Logical extents, over all stripes. */
  readonly count: Extents;
  readonly tags: readonly string[];
}

/** `type = "striped"`: also what the field calls linear, with one area. */
export interface StripedSegment extends SegmentHead {
  readonly kind: 'striped';
  /** In sectors; 0 with one area. */
  readonly stripeSize: Sectors;
  /** One per stripe, 1 or more; each holds count / areas.length extents. */
  readonly areas: readonly Area[];
  readonly extra: readonly ConfigEntry[];
}

/** `type = "error"` or `"zero"`: no areas. */
export interface VirtualSegment extends SegmentHead {
  readonly kind: 'error' | 'zero';
  readonly extra: readonly ConfigEntry[];
}

/** `type = "mirror"`: every area holds the whole segment (reference 2.6.2). */
export interface MirrorSegment extends SegmentHead {
  readonly kind: 'mirror';
  /** In the order of the text, 1 or more; the first is the primary. */
  readonly areas: readonly Area[];
  /** Name of the volume that holds the log; absent: it is in memory. */
  readonly log?: string;
  /** In sectors; absent only without a log, in very old metadata. */
  readonly regionSize?: Sectors;
  /** Of a pvmove: extents that are at their destination, 0 to `count`. */
  readonly extentsMoved?: Extents;
  readonly extra: readonly ConfigEntry[];
}

/**
 * `type = "snapshot"`: the only segment of a pseudo volume, as long as the origin. It takes no
 * extents (reference 2.6.4).
 */
export interface SnapshotSegment extends SegmentHead {
  readonly kind: 'snapshot';
  /** In sectors. */
  readonly chunkSize: Sectors;
  /** Name of the volume the snapshot was taken of. */
  readonly origin: string;
  /** Name of the volume that keeps what the origin held, which is the snapshot's own name. */
  readonly store: string;
  /** The store's contents go back to the origin (`merging_store`). */
  readonly merging: boolean;
  readonly extra: readonly ConfigEntry[];
}

/** A type that this program reads, reports and writes back, but does not run. */
export interface ForeignSegment extends SegmentHead {
  readonly kind: 'foreign';
  /** As written, flags included: `raid1`, `raid5_ls+RESHAPE`, `thin-pool`. */
  readonly type: string;
  /** Every key but start_extent, extent_count, type and tags, in order. */
  readonly entries: readonly ConfigEntry[];
}

export type Segment =
  StripedSegment | VirtualSegment | MirrorSegment | SnapshotSegment | ForeignSegment;

export interface LogicalVolume {
  readonly name: string;
  readonly id: LvmId;
  /** Words in the order written: READ, WRITE, VISIBLE, ... */
  readonly status: readonly string[];
  readonly flags: readonly string[];
  readonly tags: readonly string[];
  /** Seconds since 1970; absent in old metadata. */
  readonly creationTime?: bigint;
  readonly creationHost?: string;
  /** Absent: inherit. */
  readonly allocationPolicy?: string;
  /** -1 none, 0/absent auto, else sectors. */
  readonly readAhead?: bigint;
  /** Sorted by start; they tile the volume without gaps. */
  readonly segments: readonly Segment[];
  /** lock_args, profile, major, minor and all that is unknown. */
  readonly extra: readonly ConfigEntry[];
}

export interface PhysicalVolume {
  /** Name of its section (`pv0`). Kept as read: unknown segment types may refer to it. */
  readonly section: string;
  readonly id: LvmId;
  /** Path it had when last written; a hint only. */
  readonly deviceHint: string;
  readonly status: readonly string[];
  readonly flags: readonly string[];
  readonly tags: readonly string[];
  /** Absent in very old metadata. */
  readonly deviceSize?: Sectors;
  readonly peStart: Sectors;
  readonly peCount: Extents;
  readonly extra: readonly ConfigEntry[];
}

export interface VolumeGroup {
  readonly name: string;
  readonly id: LvmId;
  /** 1 or more; every write adds one. */
  readonly seqno: number;
  /** `lvm2`; absent in old metadata. */
  readonly format?: string;
  readonly status: readonly string[];
  readonly flags: readonly string[];
  readonly tags: readonly string[];
  readonly systemId?: string;
  readonly extentSize: Sectors;
  /** 0 = no limit. */
  readonly maxLv: number;
  readonly maxPv: number;
  /** Absent: normal. */
  readonly allocationPolicy?: string;
  /** 0 = unmanaged. */
  readonly metadataCopies?: number;
  readonly pvs: readonly PhysicalVolume[];
  /** In the order of the text. */
  readonly lvs: readonly LogicalVolume[];
  /** lock_type, profile, historical_logical_volumes and all that is unknown. */
  readonly extra: readonly ConfigEntry[];
}

/** The lines around the group: who wrote it, when, and with which command. */
export interface MetadataHeader {
  readonly description: string;
  readonly creationHost: string;
  /** What `uname` says, for the comment beside creation_host. Empty: none. */
  readonly hostDescription: string;
  /** Seconds since 1970 (UTC). */
  readonly creationTime: number;
  /** For the first line: `LV Studio 0.1.0`. */
  readonly generator: string;
  /** System id of the writing host, where it has one. */
  readonly hostSystemId?: string;
}

/** Types whose areas are known one by one. */
export const hasAreas = (segment: Segment): segment is StripedSegment | MirrorSegment =>
  segment.kind === 'striped' || segment.kind === 'mirror';
export const isVirtual = (segment: Segment): segment is VirtualSegment =>
  segment.kind === 'error' || segment.kind === 'zero';
export const isVisible = (lv: LogicalVolume): boolean => lv.status.includes('VISIBLE');
export const isWritable = (lv: LogicalVolume): boolean => lv.status.includes('WRITE');
export const isMissing = (pv: PhysicalVolume): boolean =>
  pv.flags.includes('MISSING') || pv.status.includes('MISSING');
export const isAllocatable = (pv: PhysicalVolume): boolean => pv.status.includes('ALLOCATABLE');

export const findLv = (vg: VolumeGroup, name: string): LogicalVolume | undefined =>
  vg.lvs.find((lv) => lv.name === name);
export const findPv = (vg: VolumeGroup, id: LvmId): PhysicalVolume | undefined =>
  vg.pvs.find((pv) => pv.id === id);

/**
 * Whether a volume can be understood without its group: it lies on PVs alone, in stripes or not at
 * all. Nearly all do, and what is worked out about one holds as long as the object does.
 */
export const isPlain = (lv: LogicalVolume): boolean =>
  lv.segments.every(
    (one) =>
      isVirtual(one) || (one.kind === 'striped' && one.areas.every((area) => area.on === 'pv')),
  );

/** Logical extents of a volume: where its last segment ends. */
export function lvExtentCount(lv: LogicalVolume): Extents {
  const last = lv.segments.at(-1);
  return (last ? last.start + last.count : 0) as Extents;
}
