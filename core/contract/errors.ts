import type { DeviceError, DeviceNotice } from './device-errors.ts';
import type { DamageData, DmErrorData, IoErrorData } from './failures.ts';
import type { GroupError, GroupNotice } from './group-errors.ts';
import type { ImageNotice, LabError } from './lab-errors.ts';
import type { MergeError, MergeNotice } from './merge-errors.ts';
import type { MirrorError, MirrorNotice } from './mirror-errors.ts';
import type { MoveError, MoveNotice } from './move-errors.ts';
import type { PlaceError, PlaceNotice, UnusablePv } from './place-errors.ts';
import type { SizeError } from './size-errors.ts';
import type { PvError, PvNotice } from './pv-errors.ts';
import type { Question } from './questions.ts';
import type { SnapshotError, SnapshotNotice } from './snapshot-errors.ts';
import type { Extents, Sectors } from './units.ts';

export type { DamageData, DmErrorData, IoErrorData, Question, UnusablePv };
export type { PvLayoutRefusal } from './pv-errors.ts';

/** Why LVM refuses a name (reference 2.8). */
export type NameRefusal =
  'empty' | 'character' | 'hyphen' | 'dots' | 'too-long' | 'reserved-prefix' | 'reserved-part';

/**
 * Everything an operator can get wrong or run out of. Plain data: it crosses every door unchanged.
 * Devices are paths (`/dev/sda`), volumes are names without their group unless both are given.
 */
export type VolumeError = Refusal & {
  /** What was said before it came to the refusal. */
  readonly before?: readonly Notice[];
};

