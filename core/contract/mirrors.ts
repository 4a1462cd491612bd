/** Mirrors at work, as a screen draws them. */
import type { DevNo, Sectors } from './units.ts';

/**
 * Of a leg or a log, as `dmsetup status` has it: A alive, D a write failed, F a flush failed, S a
 * copy to or from it failed, R a read failed, U not known.
 */
export type MirrorHealth = 'A' | 'D' | 'F' | 'S' | 'R' | 'U';

/** One copy of the data. */
export interface MirrorLegState {
  readonly devno: DevNo;
  readonly health: MirrorHealth;
  /** Requests read from it since its table went live. */
  readonly reads: number;
  /** It took part in nothing since it failed: the mirror goes on without it by itself. */
  readonly dropped?: true;
}

/** Where the regions are kept: in memory, or on a device. */
export type MirrorLogState =
  | { readonly kind: 'core' }
  | { readonly kind: 'disk'; readonly devno: DevNo; readonly health: MirrorHealth };

/** Writes of one kind, since the table went live. */
export interface LandedWrites {
  readonly count: number;
  /** Where the last one went. */
  readonly region: number;
}

/**
 * What writes met while something was out of sync; absent: none of the kind. `ahead`: a region that
 * is not copied yet, so it went to the primary leg alone; `at`: one that is being copied, and it
 * waited for that; `behind`: one that is the same on all legs, so it went to all of them.
 */
export interface WritesMet {
  readonly ahead?: LandedWrites;
  readonly at?: LandedWrites;
  readonly behind?: LandedWrites;
}

/** One mirror target of a live table. */
export interface MirrorState {
  /** Name of the mapped device. */
  readonly device: string;
  /** Sector of the device where the target begins; and its length. */
  readonly start: Sectors;
  readonly length: Sectors;
  readonly regionSize: Sectors;
  readonly regions: number;
  /** Regions that are the same on all legs, 0 to `regions`. */
  readonly inSync: number;
  /** In the order of the table. */
  readonly legs: readonly MirrorLegState[];
  /** Index of the leg that is read from first. */
  readonly primary: number;
  readonly log: MirrorLogState;
  /**
   * One letter a cell, at most 1,024 of them: `c` clean, `d` dirty (written, not yet marked clean),
   * `n` not in sync, `r` being copied. Of several regions the most urgent: r, d, n, c.
   */
  readonly cells: string;
  /** Regions of a cell; the last may have fewer. 1 or more. */
  readonly perCell: number;
  /** Where the last read went: index of the leg, and the region. */
  readonly lastRead?: { readonly leg: number; readonly region: number };
  /** Absent: no write came during a copy. */
  readonly met?: WritesMet;
  /** Writes that wait for the repair of the mirror. */
  readonly held: number;
  /** Regions that are copied a second at most; 0: none. Absent: as many as can. */
  readonly limit?: number;
  /** Nothing is copied until somebody says that it shall go on. */
  readonly waits?: true;
}
