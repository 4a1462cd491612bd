/** What a plan of moves is made of. Extents throughout. */
import type { LvmId } from '../../base/ids.ts';

/** Extents that one area of one segment has on a PV, all of them or a part. */
export interface Piece {
  readonly pvId: LvmId;
  /** First physical extent. */
  readonly start: number;
  readonly count: number;
  /** Name of the volume, hidden ones included. */
  readonly lv: string;
  /** Index into the volume's segments. */
  readonly segment: number;
  /** Index among the areas of the segment. */
  readonly area: number;
  /** Extents of the area that come before. */
  readonly offset: number;
}

export interface Place {
  readonly pvId: LvmId;
  readonly start: number;
}

/** One piece from where it is when its turn comes. */
export interface Move {
  readonly piece: Piece;
  readonly to: Place;
  /** It does not stay there: it makes room, and travels a second time. */
  readonly aside?: true;
  /** LVM takes nothing of that PV for it unless it is told `--alloc anywhere`. */
  readonly anywhere?: true;
}

/** Why extents are not moved. */
export type StayReason =
  /** A pvmove or another operation has it. */
  | 'locked'
  /** A part of a mirror that is being converted. */
  | 'converting'
  /** Of a type that this program only keeps, or used by one. */
  | 'unsupported';

/** Parts of a volume that belong on PVs of their own. */
export type Kinship =
  /** Legs of a mirror: on one PV they would be lost together. */
  | 'legs'
  /** A log beside a leg of its mirror. */
  | 'log'
  /** Stripes of one segment: on one PV they are slower than one. */
  | 'stripes';

/** A wish, of PVs and volumes that the group has. */
export type Wish =
  /** @param over default: all PVs of the group that take extents */
  | { readonly kind: 'empty'; readonly pvId: LvmId; readonly over?: Ranges }
  /** Of a mirror: each of its parts for itself. `first` and `count` are logical extents. */
  | {
      readonly kind: 'contiguous';
      readonly lv: string;
      readonly part?: { readonly first: number; readonly count: number };
    }
  /** `to`: physical extents that it shall have; default: as few as it can. */
  | { readonly kind: 'compact'; readonly pvId: LvmId; readonly to?: number }
  | { readonly kind: 'spread'; readonly lv: string; readonly over: readonly LvmId[] }
  /** `start`: default: wherever there is room. */
  | {
      readonly kind: 'run';
      readonly from: Place & { readonly count: number };
      readonly to: { readonly pvId: LvmId; readonly start?: number };
    };

/** Which extents of which PVs, in the order in which they are looked at. */
export type Ranges = ReadonlyMap<
  LvmId,
  readonly { readonly start: number; readonly end: number }[]
>;

export interface Planning {
  /** Stripes of one segment, and a log and a leg, may come to share a PV. */
  readonly together: boolean;
  /** PVs that take extents, in the group's order. */
  readonly open: readonly LvmId[];
}

/** Why there is no plan. */
export type NoPlan =
  | { readonly why: 'nothing' }
  /** All that there is has to stay. */
  | { readonly why: 'all-stays' }
  | { readonly why: 'stays'; readonly piece: Piece; readonly reason: StayReason }
  | { readonly why: 'no-such-lv'; readonly lv: string }
  | { readonly why: 'outside'; readonly first: number; readonly last: number }
  | { readonly why: 'not-open'; readonly pvId: LvmId }
  /** The same places. */
  | { readonly why: 'onto-itself' }
  | { readonly why: 'taken'; readonly by: Piece }
  | { readonly why: 'kin'; readonly lv: string; readonly pvId: LvmId; readonly kin: Kinship }
  /** Less is free than is to be placed. */
  | { readonly why: 'short'; readonly needed: number; readonly free: number }
  /** Enough is free, but not where these extents may lie, or not in one piece. */
  | {
      readonly why: 'unplaced';
      readonly lv: string;
      readonly count: number;
      /** Whom they would meet where there is room. */
      readonly kin?: Kinship;
    }
  /** Pieces would have to change places, and nothing is free to put one aside. */
  | { readonly why: 'no-turning'; readonly count: number }
  | { readonly why: 'below-use'; readonly pvId: LvmId; readonly to: number; readonly used: number };
