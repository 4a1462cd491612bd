/** `mirror`: the same extents several times over, with or without a log (reference 2.6.2). */
import { extents, sectors } from '../../../base/units.ts';
import { U32_MAX, type Fields } from '../config/fields.ts';
import { intLine, printConfig, textLine } from '../config/print.ts';
import type { MirrorSegment } from '../model.ts';
import { parseAreas, printAreas } from './areas.ts';
import type { AreaNames, SegmentType } from './type.ts';

export const mirror: SegmentType<MirrorSegment> = {
  kind: 'mirror',
  words: ['mirror'],

  parse(head, _word, fields, names) {
    const images = fields.int('mirror_count', { min: 1, max: U32_MAX });
    const moved = fields.optionalInt('extents_moved', { max: U32_MAX });
    // Without a log LVM does without it, too.
    const region = fields.optionalInt('region_size', { max: U32_MAX }) || undefined;
    const log = parseLog(fields, region, names);
    const areas = parseAreas(fields, 'mirrors', images, 'images', names);
    return {
      kind: 'mirror',
      ...head,
      areas,
      ...(log === undefined ? {} : { log }),
      ...(region === undefined ? {} : { regionSize: sectors(region) }),
      ...(moved === undefined ? {} : { extentsMoved: extents(moved) }),
      extra: fields.rest(),
    };
  },

  word: () => 'mirror',

  print({ areas, log, regionSize, extentsMoved, extra }, section) {
    return (
      intLine('mirror_count', areas.length) +
      (extentsMoved === undefined ? '' : intLine('extents_moved', extentsMoved)) +
      (log === undefined ? '' : textLine('mirror_log', log)) +
      (regionSize === undefined ? '' : intLine('region_size', regionSize)) +
      printAreas('mirrors', areas, section) +
      printConfig(extra)
    );
  },

  reportName: () => 'mirror',

  areas: ({ areas, count }) =>
    areas.map((area) => Object.assign({ count, key: 'mirrors', exact: true }, area)),
};

function parseLog(
  fields: Fields,
  region: number | undefined,
  names: AreaNames,
): string | undefined {
  const log = fields.optionalText('mirror_log');
  if (log === undefined) return undefined;
  // As Linux: it would not know what a bit of the log stands for.
  if (region === undefined) fields.fail('region_size', 'it is missing beside mirror_log');
  if (!names.hasLv(log)) fields.fail('mirror_log', `"${log}" is not a volume of the group`);
  return log;
}
