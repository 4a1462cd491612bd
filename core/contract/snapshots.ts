/** Snapshots at work, as a screen draws them. */
import type { DevNo, Sectors } from './units.ts';

/** As table lines name a store: persistent, persistent and it may overflow, in memory. */
export type StoreKind = 'P' | 'PO' | 'N';

/**
 * `waiting`: it takes over the store of another device once it is resumed. `invalid`: nothing of it
 * counts any more. `overflowed`: it can be read, not written. `merge-failed`: a merge that stopped.
 */
export type SnapshotCondition = 'good' | 'waiting' | 'invalid' | 'overflowed' | 'merge-failed';

/** Chunks of the origin that are kept side by side in the store. */
export interface KeptChunks {
  readonly oldChunk: number;
  readonly newChunk: number;
  /** 1 or more. */
  readonly count: number;
}

/**
 * Chunks on their way. `copying`: the data goes into the store; `recording`: it is there, and the
 * exception is written down between two flushes; only then whatever waits may be written.
 */
export interface ChunksUnderWay extends KeptChunks {
  readonly stage: 'copying' | 'recording';
}

/** A part of the origin, of one chunk or more. */
export interface SnapshotCell {
  /** Chunks of it that are kept. */
  readonly kept: number;
  /** Of the newest of these, how many exceptions there were before it; absent: there is none. */
  readonly newest?: number;
}

/** One snapshot or snapshot-merge target of a live table. */
export interface SnapshotState {
  /** Name of the mapped device. */
  readonly device: string;
  /** Sector of the device where the target begins; and its length. */
  readonly start: Sectors;
  readonly length: Sectors;
  readonly role: 'snapshot' | 'merge';
  readonly origin: DevNo;
  readonly store: DevNo;
  readonly kind: StoreKind;
  readonly chunkSize: Sectors;
  readonly condition: SnapshotCondition;
  /** Of the store: up to the next free chunk, all, and of these header and tables. */
  readonly allocated: Sectors;
  readonly total: Sectors;
  readonly metadata: Sectors;
  /** Chunks that are kept. */
  readonly exceptions: number;
  /** Chunks of the origin. */
  readonly chunks: number;
  /** At most 1,024 of them, in the order of the origin. */
  readonly cells: readonly SnapshotCell[];
  /** Chunks of a cell; the last may have fewer. 1 or more. */
  readonly perCell: number;
  /** The last exceptions, newest first; at most 16. */
  readonly recent: readonly Omit<KeptChunks, 'count'>[];
  /** In the order in which they are recorded; at most 16. */
  readonly underWay: readonly ChunksUnderWay[];
  /** Of a merge: what flows back at this moment. */
  readonly merging?: KeptChunks;
  /** Runs that are merged a second at most; 0: none. Absent: as many as can. */
  readonly limit?: number;
  /** Nothing is merged until somebody says that it shall go on. */
  readonly waits?: true;
}
