/** Which areas of a group take the next version, and which are set aside (reference 1.6). */
import type { AreaRef } from '../../contract/plan.ts';
import type { Random } from '../../env/prng.ts';

/** How many copies a group keeps: a number, all there are, or what each area says (unmanaged). */
export type Copies = number | 'all' | 'unmanaged';

/** An area that can be written, as it is now. */
export interface UsableArea extends AreaRef {
  /** Set aside or taken into use by name; the number of copies may still overrule it. */
  readonly wished?: boolean;
}

/**
 * The areas that are written: those in use once the version is there, and those that are set aside
 * with it. Which ones change is chosen at random, as LVM does it, so that no disk is favoured.
 * @param usable every area of the group that can be written.
 */
export function balanced(
  usable: readonly UsableArea[],
  copies: Copies,
  random: Random,
): readonly AreaRef[] {
  const isAside = ({ wished, ignored }: UsableArea): boolean => wished ?? ignored;
  const inUse = usable.filter((area) => !isAside(area));
  const aside = usable.filter(isAside);
  const wanted = wantedOf(copies, inUse.length, usable.length);
  const more = new Set(some(aside, wanted - inUse.length, random));
  const fewer = new Set(some(inUse, inUse.length - wanted, random));
  return usable.flatMap((area) => {
    const { wished: _wished, ...ref } = area;
    const ignored = isAside(area) ? !more.has(area) : fewer.has(area);
    // One that was aside and stays so is left alone.
    return ignored && area.ignored ? [] : [{ ...ref, ignored }];
  });
}

/** At least one copy is kept wherever there is an area for it. */
function wantedOf(copies: Copies, inUse: number, total: number): number {
  if (copies === 'unmanaged') return Math.max(inUse, Math.min(1, total));
  return copies === 'all' ? total : Math.min(copies, total);
}

function some<T>(of: readonly T[], count: number, random: Random): readonly T[] {
  const left = [...of];
  const taken: T[] = [];
  while (taken.length < count && left.length > 0) {
    taken.push(...left.splice(random.below(left.length), 1));
  }
  return taken;
}
