/** What a look at all disks of a lab finds: labels, metadata areas, groups, and what is odd. */
import type { LvmId } from '../base/ids.ts';
import type { DamageData, IoErrorData, Notice } from '../contract/errors.ts';
import type { BlockDevice } from '../block/device.ts';
import type { AreaHeader, DiskRange, PvLabel } from './format/disk-types.ts';
import type { VolumeGroup } from './format/model.ts';

export type { AreaHeader, DiskRange, PvLabel, TextLocation } from './format/disk-types.ts';

/** A disk as the scanner is given it. */
export interface ScanDisk {
  /** `/dev/sda`. */
  readonly path: string;
  readonly device: BlockDevice;
}

export interface ScannedArea {
  readonly range: DiskRange;
  /** Absent when the header is damaged or unreadable; `damage` says why. */
  readonly header?: AreaHeader;
  /** The committed group, where there is one and its text is sound. */
  readonly vg?: VolumeGroup;
  readonly damage?: DamageData | IoErrorData;
}

/** A disk with a label. */
export interface ScannedPv {
  readonly path: string;
  readonly device: BlockDevice;
  readonly label: PvLabel;
  readonly areas: readonly ScannedArea[];
  /** Name of the group whose newest metadata lists this PV. Absent: orphan (or unknown). */
  readonly vgName?: string;
  /** It carries an old text of the group, which no longer lists it: nobody else may take it. */
  readonly outdated?: true;
}

/** A group as its newest sound metadata describes it. */
export interface ScannedVg {
  readonly vg: VolumeGroup;
  /** Disks of its PVs by PV id; a PV without an entry is missing. */
  readonly devices: ReadonlyMap<LvmId, ScannedPv>;
  /** PVs that left it while they were away; see `ScannedPv`. */
  readonly outdated?: readonly ScannedPv[];
  /** Sentences about this group; the same notices are in the scan's `notices`. */
  readonly notices: readonly Notice[];
}

/** A group that this machine leaves alone: another one's, or one that needs a lock manager. */
export interface BarredVg extends ScannedVg {
  readonly why: 'foreign' | 'clustered' | 'shared';
  /** Of this machine, where it has one. */
  readonly localId?: string;
}

export interface Scan {
  /** In the order of the disks. */
  readonly pvs: readonly ScannedPv[];
  /** PVs that lost against another disk with the same PV id. */
  readonly duplicates: readonly ScannedPv[];
  /** Sorted by name. */
  readonly vgs: readonly ScannedVg[];
  /** Groups that are on the disks all the same; their PVs are among `pvs`. In LVM's order. */
  readonly barred: readonly BarredVg[];
  /** Disks without a (sound) label. */
  readonly unlabelled: readonly ScanDisk[];
  /** Everything LVM would warn about, in the order found. */
  readonly notices: readonly Notice[];
}
