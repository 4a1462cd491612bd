/**
 * Where the extents of a linear or striped volume go (reference 9.1, 9.2). Pure: the same group and
 * request always get the same answer, which is LVM's.
 */
import { assert } from '../../base/assert.ts';
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { extents, type Extents } from '../../base/units.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import type { FreeArea } from '../format/free-extents.ts';
import { ClingTags } from './cling-tags.ts';
import { FreeMap } from './free-map.ts';
import { choose, type Present, type Rules } from './round.ts';

export interface AllocationRequest {
  /** Logical extents wanted; a multiple of `stripes`. */
  readonly count: Extents;
  /** 1 or more; each stripe gets an area of its own. */
  readonly stripes: number;
  readonly policy: Exclude<AllocationPolicy, 'inherit' | 'cling_by_tags'>;
  /** Free areas of the PVs that may be used, in the order in which PVs are looked at. */
  readonly free: ReadonlyMap<LvmId, readonly FreeArea[]>;
  /** What the volume has; absent: it is new, or its last segment has other stripes. */
  readonly present?: Present;
  /** Tags by which PVs belong together, without `@`; `*` is any. Default: none. */
  readonly clingTags?: readonly string[];
  /** The tags of the PVs; needed with `clingTags`. */
  readonly tagsOf?: ReadonlyMap<LvmId, readonly string[]>;
  /**
   * Takes less where not all of it fits, even nothing: percentages of free space are an upper
   * bound.
   */
  readonly approximate?: boolean;
}

/** One new segment: `count` extents on each of its areas. */
export interface Piece {
  readonly areas: readonly { readonly pvId: LvmId; readonly start: Extents }[];
  /** Extents of each area; the segment has areas.length times as many logical extents. */
  readonly count: Extents;
}

/** Logical extents that found no place. */
export interface Shortage {
  readonly more: Extents;
}

/** The strictest first; to cling is also to cling by tags, where there are any that count. */
const ORDER = ['contiguous', 'cling', 'by-tags', 'normal', 'anywhere'] as const;
type Policy = (typeof ORDER)[number];

/** Tries the policies in LVM's order, the strictest first, up to the one that was asked for. */
export function allocate(request: AllocationRequest): Result<readonly Piece[], Shortage> {
  assert(request.count % request.stripes === 0, 'extents must divide among the stripes');
  const work = new Allocation(request);
  const last = request.policy === 'cling' ? 'by-tags' : request.policy;
  for (const policy of ORDER.slice(0, ORDER.indexOf(last) + 1)) {
    work.tryPolicy(policy);
    if (work.left === 0) break;
  }
  const enough = work.left === 0 || request.approximate === true;
  return enough ? ok(work.pieces) : err({ more: extents(work.left * request.stripes) });
}

/** The state of one allocation: what is still free, what was taken, what is left to find. */
class Allocation {
  readonly pieces: Piece[] = [];
  /** Extents still wanted of each stripe. */
  left: number;
  private readonly free: FreeMap;
  private readonly tags: ClingTags | undefined;
  /** Unless the volume is to be in one piece. */
  private readonly split: boolean;

  constructor(private readonly request: AllocationRequest) {
    const { clingTags = [], tagsOf = new Map<LvmId, readonly string[]>() } = request;
    this.left = request.count / request.stripes;
    this.free = new FreeMap(request.free);
    this.tags = clingTags.length > 0 ? new ClingTags(clingTags, tagsOf) : undefined;
    this.split = request.policy !== 'contiguous';
  }

  tryPolicy(policy: Policy): void {
    const { present } = this.request;
    const rules: Rules = {
      positional: present !== undefined,
      byTags: policy === 'by-tags',
      apart: false,
      split: this.split,
      anywhere: policy === 'anywhere',
    };
    switch (policy) {
      case 'contiguous':
        // One round, which takes what it can get.
        this.round(present ? { ...rules, near: 'behind' } : { ...rules, apart: true });
        return;
      case 'by-tags':
      case 'cling':
        if (policy === 'by-tags' && !this.tags) return;
        if (!present) this.rounds({ ...rules, near: 'taken', positional: true });
        // Stripe by stripe at first, then on any of the PVs.
        else
          this.rounds(
            { ...rules, near: 'volume' },
            { ...rules, near: 'volume', positional: false },
          );
        return;
      case 'normal':
        this.closeRounds({ ...rules, positional: false });
        return;
      case 'anywhere':
        this.rounds({ ...rules, positional: false });
    }
  }

  /** As long as a way leads on; then the next way, for good. */
  private rounds(...ways: readonly Rules[]): void {
    for (const rules of ways) {
      while (this.left > 0 && this.round(rules));
    }
  }

  /** Near what is there and what was taken where possible (maximise_cling), else somewhere new. */
  private closeRounds(rules: Rules): void {
    while (this.left > 0 && (this.round({ ...rules, near: 'taken' }) || this.round(rules)));
  }

  /** Takes the same number of extents from the start of every area that was chosen. */
  private round(rules: Rules): boolean {
    const { stripes, present } = this.request;
    const taken = Array.from({ length: stripes }, (_, stripe) =>
      this.pieces.flatMap(({ areas }) => areas[stripe]?.pvId ?? []),
    );
    const view = { free: this.free, wanted: this.left, stripes, present, tags: this.tags, taken };
    const chosen = choose(view, rules);
    if (!chosen) return false;
    const count = extents(chosen.count);
    assert(count > 0, 'a place without extents was chosen');
    const areas = chosen.areas.map((area) => {
      const place = { pvId: area.pvId, start: extents(area.start) };
      this.free.take(area, count);
      return place;
    });
    this.pieces.push({ areas, count });
    this.left -= count;
    return true;
  }
}
