import type { ByteText } from '../base/byte-text.ts';
import type { Notice, Question, VolumeError } from './errors.ts';
import type { LogRecord } from './log.ts';
import type { Sectors } from './units.ts';

/** One metadata area of one PV: where a copy of the metadata text lives. */
export interface AreaRef {
  /** `/dev/sda`. */
  readonly device: string;
  /** Sector of the area's header on the device. */
  readonly start: Sectors;
  /** In sectors, the header included, as the PV's label has it. */
  readonly size: Sectors;
  /** Set aside: in a commit, once it is done; elsewhere as it is now (reference 1.6). */
  readonly ignored: boolean;
}

/** Sectors of a device, as a label has them. */
export type AreaRange = Pick<AreaRef, 'start' | 'size'>;

/** Everything needed to make a disk a PV (reference 1.2, 1.8). */
export interface PvLayout {
  /** 32 characters, without dashes. */
  readonly pvId: string;
  readonly deviceSize: Sectors;
  /** 0 to 3; LVM's default is 1. */
  readonly labelSector: number;
  /** The first four sectors are zeroed first; otherwise only labels in them are. */
  readonly zero: boolean;
  /** Sector of the first physical extent. */
  readonly peStart: Sectors;
  /** Kept free in front of the extents for a boot loader. */
  readonly bootloader?: { readonly start: Sectors; readonly size: Sectors };
  /** 0 to 2 metadata areas. */
  readonly areas: readonly { readonly start: Sectors; readonly size: Sectors }[];
  /** New areas are set aside: they take no text until they are asked for. */
  readonly ignored: boolean;
}

/** How far to read ahead of a reader, in sectors; whole pages are taken. */
export interface ReadAheadWish {
  readonly sectors: number;
  /** It is not made less than it is. */
  readonly least: boolean;
}

/**
 * What a step does. An action happens or does not; one that can half-happen is two actions.
 * Mapped devices are named as in /dev/mapper; tables are lines as `dmsetup table` prints them, and
 * may name a mapped device where Linux would print its number.
 */
export type Action =
  | { readonly kind: 'init-pv'; readonly device: string; readonly layout: PvLayout }
  /** Rewrites the label sector with the "used" flag set or clear. */
  | { readonly kind: 'mark-pv'; readonly device: string; readonly used: boolean }
  /** Rewrites the label sector with this identifier (32 characters) and size. */
  | {
      readonly kind: 'relabel-pv';
      readonly device: string;
      readonly pvId: string;
      readonly deviceSize: Sectors;
      /** Default: those that it names. New ones have to be sound. */
      readonly areas?: readonly AreaRange[];
    }
  /** A new, empty metadata area, which no label names yet. */
  | ({ readonly kind: 'create-area' } & AreaRef)
  /**
   * Lets the header of `to` point at the text of `from`, an area inside it, and then the label name
   * `areas`. Half of it changes nothing: what the label does not name is not looked at.
   */
  | {
      readonly kind: 'settle-area';
      readonly device: string;
      readonly from: AreaRange;
      readonly to: AreaRef;
      readonly areas: readonly AreaRange[];
    }
  /** Sets the areas of an orphan aside, or takes them into use; `ignored` says which. */
  | { readonly kind: 'set-aside'; readonly areas: readonly AreaRef[] }
  /** A byte string from a sector on; the rest of its last sector stays. For repairs only. */
  | {
      readonly kind: 'write-bytes';
      readonly device: string;
      readonly start: Sectors;
      readonly data: string;
    }
  /** Zeroes the sector that holds the label; the rest of the disk stays. */
  | { readonly kind: 'wipe-label'; readonly device: string }
  /** Puts the new text beside the committed one; no header changes. */
  | {
      readonly kind: 'write-metadata';
      readonly vg: string;
      readonly seqno: number;
      readonly text: ByteText;
      /** What the text says (core/lvm's VolumeGroup), for a reader that would parse it again. */
      readonly group: object;
      readonly areas: readonly AreaRef[];
      /** Areas that fail are left out for the rest of the command, as long as one does not. */
      readonly tolerant?: true;
    }
  /** Points the headers' second slot at the new text. */
  | {
      readonly kind: 'precommit-metadata';
      readonly vg: string;
      readonly seqno: number;
      readonly areas: readonly AreaRef[];
      /** As above. */
      readonly tolerant?: true;
    }
  /** Makes the precommitted text the committed one. */
  | {
      readonly kind: 'commit-metadata';
      readonly vg: string;
      readonly seqno: number;
      readonly areas: readonly AreaRef[];
      /** What is there has a higher number: it stays valid until the last area has the new text. */
      readonly outvoted?: true;
    }
  /** Forgets the precommitted text. */
  | { readonly kind: 'revert-metadata'; readonly vg: string; readonly areas: readonly AreaRef[] }
  /** Empties both slots: the group is gone, its text stays in the buffer. */
  | { readonly kind: 'erase-metadata'; readonly vg: string; readonly areas: readonly AreaRef[] }
  /** Keeps the group as it is now in a file; `description` says because of what. */
  | { readonly kind: 'archive-metadata'; readonly vg: string; readonly description: string }
  | {
      readonly kind: 'backup-metadata';
      readonly vg: string;
      readonly description: string;
      /** A version that is on no disk; default: the one that is on them by then. */
      readonly group?: object;
    }
  | { readonly kind: 'drop-backup'; readonly vg: string }
  | {
      readonly kind: 'create-device';
      readonly device: string;
      readonly uuid: string;
      /** Absent: the lowest that is free. */
      readonly minor?: number;
    }
  /** With `deferred` one that is open is removed by the last that closes it. */
  | { readonly kind: 'remove-device'; readonly device: string; readonly deferred?: boolean }
  /** A device that has no UUID gets one. */
  | { readonly kind: 'identify-device'; readonly device: string; readonly uuid: string }
  /** Says something to the target that maps a sector, or to device-mapper itself (`@...`). */
  | {
      readonly kind: 'message-device';
      readonly device: string;
      readonly sector: number;
      readonly text: string;
    }
  | { readonly kind: 'rename-device'; readonly device: string; readonly to: string }
  | {
      readonly kind: 'preload';
      readonly device: string;
      readonly table: readonly string[];
      /** The device refuses writes once this table is live. */
      readonly readOnly: boolean;
      /** One that is like the live table is dropped again. */
      readonly unlessSame?: boolean;
      /** New, it goes on only with what lies on it. */
      readonly late?: true;
    }
  | { readonly kind: 'drop-preload'; readonly device: string }
  /** drain: I/O in flight finishes first. hold: what cannot finish is queued again (noflush). */
  | {
      readonly kind: 'suspend';
      readonly device: string;
      readonly inFlight: 'drain' | 'hold';
      /** Also locks the file system above (lockfs). */
      readonly freeze: boolean;
    }
  | { readonly kind: 'resume'; readonly device: string; readonly readAhead?: ReadAheadWish }
  /** All mirrors of its live table are the same on all legs; where they are not it fails. */
  | { readonly kind: 'expect-in-sync'; readonly device: string }
  /** Fills the log of a mirror: all of its regions in sync, or none (reference 6.2). */
  | {
      readonly kind: 'init-mirror-log';
      readonly device: string;
      readonly synced: boolean;
    }
  | {
      readonly kind: 'zero-start';
      readonly device: string;
      /** From sector 0. */
      readonly count: Sectors;
    };

