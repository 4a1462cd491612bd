/** What can be wrong with snapshots that flow back, part from their origin, or come back to it. */
interface OfLv {
  readonly vg: string;
  readonly lv: string;
}

/** Why a snapshot is not merged, split off, or made of a volume. `lv` is the snapshot. */
export type MergeError =
  /** It merges already, or waits to. */
  | ({ readonly code: 'lv-merging' } & OfLv)
  | ({
      readonly code: 'cannot-merge';
      readonly origin: string;
      /** `merging`: another one does. */
      readonly why: 'read-only' | 'merging';
    } & OfLv)
  /** Nothing of what it kept counts any more. */
  | ({ readonly code: 'merge-invalid' } & OfLv)
  /** No snapshot at all, where images of mirrors could be meant as well. */
  | ({ readonly code: 'not-tracked' } & OfLv)
  /** A snapshot of zeroes has no other origin to part from. */
  | ({ readonly code: 'split-virtual' } & OfLv)
  /** The same volume on both sides. */
  | ({ readonly code: 'snapshot-of-itself' } & OfLv)
  | { readonly code: 'no-such-origin'; readonly vg: string; readonly origin: string }
  /** Not a power of two from 4 KiB to 512 KiB. */
  | { readonly code: 'chunk-size-odd' }
  /** It goes down before it becomes a store: what is open cannot. */
  | ({ readonly code: 'store-stays-up' } & OfLv)
  /** Of the origin: a read or write error stopped it. */
  | ({ readonly code: 'merge-failed' } & OfLv)
  /** By nothing a store cannot grow. */
  | ({ readonly code: 'autoextend-nothing' } & OfLv)
  /** How full it is nobody knows. */
  | ({ readonly code: 'policy-inactive' } & OfLv)
  /** A volume with snapshots keeps nothing of another one. */
  | ({ readonly code: 'store-is-origin' } & OfLv);

/** What becomes of a snapshot. */
export type MergeNotice =
  | ({ readonly code: 'merge-started' } & OfLv)
  /** It begins once neither is open. */
  | { readonly code: 'merge-delayed'; readonly open: 'origin' | 'snapshot' }
  | ({ readonly code: 'merge-on-activation'; readonly origin: string } & OfLv)
  /** Of the origin. 0 to 100. */
  | ({ readonly code: 'lv-merge-percent'; readonly percent: number } & OfLv)
  /** Of the origin. */
  | ({ readonly code: 'merge-finished' } & OfLv)
  | ({ readonly code: 'snapshot-split' } & OfLv)
  | ({ readonly code: 'snapshot-attached' } & OfLv)
  | ({ readonly code: 'becomes-store' } & OfLv)
  | ({ readonly code: 'store-not-zeroed' } & OfLv)
  /** Percent of a store; it counts as the least that there is. */
  | { readonly code: 'threshold-low'; readonly threshold: number };

/** Asked before what a volume holds is lost, or moves from where it was. */
export type MergeQuestion =
  | ({ readonly code: 'split-active-snapshot' } & OfLv)
  | ({ readonly code: 'convert-to-store' } & OfLv);