type Refusal =
  | IoErrorData
  | DamageData
  | DmErrorData
  | GroupError
  | SizeError
  | PlaceError
  | DeviceError
  | MergeError
  | MirrorError
  | MoveError
  | SnapshotError
  /** `direct`: the command itself looked for it, not LVM's loop over groups, which says more. */
  | { readonly code: 'vg-not-found'; readonly vg: string; readonly direct?: true }
  | PvError
  | { readonly code: 'vg-exists'; readonly vg: string }
  | {
      readonly code: 'lv-not-found';
      readonly vg: string;
      readonly lv: string;
      /** LVM's words differ from command to command. */
      readonly command?: string;
    }
  | {
      readonly code: 'lv-exists';
      readonly vg: string;
      readonly lv: string;
      readonly splitting?: true;
    }
  | {
      readonly code: 'name-refused';
      readonly object: 'vg' | 'lv' | 'tag';
      readonly name: string;
      readonly why: NameRefusal;
      /** The name would be another one's new name. */
      readonly isNew?: true;
      /** The reserved prefix or part, where that is the reason. */
      readonly reserved?: string;
      /** Characters at most, where a shorter name would have been taken. */
      readonly max?: number;
    }
  | { readonly code: 'same-name'; readonly vg: string; readonly lv: string }
  /** The disk exists and carries no PV label. */
  | { readonly code: 'not-a-pv'; readonly device: string; readonly command: string }
  | {
      readonly code: 'pv-of-vg';
      readonly device: string;
      readonly vg: string;
      readonly command: string;
    }
  /** The label says the PV is in a VG, but no metadata tells which. */
  | { readonly code: 'pv-used-unknown'; readonly device: string; readonly command: string }
  | { readonly code: 'pv-not-in-vg'; readonly device: string; readonly vg: string }
  | {
      readonly code: 'pv-not-in-a-vg';
      readonly device: string;
      readonly what: 'allocatable' | 'tag' | 'other';
    }
  | { readonly code: 'pv-vg-active'; readonly device: string }
  | { readonly code: 'pv-in-use'; readonly device: string }
  /** Part of what was asked for was left undone; notices said what. */
  | { readonly code: 'incomplete'; readonly vg: string }
  | { readonly code: 'vg-lacks-pvs'; readonly count: number }
  | { readonly code: 'pv-two-areas'; readonly device: string }
  | { readonly code: 'pv-listed-twice'; readonly device: string; readonly vg: string }
  | { readonly code: 'device-too-small'; readonly device: string; readonly size: Sectors }
  | {
      readonly code: 'device-read-only';
      readonly device: string;
      /** The group that would have been written, */
      readonly vg?: string;
      /** or what the disk was wanted for. */
      readonly command?: string;
    }
  | { readonly code: 'duplicate-pvs'; readonly vg: string }
  /** The disk carries a PV that another disk carries too. */
  | { readonly code: 'device-duplicate'; readonly device: string }
  | { readonly code: 'activation-duplicates'; readonly vg: string }
  | {
      readonly code: 'vg-missing-pvs';
      readonly vg: string;
      readonly pvIds: readonly string[];
      readonly direct?: true;
    }
  | { readonly code: 'vg-exported'; readonly vg: string }
  | { readonly code: 'vg-not-exported'; readonly vg: string }
  /** Two groups have it: no name can tell which one is meant. */
  | { readonly code: 'vg-name-shared'; readonly vg: string }
  | { readonly code: 'vg-has-active'; readonly vg: string; readonly command: string }
  | { readonly code: 'vg-last-pv'; readonly vg: string; readonly device: string }
  | { readonly code: 'vg-rename-exists'; readonly vg: string }
  | { readonly code: 'same-vg-name' }
  | {
      readonly code: 'vg-already-resizeable';
      readonly vg: string;
      readonly resizeable: boolean;
    }
  | {
      readonly code: 'vg-limit-below-use';
      readonly vg: string;
      readonly what: 'lv' | 'pv';
      readonly used: number;
    }
  | { readonly code: 'vg-limit-fixed'; readonly vg: string; readonly what: 'lv' | 'pv' | 'extent' }
  | { readonly code: 'extent-size-unfit'; readonly vg: string; readonly size: Sectors }
  /** What is counted in extents is no whole number of the new ones. */
  | { readonly code: 'extent-count-unfit'; readonly sectors: number; readonly whose: string }
  | { readonly code: 'vg-read-only'; readonly vg: string }
  | { readonly code: 'vg-not-resizeable'; readonly vg: string }
  | { readonly code: 'pv-exported'; readonly device: string; readonly vg: string }
  | {
      readonly code: 'vg-max-pvs';
      readonly vg: string;
      readonly max: number;
      /** The first that has no place. */
      readonly device: string;
    }
  | { readonly code: 'vg-max-lvs'; readonly vg: string; readonly max: number }
  | {
      readonly code: 'extent-size-invalid';
      readonly size: Sectors;
      readonly why: 'zero' | 'zero-of-new' | 'not-multiple-of-128k';
    }
  | {
      readonly code: 'permission-same';
      readonly vg: string;
      readonly lv: string;
      readonly permission: 'r' | 'rw';
    }
  | {
      readonly code: 'segment-type-unsupported';
      readonly vg: string;
      readonly lv: string;
      readonly type: string;
      /** The type is that of a volume which uses this one: a snapshot its origin. */
      readonly user?: true;
    }
  | {
      readonly code: 'metadata-too-large';
      readonly vg: string;
      readonly seqno: number;
      readonly device: string;
      readonly size: number;
      readonly max: number;
    }
  | { readonly code: 'no-metadata-areas'; readonly vg: string }
  | { readonly code: 'metadata-invalid'; readonly vg: string; readonly faults: readonly string[] }
  /** What stands on the disks, or in a file, breaks LVM's rules already. */
  | {
      readonly code: 'metadata-unsound';
      readonly vg: string;
      readonly faults: readonly string[];
      readonly restore?: true;
    }
  /** A question was answered with no, or could not be asked. */
  | { readonly code: 'declined'; readonly question: Question }
  /** Another operation holds what this one needs. */
  | { readonly code: 'claimed'; readonly what: string; readonly holder: string }
  /** Each of several objects was refused; `misuse`: the command line is to blame. */
  | {
      readonly code: 'several';
      readonly errors: readonly VolumeError[];
      readonly misuse?: true;
    }
  /** The plan stopped after its commit point; `left` says what is still to be done. */
  | { readonly code: 'stuck'; readonly cause: VolumeError; readonly left: readonly string[] }
  /** A file of an archive or a backup. */
  | { readonly code: 'backup-failed'; readonly path: string; readonly why: string }
  | { readonly code: 'backup-of-other-vg'; readonly vg: string; readonly file: string }
  | { readonly code: 'no-backup'; readonly vg: string }
  | {
      readonly code: 'restore-missing-pvs';
      readonly vg: string;
      readonly pvIds: readonly string[];
      /** PVs that are there, but missing by the file. */
      readonly marked: number;
    }
  | LabError
  | { readonly code: 'usage'; readonly command: string; readonly why: string };