/** The other half of a step: what takes it back, or why nothing has to. */
export type Undo = Action | { readonly kind: 'none'; readonly because: string };

/** One thing done, with the reason for doing it here. */
export interface Step {
  /** Imperative and short: printed by the command line, a label in the window. */
  readonly what: string;
  /** The rule that makes this step necessary here, in one sentence for an administrator. */
  readonly why: string;
  readonly action: Action;
  readonly undo: Undo;
  /** Said once the step is done (several PVs made by one command are announced one by one). */
  readonly says?: Notice;
  /** Said where it fails: the operation can do without this step and goes on. */
  readonly otherwise?: Notice;
  /** Logged around it, beside what its action logs by itself. */
  readonly log?: { readonly first?: readonly LogRecord[]; readonly then?: readonly LogRecord[] };
}

/** An operation as data: printed, previewed, run and compared from the same value. */
export interface Plan {
  readonly title: string;
  readonly steps: readonly Step[];
  /**
   * Index of the step after which failure means finishing forward, not undoing; -1 where every
   * step stands for itself.
   */
  readonly commitAt: number;
  /** Known before anything is done; said first. */
  readonly warnings: readonly Notice[];
  /** To be answered with yes before anything is done. */
  readonly questions: readonly Question[];
  /** What is done instead where one of them is answered with no; absent: nothing. */
  readonly otherwise?: Plan;
  /** Said when all of it is done. */
  readonly done: readonly Notice[];
  /** Logged around all steps. */
  readonly log?: Step['log'];
  /** What the plan leaves undone: it ends with this although every step went through. */
  readonly short?: VolumeError;
  /**
   * Run instead of what is left when a step after the commit fails: LVM takes back a new volume
   * that it cannot activate. Absent: the steps that are left are named and the plan is stuck.
   */
  readonly fallback?: Plan;
  /** The last step whose failure can be taken back so; absent: all after the commit. */
  readonly fallbackUntil?: number;
  /** Run once this one was taken back: so is what the command's versions before it made. */
  readonly recovery?: Plan;
  /**
   * The same command's next version of the group, once all of this is done. Where it fails, this
   * one stays: metadata between two versions is sound.
   */
  readonly then?: Plan;
  /** Goes on behind the last plan of a command; absent: nothing. */
  readonly begins?: readonly Copying[];
}

/** The legs of a mirror are being made the same, extents move, or a snapshot flows back. */
export interface Copying {
  readonly vg: string;
  /** Of a move the volume through which it goes: `pvmove0`; of a merge the origin. */
  readonly lv: string;
  /** Path of the disk that extents leave; absent: no move. */
  readonly moves?: string;
  /** Name of the snapshot that merges; absent: none. */
  readonly merges?: string;
  /** Seconds until somebody first looks at it: it is not finished before. Default 0. */
  readonly rests?: number;
  /** Said at the end; absent: nothing. */
  readonly done?: readonly Notice[];
}

/** A step as doors show it: its action may carry megabytes of metadata. */
export type ShownStep = Pick<Step, 'what' | 'why'>;

/** A plan as doors show it. */
export interface ShownPlan extends Pick<Plan, 'title' | 'commitAt' | 'questions' | 'done'> {
  readonly steps: readonly ShownStep[];
}

/** The progress of a running plan. `step` is an index into its steps. */
export type StepPhase = 'started' | 'done' | 'failed' | 'undone';
