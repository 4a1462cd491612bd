import type { DevNo, Sectors } from './units.ts';

/** Which tree of devices LVM builds next (reference 8.4, 8.5). */
export type TreeKind =
  'PRELOAD' | 'ACTIVATE' | 'DEACTIVATE' | 'SUSPEND' | 'SUSPEND_WITH_LOCKFS' | 'CLEAN';

/** A text in a metadata area, in bytes from the start of the area; 0 and 0: none. */
export interface SlotPlace {
  readonly offset: number;
  readonly size: number;
}

/** What happens to mapped devices; `device` is named as in /dev/mapper. */
export type DeviceLogRecord =
  | { readonly code: 'creating-device'; readonly device: string }
  | { readonly code: 'loading-table'; readonly device: string; readonly devno: DevNo }
  /** `target` as `dmsetup table` prints it. */
  | { readonly code: 'adding-target'; readonly devno: DevNo; readonly target: string }
  | { readonly code: 'reload-suppressed'; readonly device: string; readonly devno: DevNo }
  | {
      readonly code: 'table-size';
      readonly device: string;
      readonly devno: DevNo;
      readonly from: Sectors;
      readonly to: Sectors;
      /** What lies above need not know yet. */
      readonly ignored?: true;
    }
  | {
      readonly code: 'suspending';
      readonly device: string;
      readonly devno: DevNo;
      readonly freeze: boolean;
      readonly flush: boolean;
    }
  | { readonly code: 'resuming'; readonly device: string; readonly devno: DevNo }
  | {
      readonly code: 'renaming-device';
      readonly device: string;
      readonly devno: DevNo;
      readonly to: string;
    }
  | { readonly code: 'removing-device'; readonly device: string; readonly devno: DevNo }
  | { readonly code: 'clearing-table'; readonly device: string; readonly devno: DevNo }
  | {
      readonly code: 'creating-tree';
      readonly tree: TreeKind;
      readonly vg: string;
      readonly lv: string;
    };

/** What happens to metadata on disks and in files. */
export type MetadataLogRecord =
  | {
      readonly code: 'metadata-header';
      readonly phase: 'precommit' | 'commit';
      readonly vg: string;
      readonly seqno: number;
      readonly device: string;
      /** In bytes on the device. */
      readonly header: number;
      readonly ignored: boolean;
    }
  | {
      readonly code: 'metadata-slots';
      readonly phase: 'precommit' | 'commit';
      readonly vg: string;
      readonly slots: readonly [SlotPlace, SlotPlace];
    }
  | { readonly code: 'archiving'; readonly vg: string; readonly seqno: number }
  | { readonly code: 'backing-up'; readonly path: string; readonly seqno: number };

/** What an operation sets out to do with its volumes, groups and PVs. */
export type ObjectLogRecord =
  | { readonly code: 'creating-lv'; readonly lv: string }
  | { readonly code: 'activating-lv'; readonly vg: string; readonly lv: string }
  | { readonly code: 'deactivating-lv'; readonly vg: string; readonly lv: string }
  | {
      readonly code: 'activated-lvs';
      readonly vg: string;
      readonly count: number;
      readonly active: boolean;
    }
  | { readonly code: 'refreshing-lv'; readonly vg: string; readonly lv: string }
  | {
      readonly code: 'resizing-lv';
      readonly vg: string;
      readonly lv: string;
      readonly how: 'Extending' | 'Reducing';
      readonly size: Sectors;
    }
  | { readonly code: 'releasing-lv'; readonly lv: string }
  | {
      readonly code: 'setting-permission';
      readonly vg: string;
      readonly lv: string;
      readonly permission: 'r' | 'rw';
    }
  | { readonly code: 'wiping-lv'; readonly vg: string; readonly lv: string }
  | { readonly code: 'not-wiping-lv'; readonly vg: string; readonly lv: string }
  | {
      readonly code: 'zeroing-lv';
      readonly vg: string;
      readonly lv: string;
      readonly size: Sectors;
    }
  | { readonly code: 'wiping-signatures'; readonly device: string }
  | { readonly code: 'setting-up-pv'; readonly device: string; readonly size: Sectors }
  | { readonly code: 'zeroing-device'; readonly device: string }
  | { readonly code: 'writing-pv'; readonly device: string }
  | { readonly code: 'updating-pv'; readonly device: string }
  | { readonly code: 'setting-allocatable'; readonly device: string; readonly to: boolean }
  | { readonly code: 'adding-pv'; readonly device: string; readonly vg: string }
  | { readonly code: 'extending-vg'; readonly vg: string; readonly count: number }
  /** Each command has its own words for it. */
  | {
      readonly code: 'removing-pv';
      readonly device: string;
      readonly vg: string;
      readonly by: 'vgreduce' | 'vgremove';
    }
  | { readonly code: 'resizing-pv'; readonly device: string; readonly size: Sectors }
  | {
      readonly code: 'pv-extents';
      readonly device: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly code: 'checking-vg'; readonly vg: string }
  | { readonly code: 'writing-vg'; readonly several: boolean };

/** A line of what a command does, beside what it says (reference 8.6). Shown with `-v`, `-vvv`. */
export type LogRecord = DeviceLogRecord | MetadataLogRecord | ObjectLogRecord;
