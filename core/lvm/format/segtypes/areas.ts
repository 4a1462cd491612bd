/** Lists of areas: pairs of a name and the extent that the area begins at. */
import { extents } from '../../../base/units.ts';
import { U32_MAX, type Fields } from '../config/fields.ts';
import type { Area, ConfigScalar } from '../model.ts';
import { printRows } from './rows.ts';
import type { AreaNames, SectionName } from './type.ts';

/** Faults go to the sink of `fields`. @param what the areas are called where there are too few */
export function parseAreas(
  fields: Fields,
  key: string,
  count: number,
  what: string,
  names: AreaNames,
): readonly Area[] {
  const items = fields.array(key);
  if (items.length !== count * 2) {
    fields.fail(key, `it has ${items.length} members for ${count} ${what}`);
    return [];
  }
  const areas: Area[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const [name, start] = [items[at], items[at + 1]];
    if (name?.kind !== 'string' || start?.kind !== 'int') {
      fields.fail(key, 'it is not pairs of a name and an extent');
      return [];
    }
    if (start.value < 0n || start.value > BigInt(U32_MAX)) {
      fields.fail(key, `${start.value} is not an extent`);
      return [];
    }
    const at0 = extents(Number(start.value));
    const pvId = names.pvId(name.value);
    if (pvId !== undefined) areas.push({ on: 'pv', pvId, start: at0 });
    else if (names.hasLv(name.value)) areas.push({ on: 'lv', lv: name.value, start: at0 });
    else {
      fields.fail(key, `"${name.value}" is neither a PV nor a volume of the group`);
      return [];
    }
  }
  return areas;
}

export function printAreas(key: string, areas: readonly Area[], section: SectionName): string {
  const items = areas.flatMap((area): ConfigScalar[] => [
    { kind: 'string', value: area.on === 'pv' ? section(area.pvId) : area.lv },
    { kind: 'int', value: BigInt(area.start) },
  ]);
  return printRows(key, items, 2);
}
