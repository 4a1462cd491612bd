/** What keeps the exceptions of a snapshot, and the chunks they stand for. */
import type { Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { StoreKind } from '../../contract/snapshots.ts';
import type { Exception } from './exception-table.ts';
import type { Refusal } from '../target.ts';

/** Chunks that lie side by side, in the origin and in the store. */
export interface ExceptionRun extends Exception {
  /** 1 or more. */
  readonly count: number;
}

/** As a status line has them. */
export interface StoreUsage {
  /** Up to the next free chunk, header and areas included; of a merge less and less. */
  readonly allocated: Sectors;
  readonly total: Sectors;
  /** Of these, header and areas. */
  readonly metadata: Sectors;
}

export interface ExceptionStore {
  readonly kind: StoreKind;
  /** In sectors; 0 before it is loaded, where the table gives none. */
  readonly chunkSize: Sectors;
  /**
   * Reads what there is, or makes a new store.
   * @param found called for every exception, in their order
   * @returns whether it may be used: one that was invalidated has nothing
   */
  load(found: (exception: Exception) => void): Promise<Result<'valid' | 'invalid', Refusal>>;
  /**
   * Gives out chunks for a run, as many as lie side by side. Each run has to be committed.
   * @param most 1 or more
   * @returns undefined: it is full
   */
  allocate(most: number): { readonly newChunk: number; readonly count: number } | undefined;
  /**
   * Writes down that the data of a run is there; in the order in which the runs were given out.
   * @param copied false: the data is not there, and nothing of this store counts any more
   * @returns whether it is durable, so that the origin may be written
   */
  commit(run: ExceptionRun, copied: boolean): Promise<boolean>;
  /** Nobody may take it for valid any more, on disk either. */
  invalidate(): Promise<void>;
  usage(): StoreUsage;
  /** Absent: it cannot be merged. */
  readonly merging?: MergingStore;
}

/** Goes backwards through the exceptions (reference 6.1, merge). */
export interface MergingStore {
  /**
   * The last ones that lie side by side both in the origin and in the store, of one area.
   * @param most 1 or more
   * @returns none: all are merged; 'failed': an area cannot be read
   */
  lastRun(most: number): Promise<ExceptionRun | 'none' | 'failed'>;
  /** The last `count` exceptions are in the origin. @returns false: it could not be written down */
  forget(count: number): Promise<boolean>;
}
