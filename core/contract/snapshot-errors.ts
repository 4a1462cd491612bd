/** What can be wrong with snapshots, and what is said and asked of them. */
import type { Extents, Sectors } from './units.ts';

interface OfLv {
  readonly vg: string;
  readonly lv: string;
}

/** Why a snapshot is not made, changed or removed. */
export type SnapshotError =
  | ({ readonly code: 'snapshot-not-converted' } & OfLv)
  | ({ readonly code: 'snapshot-origin-not-found' } & OfLv)
  /** What cannot be an origin, and why. */
  | {
      readonly code: 'no-origin';
      readonly why: 'snapshot' | 'hidden' | 'locked' | 'merging' | 'virtual';
    }
  /** A store keeps at least `chunks`: `count` extents, `size` sectors. */
  | {
      readonly code: 'store-too-small';
      readonly chunks: number;
      readonly count: Extents;
      readonly size: Sectors;
    }
  /** An origin cannot get larger while it is active, nor smaller at all. */
  | { readonly code: 'origin-resize'; readonly shrinks: boolean }
  /** `lv` stays up for these of its snapshots, which somebody has open. */
  | ({
      readonly code: 'snapshots-open';
      readonly open: readonly {
        readonly lv: string;
        /** By another device. */
        readonly held?: true;
      }[];
      /** It was to be removed. */
      readonly removing?: true;
    } & OfLv)
  | ({ readonly code: 'snapshot-merging' } & OfLv)
  | ({ readonly code: 'origin-under-snapshots' } & OfLv);

/** What should be known of a snapshot. */
export type SnapshotNotice =
  /** More than a store of this origin could ever keep was asked for. */
  | { readonly code: 'store-reduced'; readonly from: Sectors; readonly to: Sectors }
  /** The same of a store that grows. */
  | { readonly code: 'store-at-most'; readonly size: Sectors; readonly count: Extents }
  | { readonly code: 'snapshot-of-mirror' };

/** Asked before others are changed along with what was named. */
export type SnapshotQuestion =
  | ({
      readonly code: 'change-snapshot';
      readonly origin: string;
      /** Snapshots of the origin beside this one. */
      readonly others: number;
    } & OfLv)
  | ({ readonly code: 'remove-active-origin'; readonly snapshots: number } & OfLv);
