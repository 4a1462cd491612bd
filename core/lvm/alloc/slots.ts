/** One round of an allocation policy: which free area each stripe would take (reference 9.2). */
import type { LvmId } from '../../base/ids.ts';
import { extents, type Extents } from '../../base/units.ts';
import type { FreeArea } from '../format/free-areas.ts';

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
 * Normal: one area per PV, the smallest that still holds all that is wanted, or else (if the volume
 * may be split) the PV's largest. The largest come first; equal ones keep the group's PV order.
 */
export function spreadSlots(
  view: SlotView,
  how: { readonly split: boolean; readonly samePvTwice?: boolean },
): readonly FreeArea[] | undefined {
  const candidates = [...view.free.values()].flatMap((areas) =>
    how.samePvTwice ? piecesOf(largestFirst(areas), view) : best(largestFirst(areas), view, how),
  );
  const useful = (area: FreeArea): number => Math.min(area.count, view.wanted);
  candidates.sort((a, b) => useful(b) - useful(a));
  return candidates.length >= view.stripes ? candidates.slice(0, view.stripes) : undefined;
}

function best(
  areas: readonly FreeArea[],
  view: SlotView,
  how: { readonly split: boolean },
): readonly FreeArea[] {
  const holdsAll = areas.filter((area) => area.count >= view.wanted).at(-1);
  const chosen = holdsAll ?? (how.split ? areas[0] : undefined);
  return chosen ? [chosen] : [];
}

/** Anywhere: one area may serve several stripes, cut into parts of what is wanted. */
function piecesOf(areas: readonly FreeArea[], view: SlotView): readonly FreeArea[] {
  return areas.flatMap((area) => {
    const share = Math.min(view.wanted, Math.max(1, Math.floor(area.count / view.stripes)));
    const parts = Math.min(view.stripes, Math.floor(area.count / share));
    return Array.from({ length: parts }, (_, part) => ({
      ...area,
      start: extents(area.start + part * share),
      count: extents(part === parts - 1 ? area.count - part * share : share),
    }));
  });
}

/** Equal sizes stay in PE order. */
const largestFirst = (areas: readonly FreeArea[]): readonly FreeArea[] =>
  [...areas].sort((a, b) => b.count - a.count);
