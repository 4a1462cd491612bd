/** What can be wrong with mirrors, and what is said of them. */
import type { Sectors } from './units.ts';

interface OfLv {
  readonly vg: string;
  readonly lv: string;
}

/** Why a mirror is not made, changed or repaired. */
export type MirrorError =
  /** A volume that is a part of another one is not changed by itself. */
  | ({
      readonly code: 'lv-internal';
      readonly command: string;
      /** What it is to the mirror that it belongs to. */
      readonly part?: 'image' | 'log';
      /** Others move through it. */
      readonly layer?: true;
    } & OfLv)
  /** 8 at most. */
  | { readonly code: 'too-many-images'; readonly most: number }
  /** Fewer than one would be left; of a split `only` says how many there are. */
  /** Images to split off have to lie on the named PVs. */
  | { readonly code: 'images-not-on-pvs' }
  | { readonly code: 'too-few-images'; readonly lv: string; readonly only?: number }
  | { readonly code: 'no-room-for-images' }
  | { readonly code: 'no-room-for-log' }
  | ({ readonly code: 'already-converting' } & OfLv)
  | { readonly code: 'mirror-out-of-sync' }
  /** A copy of what is not the same everywhere would be worth nothing. */
  | ({ readonly code: 'split-out-of-sync'; readonly inactive?: true } & OfLv)
  /** The one that has all of the data. `inactive`: nobody knows whether others have it, too. */
  | ({ readonly code: 'primary-out-of-sync'; readonly inactive?: true } & OfLv)
  /** `type`: of a volume that is no mirror. */
  | ({ readonly code: 'lv-type-not-accepted'; readonly type: string } & OfLv)
  | ({ readonly code: 'lv-not-converting' } & OfLv)
  /** A log was asked for, and no second image. */
  | { readonly code: 'log-of-no-mirror'; readonly lv: string; readonly isMirror: boolean }
  /** `lv` is what the log would be called. */
  | ({ readonly code: 'log-name-taken' } & OfLv)
  | ({ readonly code: 'lv-hidden' } & OfLv)
  | ({ readonly code: 'images-unsaid' } & OfLv)
  | { readonly code: 'mirrored-log-deprecated' }
  /** What Linux would make of the line. */
  | { readonly code: 'type-not-yet'; readonly type: string }
  /** None of the images is left. */
  | { readonly code: 'all-images-failed'; readonly images: number };

/** What should be known of a mirror. Percentages from 0 to 100. */
export type MirrorNotice =
  /** None is left: the mirror is removed. */
  | ({ readonly code: 'no-usable-images' } & OfLv)
  /** Its first image goes; whether the others have all of the data is not known. */
  | ({ readonly code: 'sync-unknown' } & OfLv)
  | { readonly code: 'mirror-not-synced' }
  /** Nobody repairs it any more. */
  | ({ readonly code: 'mirror-unwatched' } & OfLv)
  | { readonly code: 'mirrored-log-unsupported' }
  | { readonly code: 'region-size-reduced'; readonly size: Sectors }
  | ({ readonly code: 'lv-converted' } & OfLv)
  | ({ readonly code: 'lv-being-converted' } & OfLv)
  | ({ readonly code: 'lv-convert-percent'; readonly percent: number } & OfLv)
  | { readonly code: 'conversion-after-activation' }
  | ({ readonly code: 'image-count-same'; readonly images: number } & OfLv)
  | ({ readonly code: 'lv-successfully-converted' } & OfLv)
  | ({ readonly code: 'nothing-to-repair' } & OfLv)
  /** Failed images of all that there are; or logs. */
  | {
      readonly code: 'images-failed';
      readonly what: 'images' | 'logs';
      readonly failed: number;
      readonly of: number;
    }
  | { readonly code: 'up-converting'; readonly images: number; readonly logs: number }
  /** A repair does without the copy on this disk. */
  | { readonly code: 'copy-not-written'; readonly vg: string; readonly device: string }
  /** What a repair could not put back for want of room. */
  | ({
      readonly code: 'not-replaced';
      readonly what: 'images' | 'logs';
      readonly failed: number;
      readonly of: number;
    } & OfLv)
  | { readonly code: 'extending-images'; readonly images: number };

/** Asked before a mirror is taken down, or given something new. */
export type MirrorQuestion =
  | ({ readonly code: 'deactivate-for-resync' } & OfLv)
  | { readonly code: 'replace-images' }
  | { readonly code: 'replace-log' };
