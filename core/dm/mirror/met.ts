/** Which writes came during a copy, and where they met it: for a screen. */
import type { LandedWrites, WritesMet } from '../../contract/mirrors.ts';
import type { DirtyLog } from './log.ts';
import type { RegionState } from './regions.ts';

const KINDS = {
  nosync: 'ahead',
  recovering: 'at',
  clean: 'behind',
  dirty: 'behind',
} as const satisfies Record<RegionState, keyof WritesMet>;

export class Met {
  private readonly seen: { -readonly [K in keyof WritesMet]: LandedWrites } = {};

  constructor(
    private readonly log: Pick<DirtyLog, 'count' | 'syncCount'>,
    /** Of a region that the write itself leaves as it is. */
    private readonly changed: () => void,
  ) {}

  /** On the way of every write: of a mirror that is in sync nothing is noted. */
  note(region: number, stateOf: (region: number) => RegionState): void {
    const { count, syncCount } = this.log;
    if (syncCount === count) return;
    const kind = KINDS[stateOf(region)];
    this.seen[kind] = { count: (this.seen[kind]?.count ?? 0) + 1, region };
    this.changed();
  }

  get state(): WritesMet | undefined {
    return Object.keys(this.seen).length === 0 ? undefined : { ...this.seen };
  }
}
