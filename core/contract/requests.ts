import type { Extents, Sectors } from './units.ts';

/** How much, in the three ways LVM lets one say it. `sign` makes it relative (lvextend). */
export type SizeSpec =
  | { readonly by: 'size'; readonly sectors: Sectors; readonly sign?: '+' }
  | { readonly by: 'extents'; readonly extents: Extents; readonly sign?: '+' }
  | {
      readonly by: 'percent';
      /** 1 or more; above 100 is refused by the operation where it makes no sense. */
      readonly percent: number;
      readonly of: 'FREE' | 'VG' | 'PVS' | 'LV';
      readonly sign?: '+';
    };

/** LVM's allocation policies (reference 9.1). `inherit` is a volume's default. */
export type AllocationPolicy =
  'contiguous' | 'cling' | 'cling_by_tags' | 'normal' | 'anywhere' | 'inherit';

/** Options that pvcreate, vgcreate and vgextend share when they make PVs. */
export interface PvCreation {
  /** Metadata areas per PV: 0, 1 (default) or 2, the second at the device's end. */
  readonly metadataCopies?: 0 | 1 | 2;
  /** Size of one metadata area asked for; rounded so that data stays aligned. Default ~1 MiB. */
  readonly metadataSize?: Sectors;
  /** Alignment of the first extent. Default 1 MiB (2048 sectors). */
  readonly dataAlignment?: Sectors;
}

/** Makes disks physical volumes. Refuses those of a group unless forced twice. */
export interface PvcreateRequest extends PvCreation {
  readonly verb: 'pvcreate';
  /** Paths as `/dev/sda`; one or more. */
  readonly devices: readonly string[];
  /** How often `-f` was given: 2 initialises a PV that belongs to a volume group. */
  readonly force?: number;
}

/** Makes a volume group of disks or orphan PVs; disks become PVs on the way. */
export interface VgcreateRequest extends PvCreation {
  readonly verb: 'vgcreate';
  readonly vg: string;
  readonly devices: readonly string[];
  /** Default 4 MiB (8192 sectors). */
  readonly extentSize?: Sectors;
  readonly allocation?: AllocationPolicy;
  /** 0 = no limit (default). */
  readonly maxLv?: number;
  readonly maxPv?: number;
  readonly tags?: readonly string[];
}

/** Takes more disks or orphan PVs into a group. */
export interface VgextendRequest extends PvCreation {
  readonly verb: 'vgextend';
  readonly vg: string;
  readonly devices: readonly string[];
}

/** Removes a group with all its volumes; its disks stay PVs. Refused while one is in use. */
export interface VgremoveRequest {
  readonly verb: 'vgremove';
  readonly vg: string;
  /** Removes the volumes in it without asking. */
  readonly force?: boolean;
}

/** Makes a linear or striped volume. Refused where its extents do not fit the policy. */
export interface LvcreateRequest {
  readonly verb: 'lvcreate';
  readonly vg: string;
  /** Absent: `lvol0`, `lvol1`, ... the first that is free. */
  readonly name?: string;
  readonly size: SizeSpec;
  /** 1 (default, linear) or more. */
  readonly stripes?: number;
  /** Default 64 KiB (128 sectors); power of two from 8 sectors to the extent size. */
  readonly stripeSize?: Sectors;
  readonly allocation?: AllocationPolicy;
  /** Only these PVs; empty or absent: all of the group. */
  readonly pvs?: readonly string[];
  readonly tags?: readonly string[];
  /** Default true. */
  readonly activate?: boolean;
  /** Zeroes the first 4 KiB. Default true; needs `activate`. */
  readonly zero?: boolean;
}

/** Grows a volume, also while it is in use. Refused unless it gets larger. */
export interface LvextendRequest {
  readonly verb: 'lvextend';
  readonly vg: string;
  readonly lv: string;
  readonly size: SizeSpec;
  /** Default: as the last segment. */
  readonly stripes?: number;
  readonly stripeSize?: Sectors;
  readonly allocation?: AllocationPolicy;
  readonly pvs?: readonly string[];
}

/** Removes a volume and its data. Refused while it is in use. */
export interface LvremoveRequest {
  readonly verb: 'lvremove';
  readonly vg: string;
  readonly lv: string;
  /** Removes an active volume without asking. */
  readonly force?: boolean;
}

/** Gives a volume another name; programs that have it open go on. */
export interface LvrenameRequest {
  readonly verb: 'lvrename';
  readonly vg: string;
  readonly from: string;
  readonly to: string;
}

/** Everything that changes a lab's volumes. Every door sends these; nothing else changes them. */
export type Request =
  | PvcreateRequest
  | VgcreateRequest
  | VgextendRequest
  | VgremoveRequest
  | LvcreateRequest
  | LvextendRequest
  | LvremoveRequest
  | LvrenameRequest;

/** The names of the changing operations, as LVM spells them. */
export type Verb = Request['verb'];
