/** What goes wrong, is asked and is said while PVs and their metadata areas are made. */
import type { PvckQuestion, PvckRefusal, PvckSaid } from './pvck.ts';
import type { UnfitReason } from './state.ts';
import type { Extents, Sectors } from './units.ts';

/** Why a device cannot be laid out as asked; offsets and sizes in sectors unless said. */
export type PvLayoutRefusal =
  | { readonly kind: 'offset-above-alignment'; readonly alignment: number; readonly offset: number }
  /** `least`: sectors that a PV has at the least. */
  | { readonly kind: 'size-below-minimum'; readonly least: number }
  | { readonly kind: 'alignment-beyond-device' }
  | { readonly kind: 'bootloader-beyond-device' }
  | { readonly kind: 'bootloader-overlaps' }
  | { readonly kind: 'extents-beyond-device' }
  /** `index`: 0 the area at the start, 1 the one at the end. */
  | { readonly kind: 'no-space'; readonly index: number }
  | {
      readonly kind: 'area-too-small';
      readonly index: number;
      readonly bytes: number;
      readonly least: number;
    };

/** Refusals; they are volume errors. Devices are paths, identifiers have 32 characters. */
export type PvError =
  | {
      readonly code: 'pv-shrink-below-use';
      readonly device: string;
      /** What the new size would hold. */
      readonly count: Extents;
      readonly allocated: Extents;
    }
  /** No disk of the lab has this path. */
  | {
      readonly code: 'device-not-found';
      readonly device: string;
      readonly command: string;
      /** It is there, and LVM does not look at it. */
      readonly unfit?: UnfitReason;
    }
  /** Some of several, where the command does all or nothing. `some`: others were found. */
  | {
      readonly code: 'devices-not-found';
      readonly devices: readonly string[];
      readonly some: boolean;
      /** Why LVM does not look at those that are there. */
      readonly unfit?: Readonly<Record<string, UnfitReason>>;
    }
  /** `least`: sectors that a PV has at the least. */
  | { readonly code: 'pv-below-minimum'; readonly device: string; readonly least: number }
  /** Not one extent (in sectors) would be left. */
  | { readonly code: 'pv-without-extent'; readonly device: string; readonly extentSize: Sectors }
  /** None of the PVs that were named to be taken back; notices said why. */
  | { readonly code: 'none-restored' }
  /** Only a file that is named takes a group that is not complete. */
  | { readonly code: 'backup-incomplete' }
  /** A repair of pvck; `said` is what it found before. */
  | {
      readonly code: 'pvck-refused';
      readonly why: PvckRefusal;
      readonly said?: readonly PvckSaid[];
    }
  /** A mapped device uses it: nobody else may write it. */
  | { readonly code: 'pv-held'; readonly device: string }
  | {
      readonly code: 'pv-layout-refused';
      readonly device: string;
      readonly why: PvLayoutRefusal;
    }
  /** Another disk has this identifier. */
  | { readonly code: 'pv-id-used'; readonly pvId: string; readonly device: string }
  /** A file does not know the PV that is to be made again. `missing`: PVs that it names. */
  | {
      readonly code: 'restore-id-unknown';
      readonly pvId: string;
      readonly file: string;
      readonly missing: readonly string[];
    }
  /** `why`: a clause without a full stop. */
  | { readonly code: 'restore-unreadable'; readonly file: string; readonly why: string }
  /** All areas of the PV are as they were asked to be. */
  | { readonly code: 'areas-already'; readonly device: string; readonly ignored: boolean }
  | { readonly code: 'areas-all-ignored'; readonly device: string; readonly vg: string };

/** Asked before harm is done. Sizes in sectors. */
export type PvQuestion =
  | PvckQuestion
  /** A PV is to be smaller or larger than its device. */
  | {
      readonly code: 'resize-unlike-device';
      readonly device: string;
      readonly deviceSize: Sectors;
      readonly size: Sectors;
    }
  /** The group says how many copies it keeps; `device`: the PV whose areas would change that. */
  | { readonly code: 'override-copies'; readonly vg: string; readonly device?: string }
  | {
      readonly code: 'fake-size';
      readonly device: string;
      readonly deviceSize: Sectors;
      readonly size: Sectors;
    };

/** Said, although all went well. Sizes in sectors. */
export type PvNotice =
  /** Its label says that it is in a group, and no group lists it. */
  | { readonly code: 'pv-stray'; readonly device: string }
  /** A PV is to be larger than its device. */
  | { readonly code: 'overriding-size'; readonly device: string; readonly deviceSize: Sectors }
  /** The same of a device that is no PV yet. */
  | { readonly code: 'real-size-overridden'; readonly device: string }
  | { readonly code: 'updated-without-pv'; readonly vg: string; readonly device: string }
  /** A PV that left its group while it was away is made an orphan: its areas, then its label. */
  | {
      readonly code: 'wiping-outdated';
      readonly device: string;
      readonly what: 'mda' | 'header';
    }
  | { readonly code: 'pvs-missing-now'; readonly count: number }
  /** Named to be taken back, and not taken. */
  | {
      readonly code: 'not-restored';
      readonly vg: string;
      readonly device: string;
      readonly why: 'not-found' | 'not-missing';
    }
  /** A partial volume that stays where only mirrors are repaired. */
  | { readonly code: 'not-a-mirror'; readonly lv: string }
  | { readonly code: 'pvck'; readonly said: PvckSaid }
  /** The same where the device carries a PV already. `larger` than the device. */
  | { readonly code: 'faking-size'; readonly device: string; readonly larger: boolean }
  /** Asked for, but the extents of the PV have to stay where they were. */
  | {
      readonly code: 'alignment-ignored';
      readonly alignment: Sectors;
      readonly peStart: Sectors;
    }
  /** `copies` 0: unmanaged. */
  | { readonly code: 'metadata-copies-same'; readonly vg: string; readonly copies: number }
  | {
      readonly code: 'metadata-copies-change';
      readonly vg: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly code: 'wiping-label'; readonly device: string; readonly vg: string }
  /** Its label did not say that it is in a group. */
  | { readonly code: 'updating-pv-header'; readonly vg: string; readonly device: string };