/** What went well, or should be known although it went well. Sentences are in core/report. */
export type Notice =
  | PlaceNotice
  | MergeNotice
  | MirrorNotice
  | MoveNotice
  | SnapshotNotice
  | PvNotice
  | DeviceNotice
  | GroupNotice
  | { readonly code: 'pv-created'; readonly device: string }
  | { readonly code: 'pv-removed'; readonly device: string }
  | { readonly code: 'pv-changed'; readonly device: string }
  | { readonly code: 'pv-not-changed'; readonly device: string }
  | {
      readonly code: 'pv-already-allocatable';
      readonly device: string;
      readonly allocatable: boolean;
    }
  /** Another size than the device's was given. */
  | {
      readonly code: 'pretending-size';
      readonly device: string;
      readonly size: Sectors;
      readonly deviceSize: Sectors;
    }
  | { readonly code: 'extent-size-same'; readonly vg: string; readonly size: Sectors }
  | { readonly code: 'wiping-used-pv'; readonly device: string; readonly vg: string }
  | { readonly code: 'vg-created'; readonly vg: string; readonly systemId?: string }
  | { readonly code: 'vg-consistent'; readonly vg: string }
  | { readonly code: 'vg-made-consistent'; readonly vg: string }
  | { readonly code: 'lv-partial'; readonly lv: string }
  | { readonly code: 'partial-lvs-stay'; readonly vg: string }
  | { readonly code: 'removing-partial-lv'; readonly vg: string; readonly lv: string }
  | { readonly code: 'vg-reduced'; readonly vg: string; readonly device: string }
  | { readonly code: 'vg-renamed'; readonly from: string; readonly to: string }
  | { readonly code: 'vg-merged'; readonly from: string; readonly to: string }
  | {
      readonly code: 'vg-split';
      readonly from: string;
      readonly to: string;
      /** `to` was there before. */
      readonly existing: boolean;
    }
  | { readonly code: 'vg-changed'; readonly vg: string }
  | { readonly code: 'vg-exported'; readonly vg: string }
  | { readonly code: 'vg-imported'; readonly vg: string }
  | { readonly code: 'vg-restored'; readonly vg: string }
  | { readonly code: 'active-volume'; readonly vg: string; readonly lv: string }
  | { readonly code: 'active-volumes'; readonly vg: string; readonly count: number }
  | { readonly code: 'restoring-active' }
  | { readonly code: 'not-backed-up' }
  /** How many volumes of the group are active now. */
  | { readonly code: 'vg-active'; readonly vg: string; readonly count: number }
  /** Left out of a change to all volumes of a group. */
  | { readonly code: 'lv-skipped'; readonly error: VolumeError }
  | { readonly code: 'lv-changed'; readonly vg: string; readonly lv: string }
  | { readonly code: 'reducing-active'; readonly size: Sectors }
  | { readonly code: 'vg-extended'; readonly vg: string }
  | { readonly code: 'vg-removed'; readonly vg: string }
  | { readonly code: 'lv-created'; readonly lv: string }
  | { readonly code: 'lv-removed'; readonly vg: string; readonly lv: string }
  | { readonly code: 'lv-renamed'; readonly vg: string; readonly from: string; readonly to: string }
  | {
      readonly code: 'lv-size-changed';
      readonly vg: string;
      readonly lv: string;
      readonly from: Extents;
      readonly to: Extents;
      readonly extentSize: Sectors;
    }
  | {
      readonly code: 'lv-size-unchanged';
      readonly vg: string;
      readonly lv: string;
      readonly count: Extents;
      readonly extentSize: Sectors;
    }
  /** The last segment is of another type than the one that is asked for. */
  | {
      readonly code: 'types-mixed';
      readonly vg: string;
      readonly lv: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly code: 'lv-resized'; readonly vg: string; readonly lv: string }
  | { readonly code: 'rounded-up'; readonly size: Sectors }
  /** The same for a volume that is resized. */
  | { readonly code: 'rounded-to-boundary'; readonly size: Sectors }
  | {
      readonly code: 'rounded-to-stripes';
      readonly from: Extents;
      readonly to: Extents;
      readonly extentSize: Sectors;
    }
  /** More would not fit. */
  | {
      readonly code: 'rounded-down-to-stripes';
      readonly from: Extents;
      readonly to: Extents;
      readonly extending?: true;
    }
  /** The same for an extension: only the new part is rounded, totals are given. */
  | { readonly code: 'rounded-to-stripes-segment'; readonly from: Extents; readonly to: Extents }
  | { readonly code: 'stripe-size-default'; readonly size: Sectors; readonly extending?: true }
  | {
      readonly code: 'stripe-size-of-last-segment';
      readonly size: Sectors;
      readonly extending?: true;
    }
  /** Larger than an extent: the extent size was taken. */
  | { readonly code: 'stripe-size-reduced'; readonly size: Sectors; readonly extentSize: Sectors }
  | { readonly code: 'zeroing-ignored'; readonly type: 'error' | 'zero' }
  | { readonly code: 'lv-not-zeroed'; readonly vg: string; readonly lv: string }
  | { readonly code: 'pv-not-allocatable'; readonly device: string }
  | { readonly code: 'pv-full'; readonly device: string }
  /** A percentage of the group that not all fits. */
  | {
      readonly code: 'reduced-to-free';
      readonly percent: number;
      readonly size: Sectors;
    }
  | { readonly code: 'stripe-size-ignored' }
  | {
      readonly code: 'stale-metadata';
      readonly vg: string;
      readonly device: string;
      readonly seqno: number;
      readonly newestSeqno: number;
      readonly newestDevice: string;
    }
  | { readonly code: 'inconsistent-metadata'; readonly vg: string }
  /** Its text is old and the newest no longer lists it. */
  | {
      readonly code: 'outdated-pv';
      readonly vg: string;
      readonly device: string;
      readonly seqno: number;
      readonly newestSeqno: number;
    }
  /** Marked missing in the metadata, and there again. `inUse`: volumes still have extents on it. */
  | {
      readonly code: 'pv-returned';
      readonly vg: string;
      readonly device: string;
      readonly pvId: string;
      readonly inUse: boolean;
    }
  /** Different groups under one name. */
  | { readonly code: 'duplicate-vg-name'; readonly vg: string; readonly vgIds: readonly string[] }
  | {
      readonly code: 'updating-old-metadata';
      readonly vg: string;
      readonly device: string;
      readonly seqno: number;
    }
  | { readonly code: 'pv-not-found'; readonly pvId: string }
  | {
      readonly code: 'pv-device-missing';
      readonly pvId: string;
      readonly vg: string;
      readonly hint: string;
    }
  /** Said once of a group, after each of the devices. */
  | { readonly code: 'devices-changed'; readonly vg: string }
  | {
      readonly code: 'device-smaller-than-pv';
      readonly device: string;
      readonly vg: string;
      readonly deviceSize: Sectors;
      readonly pvSize: Sectors;
    }
  | {
      readonly code: 'duplicate-preferred';
      readonly device: string;
      readonly pvId: string;
      /** As LVM says it: `device name matches previous`. */
      readonly reason: string;
    }
  | {
      readonly code: 'duplicate-pv';
      readonly device: string;
      readonly pvId: string;
      readonly preferred: string;
    }
  | { readonly code: 'pv-missing-used-flag'; readonly device: string; readonly vg: string }
  | ImageNotice
  | { readonly code: 'damage-found'; readonly damage: DamageData }
  | { readonly code: 'disk-unreadable'; readonly error: IoErrorData };
