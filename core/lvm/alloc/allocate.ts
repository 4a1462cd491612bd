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
import { FreeMap, type Area } from './free-map.ts';
import { choose, chooseLast, type Present, type Rules } from './round.ts';

export interface AllocationRequest {
  /** Logical extents wanted; a multiple of `stripes`. */
  readonly count: Extents;
  /** Each gets an area of its own; of a mirror those of all images. 0: logs alone are wanted. */
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
  /**
   * What the extents stand beside, run after run, in all as many as are wanted of a stripe: none is
   * put on a PV from which its run has to stay away, unless it may go anywhere and found no other
   * place, and no piece goes over the end of a run.
   */
  readonly runs?: readonly Run[];
  /** Logs of a mirror, each on one area of its own: on other PVs than its images if possible. */
  readonly logs?: LogWish;
}

export interface Run {
  readonly count: Extents;
  readonly avoid: ReadonlySet<LvmId>;
}

export interface LogWish {
  /** 1 or 2. */
  readonly count: number;
  /** Extents of each. */
  readonly extents: Extents;
  /**
   * They are chosen with the images, from areas that would do for one, as lvconvert does where
   * there are PVs enough. Otherwise behind the images, from all that is left: so lvcreate.
   */
  readonly withImages?: true;
}

/** One new segment: `count` extents on each of its areas. */
export interface Piece {
  readonly areas: readonly { readonly pvId: LvmId; readonly start: Extents }[];
  /** Extents of each area; the segment has areas.length times as many logical extents. */
  readonly count: Extents;
}

/** Where everything goes. */
export interface Places {
  readonly pieces: readonly Piece[];
  /** As many as were asked for. */
  readonly logs: readonly { readonly pvId: LvmId; readonly start: Extents }[];
}

/** Extents that found no place. */
export interface Shortage {
  readonly more: Extents;
  /** What they were for; of a volume without logs `images`. */
  readonly of: 'images' | 'logs';
}

/** The strictest first; to cling is also to cling by tags, where there are any that count. */
const ORDER = ['contiguous', 'cling', 'by-tags', 'normal', 'anywhere'] as const;
type Policy = (typeof ORDER)[number];

/** Tries the policies in LVM's order, the strictest first, up to the one that was asked for. */
export function allocate(request: AllocationRequest): Result<Places, Shortage> {
  const { stripes } = request;
  assert(request.count % Math.max(1, stripes) === 0, 'extents must divide among the stripes');
  const work = new Allocation(request);
  const last = request.policy === 'cling' ? 'by-tags' : request.policy;
  const policies = ORDER.slice(0, ORDER.indexOf(last) + 1);
  for (const policy of policies) {
    if (work.left === 0) break;
    work.tryPolicy(policy);
  }
  const { left } = work;
  if (left > 0 && request.approximate !== true) {
    return err({ more: extents(left * request.stripes), of: 'images' });
  }
  for (const policy of policies) work.placeLogs(policy);
  const { pieces, logs, logsLeft } = work;
  if (logsLeft === 0) return ok({ pieces, logs });
  return err({ more: extents(logsLeft * (request.logs?.extents ?? 0)), of: 'logs' });
}

/** The state of one allocation: what is still free, what was taken, what is left to find. */
class Allocation {
  readonly pieces: Piece[] = [];
  readonly logs: { readonly pvId: LvmId; readonly start: Extents }[] = [];
  /** Extents still wanted of each stripe. */
  left: number;
  private readonly free: FreeMap;
  private readonly tags: ClingTags | undefined;
  /** Unless the volume is to be in one piece. */
  private readonly split: boolean;

  constructor(private readonly request: AllocationRequest) {
    const { clingTags = [], tagsOf = new Map<LvmId, readonly string[]>() } = request;
    this.left = request.stripes === 0 ? 0 : request.count / request.stripes;
    this.free = new FreeMap(request.free);
    this.tags = clingTags.length > 0 ? new ClingTags(clingTags, tagsOf) : undefined;
    this.split = request.policy !== 'contiguous';
  }

  get logsLeft(): number {
    return (this.request.logs?.count ?? 0) - this.logs.length;
  }

  /** Behind the images, wherever those left room: the last of the PVs, however much it has. */
  placeLogs(policy: Policy): void {
    if (this.logsLeft === 0 || policy === 'cling' || policy === 'by-tags') return;
    const anywhere = policy === 'anywhere';
    const rules = { positional: false, byTags: false, apart: false, split: this.split, anywhere };
    const { extents: each = extents(0) } = this.request.logs ?? {};
    const view = { free: this.free, wanted: each, stripes: this.logsLeft, taken: [] };
    for (const area of chooseLast(view, rules) ?? []) this.takeLog(area);
  }

  private takeLog(area: Area): void {
    this.logs.push({ pvId: area.pvId, start: extents(area.start) });
    this.free.take(area, this.request.logs?.extents ?? extents(0));
  }

  /** Of what images could have had the last ones, the smallest, where all logs find room there. */
  private logsAmong(spare: readonly Area[]): readonly Area[] {
    const { logs } = this.request;
    if (logs?.withImages !== true || this.logsLeft === 0) return [];
    const enough = spare.filter(({ count }) => count >= logs.extents);
    return enough.length < this.logsLeft ? [] : enough.slice(-this.logsLeft);
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

  /** What is left of the run in which the next extents lie. */
  private run(): { readonly count: number; readonly avoid?: ReadonlySet<LvmId> } {
    let behind: number = (this.request.runs ?? []).reduce((sum, { count }) => sum + count, 0);
    for (const { count, avoid } of this.request.runs ?? []) {
      behind -= count;
      if (behind < this.left) return { count: this.left - behind, avoid };
    }
    return { count: this.left };
  }

  /** Takes the same number of extents from the start of every area that was chosen. */
  private round(rules: Rules): boolean {
    const { stripes, present } = this.request;
    const taken = Array.from({ length: stripes }, (_, stripe) =>
      this.pieces.flatMap(({ areas }) => areas[stripe]?.pvId ?? []),
    );
    const { free, tags } = this;
    const { count: wanted, avoid: beside } = this.run();
    const avoid = rules.anywhere ? undefined : beside;
    const chosen = choose({ free, wanted, stripes, present, tags, taken, avoid }, rules);
    if (!chosen) return false;
    const logs = this.logsAmong(chosen.spare);
    const count = extents(chosen.count);
    assert(count > 0, 'a place without extents was chosen');
    const areas = chosen.areas.map((area) => {
      const place = { pvId: area.pvId, start: extents(area.start) };
      this.free.take(area, count);
      return place;
    });
    for (const area of logs) this.takeLog(area);
    this.pieces.push({ areas, count });
    this.left -= count;
    return true;
  }
}
