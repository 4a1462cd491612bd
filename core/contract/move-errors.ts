/** What can be wrong with a pvmove, and what is said of one. */
import type { ProposalError } from './moves.ts';

interface OfLv {
  readonly vg: string;
  readonly lv: string;
}

/** Why nothing is moved. */
export type MoveError =
  | ProposalError
  /** `skipped`: there is something, and it moves already. */
  | { readonly code: 'no-data-to-move'; readonly vg: string; readonly skipped?: true }
  /** The only places are on the source. */
  | { readonly code: 'no-extents-to-move-to' }
  /** `lv` is the volume through which it would have gone. */
  | ({ readonly code: 'no-room-for-move' } & OfLv)
  /** Something could not be written since the copy was complete. */
  | { readonly code: 'not-in-sync-any-more'; readonly device: string }
  | { readonly code: 'move-lv-not-found'; readonly lv: string }
  /** What is to move is in another group than the PV. */
  | { readonly code: 'move-lv-elsewhere' }
  /** A volume's device is given in the place of a PV. */
  | { readonly code: 'pv-is-lv'; readonly device: string }
  /** The group of a move that should be aborted cannot be used. */
  | { readonly code: 'move-not-read'; readonly device: string }
  | ({ readonly code: 'move-while-converting' } & OfLv)
  /** It moves: what it lies on may not change. `layer`: others move through it. */
  | ({ readonly code: 'lv-locked'; readonly command: string; readonly layer?: true } & OfLv);

/** What should be known of a move. `device` is the path of the disk that extents leave. */
export type MoveNotice =
  | ({ readonly code: 'move-skips-locked' } & OfLv)
  /** It goes on; `move-ignores-rest`: whatever else the line asks for. */
  | { readonly code: 'move-detected'; readonly device: string }
  | { readonly code: 'move-ignores-rest' }
  /** 0 to 100, of all extents. */
  | { readonly code: 'pv-move-percent'; readonly device: string; readonly percent: number }
  | { readonly code: 'no-move-in-progress'; readonly device: string }
  /** Copies of so many volumes go on, and nobody waits for them. */
  | { readonly code: 'polling-started'; readonly vg: string; readonly count: number }
  | { readonly code: 'move-not-active'; readonly device: string }
  /** The same of one among all moves. */
  | { readonly code: 'move-passed-over'; readonly device: string };
