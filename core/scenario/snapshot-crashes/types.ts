/** What the power-cut loop of seeds/004 speaks of: kinds of snapshots, stages, and what is left. */
import type { BlockDevice, Io } from '../../block/device.ts';
import type { Latency } from '../../block/latency.ts';

/** What is done to a snapshot, in the order of its life. */
export const STAGES = [
  'creation',
  'first copies',
  'table turnover',
  'shutdown',
  'start',
  'full store',
  'merge',
  'removal',
] as const;
export type Stage = (typeof STAGES)[number];

/** What a request that was under way at the cut was for. */
export type Point =
  | 'metadata'
  | 'header'
  | 'table'
  | 'copy'
  | 'flush of the store'
  | 'write to the original'
  | 'flush of the original';

/** The two disks of a machine. */
export interface Disks {
  readonly origin: BlockDevice;
  readonly store: BlockDevice;
}

/** A volume that may have a snapshot. */
export interface Machine {
  readonly original: BlockDevice;
  /** Undefined while there is none. */
  readonly snapshot: BlockDevice | undefined;
  /**
   * @param during done while it merges
   * @returns whether it worked: without power it does not
   */
  act(
    stage: Exclude<Stage, 'first copies' | 'table turnover' | 'full store'>,
    during?: () => Promise<boolean>,
  ): Promise<boolean>;
}

/** Sizes of a run. */
export interface Sizes {
  /** Sectors, 1 or more; a power of two. */
  readonly chunkSize: number;
  /** Chunks of the original. */
  readonly chunks: number;
  /** Copies that the store has room for. */
  readonly room: number;
}

/** What is there when power is back. */
export interface Found {
  readonly original: BlockDevice;
  readonly snapshot: BlockDevice | Missing;
  /** The original is what the snapshot was, or is going to be: what ends the rest of its merge. */
  readonly endMerge?: () => Promise<boolean>;
}

/** `none`: the store is that of no snapshot. `full`: it is deactivated for good. */
export type Missing = 'none' | 'full' | 'disabled';

/** A kind of snapshot, with what is done about it after a crash. */
export interface Mode {
  readonly name: string;
  /** What it may come to in a crash; nothing but `kept`: it is said to survive. */
  readonly afterCrash: 'kept' | 'disabled' | 'lost';
  /** Whether it can be merged into its original. */
  readonly merges: boolean;
  /** Sectors that its store needs for so many copies, and for no more. */
  storeSize(sizes: Sizes): number;
  /** The original without a snapshot, or what was shut down and is to start. */
  machine(disks: Disks, sizes: Sizes, state: 'new' | 'down', latency?: Latency): Promise<Machine>;
  /** By who knows nothing but what is on the disks. */
  reopen(disks: Disks, sizes: Sizes): Promise<Found>;
  /** Of a request for the store that is no flush. */
  pointOf(io: Io, sizes: Sizes): Point;
}

/** What a crash has left of a snapshot. */
export type Outcome =
  /** It opens and holds what the original held when it was made. */
  | { readonly kind: 'kept' }
  /** It opens, and so many of its sectors are wrong. */
  | {
      readonly kind: 'lost';
      /** They hold what was written to the original since. */
      readonly newData: number;
      /** They hold what was in the store before. */
      readonly staleData: number;
    }
  | { readonly kind: Missing };
