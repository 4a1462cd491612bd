/** What EVMS's snapshot speaks of. */
import type { Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { IoError } from '../../block/device.ts';

export interface SnapshotOptions {
  /** Of a chunk, in sectors: 1 or more. The last one of the original may be shorter. */
  readonly chunkSize: Sectors;
  /** The option of EVMS; without it exceptions are durable before writes go on. */
  readonly asynchronous: boolean;
  readonly tell?: Tell;
}

/**
 * What becomes of an asynchronous snapshot that was in use when the system crashed: as in EVMS, or
 * what would have been if nobody had cared.
 */
export type AfterCrash = 'disabled' | 'opened all the same';

/** Why there is no snapshot. */
export type NoSnapshot =
  /** The store has no header of one, or a damaged one. */
  | { readonly code: 'none-there' }
  /** It was made of an original of another size. */
  | { readonly code: 'other-original'; readonly size: Sectors }
  /** The store was full before: the snapshot is deactivated for good. */
  | { readonly code: 'full' }
  /** It is asynchronous and was not shut down. */
  | { readonly code: 'crashed' }
  /** Its table names a chunk twice, or one that the original does not have. */
  | { readonly code: 'bad-table'; readonly index: number }
  /** Nothing fits into the store beside the header and the table. */
  | { readonly code: 'store-too-small' };

export type Opened<T> = Result<T, NoSnapshot | IoError>;

/** What happens, in order, for whoever tells or checks it. Chunks and indices count from 0. */
export type SnapshotEvent =
  /** A write to a chunk of the original that was not copied before: it was read. */
  | { readonly kind: 'read'; readonly chunk: number }
  /** The copy goes to the store, to the place of that entry. */
  | { readonly kind: 'copy-begun'; readonly chunk: number; readonly index: number }
  | { readonly kind: 'copy-done'; readonly chunk: number; readonly index: number }
  /** A sector of the table is on its way to the store, with so many entries in use. */
  | { readonly kind: 'table-begun'; readonly sector: number; readonly entries: number }
  | { readonly kind: 'table-done'; readonly sector: number }
  | { readonly kind: 'store-flushed' }
  /** The write to the original that waited may go on. */
  | { readonly kind: 'let-go'; readonly chunk: number }
  | { readonly kind: 'full' }
  | { readonly kind: 'shut-down' };

export type Tell = (event: SnapshotEvent) => void;
