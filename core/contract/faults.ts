/** What somebody has broken on a disk of a lab. Nothing of it ever gets onto its image. */
import type { Sectors } from './units.ts';

/** One thing that is broken on a disk; sectors are those of the disk, times milliseconds. */
export type DiskFault =
  /** It is not there: every request fails, and who looks for disks does not see it. */
  | { readonly kind: 'gone' }
  | DiskErrors
  /** Every request waits so long before it reaches the disk; 1 to 60,000 ms. */
  | { readonly kind: 'slow'; readonly millis: number }
  /** What changes the disk is acknowledged and lost. */
  | { readonly kind: 'drops-writes' };

/** Requests that touch these sectors fail as a whole, and change nothing. */
export interface DiskErrors {
  readonly kind: 'errors';
  readonly on: FailingOps;
  /** Absent: everywhere; where writes fail, flushes fail then as well. */
  readonly range?: FaultRange;
}

/** Writes, here, are all requests that change what is stored, except discards. */
export type FailingOps = 'reads' | 'writes' | 'both';

/** Sectors of the disk; `count` is 1 or more. */
export interface FaultRange {
  readonly start: Sectors;
  readonly count: Sectors;
}

/** Which fault is taken away. */
export type FaultChoice = { readonly kind: Exclude<DiskFault['kind'], 'errors'> } | DiskErrors;
