/**
 * One round of an allocation policy: which free area each stripe would take (reference 9.2, and as
 * LVM 2.03.16 was seen to choose where that says nothing).
 */
import type { LvmId } from '../../base/ids.ts';
import type { ClingTags } from './cling-tags.ts';
import type { Area, FreeMap, Slot } from './free-map.ts';

/** What the volume has already, where it has as many stripes as are wanted. */
export interface Present {
  /** The first PE behind each stripe of its last segment. */
  readonly last: readonly Slot[];
  /** The PVs of its first segment: it clings to these, whatever lies behind. */
  readonly first: readonly LvmId[];
}

/** What a round may use. */
export interface Rules {
  /** Only what is behind the volume, on its PVs, on those taken so far; absent: all there is. */
  readonly near?: 'behind' | 'volume' | 'taken';
  /** Stripe by stripe: each goes on where it is. */
  readonly positional: boolean;
  /** PVs may be near because of their tags too. */
  readonly byTags: boolean;
  /** A new volume begins on PVs without a tag in common. */
  readonly apart: boolean;
  /** Less than is wanted will do: there are further rounds. */
  readonly split: boolean;
  /** A PV may hold more than one stripe. */
  readonly anywhere: boolean;
}

export interface RoundView {
  readonly free: FreeMap;
  /** Extents wanted of each stripe. */
  readonly wanted: number;
  readonly stripes: number;
  readonly present?: Present | undefined;
  readonly tags?: ClingTags | undefined;
  /** PVs taken from so far, stripe by stripe. */
  readonly taken: readonly (readonly LvmId[])[];
  /** PVs that are not looked at. */
  readonly avoid?: ReadonlySet<LvmId> | undefined;
}

interface Chosen {
  readonly pvId: LvmId;
  readonly area: Area;
  /** Extents that it can give. */
  readonly count: number;
}

interface Choice {
  /** One for each stripe. */
  readonly areas: readonly Area[];
  /** How much of each to take. */
  readonly count: number;
  /** What other PVs offered. */
  readonly spare: readonly Area[];
}

/** Undefined: there are not areas enough. */
export function choose(view: RoundView, rules: Rules): Choice | undefined {
  view.free.reset();
  const found = rules.positional ? filled(view, rules) : sorted(view, rules);
  if (found.length < view.stripes) return undefined;
  const chosen = found.slice(0, view.stripes);
  const count = Math.min(view.wanted, ...chosen.map((one) => one.count));
  const spare = rules.anywhere ? [] : found.slice(view.stripes);
  return { areas: chosen.map(({ area }) => area), count, spare: spare.map(({ area }) => area) };
}

/** Of the areas that hold all that is wanted the last ones, as many as there are stripes. */
export function chooseLast(view: RoundView, rules: Rules): readonly Area[] | undefined {
  view.free.reset();
  const found = sorted(view, rules).filter(({ count }) => count >= view.wanted);
  const last = found.slice(-view.stripes);
  return last.length < view.stripes ? undefined : last.map(({ area }) => area);
}

const pvIdsOf = ({ free, avoid }: RoundView): readonly LvmId[] =>
  [...free.pvIds()].filter((id) => avoid?.has(id) !== true);

/** The first area of each PV that is near the place of a stripe. */
function filled(view: RoundView, rules: Rules): readonly Chosen[] {
  const places = Array<Chosen | undefined>(view.stripes).fill(undefined);
  const isOpen = (stripe: number): boolean => stripe < view.stripes && places[stripe] === undefined;
  for (const pvId of pvIdsOf(view)) {
    for (const area of view.free.walk(pvId)) {
      if (area.unreserved === 0) continue;
      const stripe = stripeNear(area, view, rules, isOpen);
      if (stripe !== undefined) places[stripe] = { pvId, area, count: area.count };
      if (stripe !== undefined || rules.near !== 'behind') break;
    }
    if (places.every((one) => one !== undefined)) break;
  }
  return places.filter((one) => one !== undefined);
}

/** The most useful first; equal ones keep the order in which they were found. */
function sorted(view: RoundView, rules: Rules): readonly Chosen[] {
  const found: Chosen[] = [];
  for (let before = -1; found.length > before && found.length < view.stripes;) {
    before = found.length;
    for (const pvId of pvIdsOf(view)) {
      found.push(...offersOf(pvId, found.length, view, rules));
      if (rules.anywhere && found.length >= view.stripes) break;
    }
    if (!rules.anywhere) break;
  }
  found.sort((a, b) => b.count - a.count);
  return rules.apart && view.tags ? view.tags.apart(found) : found;
}

/** What a PV offers: the last of the areas that will do; anywhere: all of them. */
function offersOf(pvId: LvmId, before: number, view: RoundView, rules: Rules): readonly Chosen[] {
  const offers: Chosen[] = [];
  for (const area of view.free.walk(pvId)) {
    if (area.unreserved === 0) continue;
    const verdict = usable(area, view, rules, offers.length > 0);
    if (verdict === 'next-pv') break;
    if (verdict === 'next-area') continue;
    if (!rules.anywhere) offers.pop();
    const isSpare = rules.anywhere && before + offers.length >= view.stripes;
    const count = view.free.reserve(area, isSpare ? 0 : view.wanted);
    offers.push({ pvId, area, count });
  }
  return offers;
}

function usable(
  area: Area,
  view: RoundView,
  rules: Rules,
  hasOne: boolean,
): 'yes' | 'next-area' | 'next-pv' {
  if (rules.near) {
    if (stripeNear(area, view, rules, () => true) !== undefined) return 'yes';
    return rules.near === 'behind' ? 'next-area' : 'next-pv';
  }
  if (area.unreserved >= view.wanted) return 'yes';
  return rules.split && (rules.anywhere || !hasOne) ? 'yes' : 'next-pv';
}

/** The stripe that an area is near to, of those that are still open. */
function stripeNear(
  area: Area,
  { present, taken, tags }: RoundView,
  { near, byTags }: Rules,
  isOpen: (stripe: number) => boolean,
): number | undefined {
  const { pvId, start } = area;
  const find = <T>(places: readonly T[], holds: (place: T) => boolean): number | undefined => {
    const stripe = places.findIndex((place, index) => isOpen(index) && holds(place));
    return stripe < 0 ? undefined : stripe;
  };
  const { last = [], first = [] } = present ?? {};
  const behind = find(last, (end) => end.pvId === pvId && end.start === start);
  if (behind !== undefined || near === 'behind') return behind;
  const onTaken = (): number | undefined =>
    near === 'taken' ? find(taken, (ids) => ids.includes(pvId)) : undefined;
  const same = find(first, (id) => id === pvId) ?? onTaken();
  if (same !== undefined || !byTags || !tags) return same;
  return present
    ? find(first, (id) => tags.match(id, pvId))
    : find(taken, (ids) => ids.some((id) => tags.match(id, pvId)));
}
