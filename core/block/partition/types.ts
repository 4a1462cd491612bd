/** What a partition table says of a disk, as Linux understands it. */
import type { Sectors } from '../../base/units.ts';

export interface Partition {
  /** 1 to 255: the number behind the name of the disk. */
  readonly number: number;
  readonly start: Sectors;
  /** Never 0, and never beyond the end of the disk. */
  readonly size: Sectors;
  /** What is seen of an extended one: no more than its first 1 KiB. */
  readonly extended?: true;
}

/** Which of the two copies that a GPT has. */
export type GptCopy = 'primary' | 'backup';

/** The part of a GPT that does not hold. */
export type GptFault =
  | 'unreadable'
  | 'signature'
  | 'header-size'
  | 'header-crc'
  | 'own-place'
  | 'usable-range'
  | 'entry-size'
  | 'entry-count'
  | 'entries-place'
  | 'entries-crc';

/** What is odd in a table that is read all the same, or why none is read. Places in sectors. */
export type PartitionOddity =
  /** The other copy is used. */
  | { readonly kind: 'gpt-copy-bad'; readonly copy: GptCopy; readonly fault: GptFault }
  | { readonly kind: 'gpt-bad'; readonly primary: GptFault; readonly backup: GptFault }
  /** The disk grew after it was partitioned: the backup is not in its last sector. */
  | { readonly kind: 'gpt-grown'; readonly backup: number; readonly last: Sectors }
  /** A sector is 4096 bytes for it: it was made on another kind of disk. */
  | { readonly kind: 'gpt-large-sectors' }
  /** An entry for a GPT that does not begin where one does: neither table is used. */
  | { readonly kind: 'gpt-elsewhere'; readonly start: number }
  | { readonly kind: 'beyond-end'; readonly number: number; readonly start: number }
  /** It would end behind the disk. */
  | { readonly kind: 'cut-off'; readonly number: number; readonly size: number }
  | { readonly kind: 'ends-before-start'; readonly number: number }
  | { readonly kind: 'overlap'; readonly one: number; readonly other: number }
  | { readonly kind: 'chain-unreadable'; readonly at: number }
  /** The chain of logical partitions comes back to where it was. */
  | { readonly kind: 'chain-loop'; readonly at: number }
  | { readonly kind: 'chain-too-long' }
  | { readonly kind: 'too-many' };

export interface PartitionTable {
  readonly kind: 'gpt' | 'mbr';
  /** By number. */
  readonly partitions: readonly Partition[];
  /** In the order found. */
  readonly oddities: readonly PartitionOddity[];
}

/** Linux gives no partition a higher number. */
export const HIGHEST_NUMBER = 255;
