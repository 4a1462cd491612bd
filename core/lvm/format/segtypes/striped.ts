/** `striped`, which is also what the field calls linear: one stripe (reference 2.6.1). */
import { extents, sectors } from '../../../base/units.ts';
import { U32_MAX, type Fields } from '../config/fields.ts';
import { intLine, printConfig } from '../config/print.ts';
import type { Area, ConfigScalar, StripedSegment } from '../model.ts';
import { printRows } from './rows.ts';
import type { AreaNames, SegmentType } from './type.ts';

export const striped: SegmentType<StripedSegment> = {
  kind: 'striped',
  // LVM reads the second and writes the first.
  words: ['striped', 'linear'],

  parse(head, _word, fields, names) {
    const stripes = fields.int('stripe_count', { min: 1, max: U32_MAX });
    const stripeSize = stripes > 1 ? fields.int('stripe_size', { min: 1, max: U32_MAX }) : 0;
    const areas = parseAreas(fields, stripes, names);
    if (head.count % stripes !== 0) {
      fields.fail('extent_count', `${head.count} extents do not divide into ${stripes} stripes`);
    }
    const extra = fields.rest();
    return { kind: 'striped', ...head, stripeSize: sectors(stripeSize), areas, extra };
  },

  word: () => 'striped',

  print(segment, section) {
    const { areas, stripeSize, extra } = segment;
    const items = areas.flatMap((area): ConfigScalar[] => [
      { kind: 'string', value: area.on === 'pv' ? section(area.pvId) : area.lv },
      { kind: 'int', value: BigInt(area.start) },
    ]);
    return (
      intLine('stripe_count', areas.length) +
      (areas.length > 1 ? intLine('stripe_size', stripeSize) : '') +
      printRows('stripes', items, 2) +
      printConfig(extra)
    );
  },

  reportName: ({ areas }) => (areas.length === 1 ? 'linear' : 'striped'),

  areas(segment) {
    const count = extents(Math.floor(segment.count / Math.max(1, segment.areas.length)));
    return segment.areas.map((area) => Object.assign({ count, key: 'stripes', exact: true }, area));
  },
};

function parseAreas(fields: Fields, stripes: number, names: AreaNames): readonly Area[] {
  const items = fields.array('stripes');
  if (items.length !== stripes * 2) {
    fields.fail('stripes', `it has ${items.length} members for ${stripes} stripes`);
    return [];
  }
  const areas: Area[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const [name, start] = [items[at], items[at + 1]];
    if (name?.kind !== 'string' || start?.kind !== 'int') {
      fields.fail('stripes', 'it is not pairs of a name and an extent');
      return [];
    }
    if (start.value < 0n || start.value > BigInt(U32_MAX)) {
      fields.fail('stripes', `${start.value} is not an extent`);
      return [];
    }
    const at0 = extents(Number(start.value));
    const pvId = names.pvId(name.value);
    if (pvId !== undefined) areas.push({ on: 'pv', pvId, start: at0 });
    else if (names.hasLv(name.value)) areas.push({ on: 'lv', lv: name.value, start: at0 });
    else {
      fields.fail('stripes', `"${name.value}" is neither a PV nor a volume of the group`);
      return [];
    }
  }
  return areas;
}
