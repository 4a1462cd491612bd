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
import {
  anywhereSlots,
  clingSlots,
  contiguousSlots,
  spreadSlots,
  type Slot,
  type SlotView,
} from './slots.ts';

export interface AllocationRequest {
  /** Logical extents wanted; a multiple of `stripes`. */
  readonly count: Extents;
  /** 1 or more; each stripe gets an area of its own. */
  readonly stripes: number;
  readonly policy: Exclude<AllocationPolicy, 'inherit' | 'cling_by_tags'>;
  /** Free areas of the PVs that may be used, in the group's order of PVs. */
  readonly free: ReadonlyMap<LvmId, readonly FreeArea[]>;
  /** Where the volume's present last segment ends: one place per stripe, the first PE behind it. */
  readonly follows?: readonly Slot[];
  /** Takes less where not all of it fits (percentages of free space are an upper bound). */
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

const ORDER = ['contiguous', 'cling', 'normal', 'anywhere'] as const;

/** Tries the policies in LVM's order, the strictest first, up to the one that was asked for. */
export function allocate(request: AllocationRequest): Result<readonly Piece[], Shortage> {
  assert(request.count % request.stripes === 0, 'extents must divide among the stripes');
  const work = new Allocation(request);
  for (const policy of ORDER.slice(0, ORDER.indexOf(request.policy) + 1)) {
    work.tryPolicy(policy);
    if (work.left === 0) break;
  }
  const enough = work.left === 0 || (request.approximate === true && work.pieces.length > 0);
  return enough ? ok(work.pieces) : err({ more: extents(work.left * request.stripes) });
}

/** The state of one allocation: what is still free, what was taken, what is left to find. */
class Allocation {
  readonly pieces: Piece[] = [];
  /** Extents still wanted of each stripe. */
  left: number;
  private readonly free: Map<LvmId, FreeArea[]>;

  constructor(private readonly request: AllocationRequest) {
    this.left = request.count / request.stripes;
    this.free = new Map([...request.free].map(([id, areas]) => [id, [...areas]]));
  }

  tryPolicy(policy: (typeof ORDER)[number]): void {
    switch (policy) {
      case 'contiguous':
        this.takeOnce(contiguousSlots(this.view(), this.request.follows));
        return;
      case 'cling':
        while (this.left > 0 && this.takeOnce(clingSlots(this.view(), this.placesUsed())));
        return;
      case 'normal':
        while (this.left > 0 && (this.takeClose() || this.takeSpread()));
        return;
      case 'anywhere':
        while (this.left > 0 && this.takeOnce(anywhereSlots(this.view())));
        return;
    }
  }

  /** Once a piece is placed, further pieces prefer the PVs already used (maximise_cling). */
  private takeClose(): boolean {
    return this.pieces.length > 0 && this.takeOnce(spreadSlots(this.onUsedPvs(), { split: true }));
  }

  private takeSpread(): boolean {
    // An explicit contiguous policy never reaches here: later rounds may split.
    return this.takeOnce(spreadSlots(this.view(), { split: true }));
  }

  private view(): SlotView {
    return { free: this.free, wanted: this.left, stripes: this.request.stripes };
  }

  private onUsedPvs(): SlotView {
    const used = new Set(this.pieces.flatMap((piece) => piece.areas.map((area) => area.pvId)));
    const free = new Map([...this.free].filter(([id]) => used.has(id)));
    return { free, wanted: this.left, stripes: this.request.stripes };
  }

  private placesUsed(): readonly Slot[] | undefined {
    const last = this.pieces.at(-1);
    return last ? last.areas.map((area) => ({ ...area })) : this.request.follows;
  }

  /** Takes the same number of extents from the start of every slot's area. */
  private takeOnce(slots: readonly FreeArea[] | undefined): boolean {
    if (!slots) return false;
    const count = extents(Math.min(this.left, ...slots.map((slot) => slot.count)));
    assert(count > 0, 'a slot without extents was offered');
    for (const slot of slots) this.cut(slot, count);
    this.pieces.push({ areas: slots.map(({ pvId, start }) => ({ pvId, start })), count });
    this.left -= count;
    return true;
  }

  private cut(taken: FreeArea, count: Extents): void {
    const areas = this.free.get(taken.pvId) ?? [];
    const index = areas.findIndex((area) => area.start <= taken.start && taken.start < end(area));
    const area = areas[index];
    assert(area !== undefined, 'the area is no longer free');
    const before = { ...area, count: extents(taken.start - area.start) };
    const after = { ...area, start: extents(taken.start + count) };
    const rest = { ...after, count: extents(end(area) - after.start) };
    areas.splice(index, 1, ...[before, rest].filter((part) => part.count > 0));
  }
}

const end = (area: FreeArea): number => area.start + area.count;
