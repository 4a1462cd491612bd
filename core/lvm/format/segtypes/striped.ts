/** `striped`, which is also what the field calls linear: one stripe (reference 2.6.1). */
import { extents, sectors } from '../../../base/units.ts';
import { U32_MAX } from '../config/fields.ts';
import { intLine, printConfig } from '../config/print.ts';
import type { StripedSegment } from '../model.ts';
import { parseAreas, printAreas } from './areas.ts';
import type { SegmentType } from './type.ts';

export const striped: SegmentType<StripedSegment> = {
  kind: 'striped',
  // LVM reads the second and writes the first.
  words: ['striped', 'linear'],

  parse(head, _word, fields, names) {
    const stripes = fields.int('stripe_count', { min: 1, max: U32_MAX });
    const stripeSize = stripes > 1 ? fields.int('stripe_size', { min: 1, max: U32_MAX }) : 0;
    const areas = parseAreas(fields, 'stripes', stripes, 'stripes', names);
    if (head.count % stripes !== 0) {
      fields.fail('extent_count', `${head.count} extents do not divide into ${stripes} stripes`);
    }
    const extra = fields.rest();
    return { kind: 'striped', ...head, stripeSize: sectors(stripeSize), areas, extra };
  },

  word: () => 'striped',

  print(segment, section) {
    const { areas, stripeSize, extra } = segment;
    return (
      intLine('stripe_count', areas.length) +
      (areas.length > 1 ? intLine('stripe_size', stripeSize) : '') +
      printAreas('stripes', areas, section) +
      printConfig(extra)
    );
  },

  reportName: ({ areas }) => (areas.length === 1 ? 'linear' : 'striped'),

  areas(segment) {
    const count = extents(Math.floor(segment.count / Math.max(1, segment.areas.length)));
    return segment.areas.map((area) => Object.assign({ count, key: 'stripes', exact: true }, area));
  },
};
