/** Which requests came, and where writes met a copy: for a screen, and for who gives way. */
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
  /** Requests so far. */
  served = 0;
  private readonly seen: { -readonly [K in keyof WritesMet]: LandedWrites } = {};

  constructor(
    private readonly log: Pick<DirtyLog, 'count' | 'syncCount'>,
    /** Of a region that the write itself leaves as it is. */
    private readonly changed: () => void,
  ) {}

  /** On the way of every write: of a mirror that is in sync nothing is noted. */
  note(region: number, stateOf: (region: number) => RegionState): void {
    this.served++;
    if (!this.isNoted) return;
    this.add(KINDS[stateOf(region)], { count: 1, region });
  }

  add(kind: keyof WritesMet, { count, region }: LandedWrites): void {
    if (!this.isNoted) return;
    this.seen[kind] = { count: (this.seen[kind]?.count ?? 0) + count, region };
    this.changed();
  }

  private get isNoted(): boolean {
    const { count, syncCount } = this.log;
    return syncCount < count;
  }

  get state(): WritesMet | undefined {
    return Object.keys(this.seen).length === 0 ? undefined : { ...this.seen };
  }
}
