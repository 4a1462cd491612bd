import type { VolumeError } from './errors.ts';
import type { UnfitReason } from './state.ts';
import type { Sectors } from './units.ts';

/** Refusals of groups as a whole: whose they are, and what concerns two of them at once. */
export type GroupError =
  | {
      readonly code: 'vg-barred';
      readonly vg: string;
      readonly why: 'foreign' | 'clustered' | 'shared';
      /** The group's system ID, or its lock type. */
      readonly id?: string;
      /** This machine's system ID, where it has one. */
      readonly localId?: string;
      readonly direct?: true;
    }
  | {
      readonly code: 'pv-barred';
      readonly device: string;
      readonly vg: string;
      readonly why: 'foreign' | 'clustered' | 'shared';
    }
  /** The file holds what was left of a group. */
  | { readonly code: 'restore-partial'; readonly vg: string }
  /** Said behind the reason. */
  | {
      readonly code: 'pv-unchanged';
      readonly device: string;
      readonly vg: string;
      readonly command: string;
    }
  | { readonly code: 'system-id-same'; readonly id: string }
  /** A group has no one to inherit from. */
  | { readonly code: 'policy-of-nothing' }
  | { readonly code: 'vg-policy-same'; readonly policy: string }
  | { readonly code: 'system-id-active'; readonly vg: string }
  /** Of the two names that a command takes, both are the same. */
  | { readonly code: 'vg-with-itself'; readonly vg: string }
  | { readonly code: 'vg-name-unfit'; readonly vg: string }
  /** Said behind the reason. */
  | { readonly code: 'vg-unread'; readonly vg: string }
  /** Options for a new group, where there is one of this name. */
  | { readonly code: 'vg-exists-optioned'; readonly vg: string }
  | { readonly code: 'join-active'; readonly vg: string }
  | {
      readonly code: 'join-extent-size';
      readonly from: string;
      readonly to: string;
      readonly fromSize: Sectors;
      readonly toSize: Sectors;
    }
  | {
      readonly code: 'join-limit';
      readonly from: string;
      readonly to: string;
      readonly what: 'physical' | 'logical';
      readonly max: number;
    }
  | {
      readonly code: 'join-twin-lv';
      readonly from: string;
      readonly to: string;
      readonly lv: string;
    }
  | { readonly code: 'split-no-member'; readonly vg: string; readonly device: string }
  | { readonly code: 'split-no-volume'; readonly vg: string; readonly lv: string }
  /** The volume lies on both sides; `type` as LVM calls it: `Logical Volume`, `mirror`. */
  | { readonly code: 'split-torn'; readonly lv: string; readonly type: string }
  /** One of the two would have no metadata area. */
  | { readonly code: 'split-no-area' }
  /** No disk, no PV, a PV in no group. */
  | {
      readonly code: 'clone-not-found';
      readonly device: string;
      readonly unfit?: UnfitReason;
    }
  | { readonly code: 'clone-no-pv'; readonly device: string }
  | { readonly code: 'clone-no-group'; readonly device: string }
  | { readonly code: 'clone-mixed' }
  | {
      readonly code: 'clone-incomplete';
      readonly vg: string;
      /** PVs that none of the devices is, and where they were when the text was written. */
      readonly missing: readonly { readonly pvId: string; readonly hint: string }[];
    }
  /** Said behind the reason. */
  | { readonly code: 'clone-unread'; readonly vg: string }
  | { readonly code: 'clone-exported'; readonly vg: string }
  | { readonly code: 'clone-active'; readonly devices: readonly string[] }
  /** Volumes of it are open: it does not go down. */
  | { readonly code: 'vg-has-open'; readonly vg: string; readonly count: number }
  | {
      readonly code: 'lv-must-be-inactive';
      readonly vg: string;
      readonly lv: string;
      /** The mirror that it is a part of. */
      readonly of?: string;
    };

/** About the machine that a group belongs to. */
export type GroupNotice =
  /** Another machine's, and volumes of it are up here. */
  | { readonly code: 'foreign-active'; readonly vg: string; readonly systemId: string }
  | { readonly code: 'vg-passed-over'; readonly error: VolumeError }
  | { readonly code: 'system-id-none-given' }
  /** `removes`: the group had one. */
  | { readonly code: 'system-id-empty'; readonly removes?: true }
  | {
      readonly code: 'system-id-unlike';
      readonly vg: string;
      readonly id: string;
      readonly localId?: string;
    }
  | { readonly code: 'system-id-new-unlike'; readonly id: string; readonly localId: string };

/** Before a group may become useless to this machine, or be used by others at one time. */
export type GroupQuestion =
  | { readonly code: 'set-foreign-id'; readonly vg: string; readonly id: string }
  | { readonly code: 'remove-system-id'; readonly vg: string; readonly id: string }
  | { readonly code: 'drop-lock-type'; readonly vg: string };
