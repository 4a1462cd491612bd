import type { Extents } from './units.ts';

/** What somebody wants of a group's extents. PVs are devices (`/dev/sda`), volumes `vg/lv`. */
export type MoveWish = WishKind & {
  /**
   * Stripes of one volume, and a log and a leg of its mirror, may come to share a PV: default no.
   * Legs never do.
   */
  readonly together?: boolean;
};

type WishKind =
  /** Everything off a PV. `to`: places as pvmove takes them; default: wherever there is room. */
  | { readonly kind: 'empty'; readonly device: string; readonly to?: readonly string[] }
  /** A volume in one piece; of a mirror or a striped one each leg and each stripe. */
  | {
      readonly kind: 'contiguous';
      readonly volume: string;
      /** Logical extents; default: all. */
      readonly part?: { readonly first: number; readonly count: number };
    }
  /** A PV that fits so many extents; default: as few as it can. */
  | { readonly kind: 'compact'; readonly device: string; readonly to?: number }
  /** A volume on these PVs alone, as evenly as can be. */
  | { readonly kind: 'spread'; readonly volume: string; readonly over: readonly string[] }
  /** A run of extents to another PV, or to a place. */
  | {
      readonly kind: 'run';
      readonly device: string;
      readonly first: number;
      readonly count: number;
      readonly to: { readonly device: string; readonly first?: number };
    };

/** One step of a proposal: extents of one volume that lie side by side, before and after. */
export interface ProposedMove {
  /** Hidden ones included; without the group. */
  readonly lv: string;
  readonly count: Extents;
  readonly from: { readonly device: string; readonly first: Extents };
  readonly to: { readonly device: string; readonly first: Extents };
  /** Only to make room: these extents travel a second time. */
  readonly aside?: true;
}

/** A line that makes one or more of the moves. */
export interface ProposedLine {
  /** Without the program: `['pvmove', '/dev/sda:0-9', '/dev/sdb:20-29']`. */
  readonly argv: readonly string[];
  /** Quoted as a shell needs it, for people. */
  readonly text: string;
  /** How many of the moves, in their order. */
  readonly moves: number;
}

/** Extents side by side that one volume owns. */
export interface OwnedRun {
  readonly first: Extents;
  readonly count: Extents;
  readonly lv: string;
  /** Of its segment, as `lvs` prints it: `linear`, `striped`. */
  readonly type: string;
}

/** A PV on which something changes. */
export interface PvMap {
  readonly device: string;
  readonly pvId: string;
  readonly extentCount: Extents;
  /** In PE order; what is between is free. */
  readonly before: readonly OwnedRun[];
  readonly after: readonly OwnedRun[];
}

/**
 * Why extents are not moved: an operation has them, their mirror is being converted, or they are of
 * a type, or used by one, that is only kept here.
 */
export type StayReason = 'locked' | 'converting' | 'unsupported';

/** Moves that fulfil a wish. Nothing is moved until its lines are run. */
export interface MoveProposal {
  readonly vg: string;
  /** Run one after the other, each when the one before is done. None: it is so already. */
  readonly lines: readonly ProposedLine[];
  readonly moves: readonly ProposedMove[];
  /** In the group's order. */
  readonly maps: readonly PvMap[];
  readonly stays: readonly ({ readonly device: string; readonly why: StayReason } & OwnedRun)[];
  /** How many change their place, */
  readonly extents: Extents;
  /** and of these, how many travel twice. */
  readonly twice: Extents;
}

/** What would come to share a PV: two legs, a log and a leg, two stripes. */
export type Kinship = 'legs' | 'log' | 'stripes';

/** Why there is no proposal. */
export type ProposalError =
  | {
      readonly code: 'moves-stay';
      readonly vg: string;
      readonly lv: string;
      readonly why: Exclude<StayReason, 'converting'>;
    }
  | { readonly code: 'moves-onto-itself' }
  | {
      readonly code: 'moves-place-taken';
      readonly device: string;
      readonly first: Extents;
      readonly last: Extents;
      readonly vg: string;
      readonly lv: string;
    }
  | {
      readonly code: 'moves-kin';
      readonly vg: string;
      readonly lv: string;
      readonly device: string;
      readonly kin: Kinship;
    }
  /** Pieces would change places, and nothing is free to put so many extents aside. */
  | { readonly code: 'moves-no-turning'; readonly count: Extents }
  | {
      readonly code: 'moves-unplaced';
      readonly vg: string;
      readonly lv: string;
      readonly count: Extents;
      readonly contiguous: boolean;
      /** Whom they would meet where there is room. */
      readonly kin?: Kinship;
    }
  /** Of a volume. */
  | { readonly code: 'le-range-outside'; readonly first: number; readonly last: number };
