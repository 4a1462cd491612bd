/** One round of an allocation policy: which free area each stripe would take (reference 9.2). */
import type { LvmId } from '../../base/ids.ts';
import { extents, type Extents } from '../../base/units.ts';
import type { FreeArea } from '../format/free-extents.ts';

/** What a round of one policy may look at. */
export interface SlotView {
  readonly free: ReadonlyMap<LvmId, readonly FreeArea[]>;
  /** Extents wanted of each stripe. */
  readonly wanted: number;
  readonly stripes: number;
}

/** A place behind existing extents: the PV, and the first PE after them. */
export interface Slot {
  readonly pvId: LvmId;
  readonly start: Extents;
}

/**
 * Contiguous: the areas right behind the volume's last segment, stripe by stripe; for a new volume
 * one unbroken area per stripe that holds all of it.
 */
export function contiguousSlots(
  view: SlotView,
  follows: readonly Slot[] | undefined,
): readonly FreeArea[] | undefined {
  if (!follows) return spreadSlots(view, { split: false });
  if (follows.length !== view.stripes) return undefined;
  const slots = follows.map(({ pvId, start }) =>
    (view.free.get(pvId) ?? []).find((area) => area.start === start),
  );
  return slots.every((slot) => slot !== undefined) ? slots : undefined;
}

/** Cling: the largest free area on the PV each stripe is on already. */
export function clingSlots(
  view: SlotView,
  places: readonly Slot[] | undefined,
): readonly FreeArea[] | undefined {
  if (places?.length !== view.stripes) return undefined;
  const slots: FreeArea[] = [];
  for (const { pvId } of places) {
    const area = largestFirst(view.free.get(pvId) ?? []).find((one) => !slots.includes(one));
    if (!area) return undefined;
    slots.push(area);
  }
  return slots;
}

/**
 * Normal: one area per PV (`best`), or (if the volume may be split) the PV's largest where none
 * holds all that is wanted. The largest come first; equal ones keep the order of the PVs.
 */
export function spreadSlots(
  view: SlotView,
  how: { readonly split: boolean },
): readonly FreeArea[] | undefined {
  const areas = [...view.free.values()].flatMap((each) => best(largestFirst(each), view, how));
  return firstOf(areas, view);
}

/**
 * As LVM was seen to walk through a PV's areas, largest first: what an area would have left puts it
 * in its new place among the others, and the walk goes on behind that. So a smaller area is taken
 * only if more would be left of the one before than the smaller one has.
 */
function best(
  areas: readonly FreeArea[],
  { wanted }: SlotView,
  how: { readonly split: boolean },
): readonly FreeArea[] {
  let [chosen] = areas;
  if (!chosen) return [];
  if (chosen.count < wanted) return how.split ? [chosen] : [];
  for (;;) {
    const left: number = chosen.count - wanted;
    const next: FreeArea | undefined =
      left === 0 ? areas[areas.indexOf(chosen) + 1] : areas.find(({ count }) => count < left);
    if (!next || next.count < wanted) return [chosen];
    chosen = next;
  }
}

/**
 * Anywhere: every area once, then again what is left of it, until each stripe has one (so placed in
 * runs of LVM 2.03.16).
 */
export function anywhereSlots(view: SlotView): readonly FreeArea[] | undefined {
  const taken = new Map<FreeArea, number>();
  const slots: FreeArea[] = [];
  for (let before = -1; slots.length < view.stripes && slots.length > before;) {
    before = slots.length;
    for (const areas of view.free.values()) {
      for (const area of largestFirst(areas)) {
        const used = taken.get(area) ?? 0;
        const count = Math.min(view.wanted, area.count - used);
        if (count === 0) continue;
        slots.push({ ...area, start: extents(area.start + used), count: extents(count) });
        taken.set(area, used + count);
      }
    }
  }
  return firstOf(slots, view);
}

/** One area per stripe, the most useful first; equal ones stay in the order they were found. */
function firstOf(candidates: FreeArea[], view: SlotView): readonly FreeArea[] | undefined {
  const useful = (area: FreeArea): number => Math.min(area.count, view.wanted);
  candidates.sort((a, b) => useful(b) - useful(a));
  return candidates.length >= view.stripes ? candidates.slice(0, view.stripes) : undefined;
}

/** Equal sizes stay in PE order. */
const largestFirst = (areas: readonly FreeArea[]): readonly FreeArea[] =>
  [...areas].sort((a, b) => b.count - a.count);
