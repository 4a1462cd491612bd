/**
 * How a snapshot of a mirror and the repair of that mirror keep out of each other's way: the three
 * ways that the post "snapshots of mirror problems" (seeds/002) finds wanting, and its two ways
 * out.
 */

/** What a checker can find. */
export const FINDINGS = ['race', 'deadlock', '-EIO'] as const;
export type Finding = (typeof FINDINGS)[number];

export interface Design {
  readonly name: string;
  /**
   * What one lock, which a repair takes as well, is held for while a snapshot is made: nothing; all
   * of it, the file system's freeze included; or from where the file system is frozen on.
   */
  readonly lock: 'none' | 'all' | 'suspend';
  /** A device that passes everything on lies above the mirror. */
  readonly layer: boolean;
  /** The mirror goes on without a leg that fails; nobody repairs it. */
  readonly repairsItself: boolean;
  /** What the post says becomes of it; undefined: nothing bad. */
  readonly failsBy: Finding | undefined;
}

const BARE = { layer: false, repairsItself: false } as const;

export const DESIGNS: readonly Design[] = [
  { name: 'independent', lock: 'none', ...BARE, failsBy: 'race' },
  { name: 'one lock', lock: 'all', ...BARE, failsBy: 'deadlock' },
  { name: 'flush', lock: 'suspend', ...BARE, failsBy: '-EIO' },
  {
    name: 'pass-through layer',
    lock: 'none',
    layer: true,
    repairsItself: false,
    failsBy: undefined,
  },
  {
    name: 'self-sufficient mirror',
    lock: 'none',
    layer: false,
    repairsItself: true,
    failsBy: undefined,
  },
];
