/** The logical volumes of a metadata text (reference 2.2, 2.5). */
import { extents, type Sectors } from '../../base/units.ts';
import { U32_MAX, type Fields } from './config/fields.ts';
import { knownWords } from './status.ts';
import type { LogicalVolume, PhysicalVolume, Segment } from './model.ts';
import { nameRefusal } from './names.ts';
import { unlockedWords } from './write-lock.ts';
import { typeForWord } from './segtypes/index.ts';
import type { AreaNames } from './segtypes/type.ts';

/** Names come first: a segment may refer to a volume that stands further down. */
export function importLvs(
  section: Fields,
  pvs: readonly PhysicalVolume[],
  extentSize: Sectors,
): readonly LogicalVolume[] {
  const sections = section.sections();
  const pvIds = new Map(pvs.map((pv) => [pv.section, pv.id]));
  const lvNames = new Set(sections.map(([name]) => name));
  const names: AreaNames = {
    pvId: (name) => pvIds.get(name),
    hasLv: (name) => lvNames.has(name),
  };
  return sections.map(([name, fields]) => importLv(name, fields, names, extentSize));
}

function importLv(
  name: string,
  fields: Fields,
  names: AreaNames,
  extentSize: Sectors,
): LogicalVolume {
  if (nameRefusal(name)) fields.sink.add(fields.path, 'it is not a name for a logical volume');
  const creationTime = fields.optionalBig('creation_time');
  const creationHost = fields.optionalText('creation_host');
  const allocationPolicy = fields.optionalText('allocation_policy');
  const readAhead = fields.optionalBig('read_ahead', { min: -1 });
  return {
    name,
    id: fields.id('id'),
    ...unlockedWords({ status: knownWords(fields, 'lv'), flags: fields.optionalWords('flags') }),
    tags: fields.optionalWords('tags'),
    ...(creationTime === undefined ? {} : { creationTime }),
    ...(creationHost === undefined ? {} : { creationHost }),
    ...(allocationPolicy === undefined ? {} : { allocationPolicy }),
    ...(readAhead === undefined ? {} : { readAhead }),
    segments: importSegments(fields, names, extentSize),
    extra: fields.rest(),
  };
}

/** Every section inside a volume is a segment, whatever its name. */
function importSegments(fields: Fields, names: AreaNames, extentSize: Sectors): readonly Segment[] {
  const wanted = fields.int('segment_count', { max: U32_MAX });
  const sections = fields.sections();
  if (sections.length !== wanted) {
    fields.fail('segment_count', `it says ${wanted}, there are ${sections.length}`);
    return [];
  }
  const segments = sections
    .map(([, section]) => ({ section, segment: importSegment(section, names) }))
    .sort((a, b) => a.segment.start - b.segment.start);
  let end = 0;
  for (const { section, segment } of segments) {
    if (segment.start !== end) {
      section.fail('start_extent', `it is ${segment.start}, the segment before ends at ${end}`);
    }
    end = segment.start + segment.count;
  }
  if (end > U32_MAX || !Number.isSafeInteger(end * extentSize)) {
    fields.fail('segment_count', `${end} extents are more than a volume can have`);
  }
  return segments.map(({ segment }) => segment);
}

function importSegment(fields: Fields, names: AreaNames): Segment {
  const start = extents(fields.int('start_extent', { max: U32_MAX }));
  const count = extents(fields.int('extent_count', { min: 1, max: U32_MAX }));
  const word = fields.text('type');
  const head = { start, count, tags: fields.optionalWords('tags') };
  return typeForWord(word).parse(head, word, fields, names);
}
