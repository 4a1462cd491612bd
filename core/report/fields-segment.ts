/** What fills the columns of a segment of a volume, and of a piece of a PV. */
import { hasAreas, lvExtentCount, type Segment } from '../lvm/format/model.ts';
import { segmentTypeName } from '../lvm/format/segtypes/index.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { extentSize } from './fields-vg.ts';
import type { Getter, Getters, Row } from './fields.ts';
import { dataPlaces, metadataPlaces, type Place } from './places.ts';
import { imagesOf, intOf, plainType, relationsOf, textOf } from './relations.ts';
import { monitorWord } from './monitor-word.ts';
import { shownName } from './rows.ts';
import { amount, EMPTY, list, none, sequence, size, text, type Value } from './value.ts';

type Of = (segment: Segment, vg: ScannedVg, row: Row) => Value;

/** Of a segment; `otherwise` in a row of free extents. */
export const ofSegment =
  (value: Of, otherwise: Value = EMPTY): Getter =>
  (row) =>
    row.segment && row.vg ? value(row.segment, row.vg, row) : otherwise;

const NOTHING = size(0);
const ZERO = amount(0);
const NO_LIST = list([]);

const stripesOf = (segment: Segment): number => {
  if (hasAreas(segment)) return segment.areas.length;
  if (segment.kind !== 'foreign') return 0;
  const images = imagesOf(segment).length;
  return images > 0 ? images : textOf(segment.entries, 'pool') === undefined ? 0 : 1;
};

/** Devices of a raid level that hold no data of their own. */
function parityOf(type: string): number {
  if (/^raid[45]/.test(type)) return 1;
  return type.startsWith('raid6') ? 2 : 0;
}

const parity: Of = (segment) => {
  const count = parityOf(plainType(segment));
  return count === 0 ? none() : amount(count);
};

const copies: Of = (segment) => {
  const type = plainType(segment);
  if (type === 'mirror') return amount(1);
  if (type === 'raid1') return amount(stripesOf(segment));
  if (type.startsWith('raid10')) return amount(2);
  return amount(parityOf(type) + 1);
};

/** A key of the segment in sectors; none: 0. */
const sectorsIn = (segment: Segment, key: string): Value =>
  size(segment.kind === 'foreign' ? Number(intOf(segment.entries, key) ?? 0n) : 0);

const regionSize: Of = (segment) =>
  segment.kind === 'mirror' ? size(segment.regionSize ?? 0) : sectorsIn(segment, 'region_size');

const stripeSize: Of = (segment) =>
  segment.kind === 'striped' ? size(segment.stripeSize) : sectorsIn(segment, 'stripe_size');

const range = ({ name, start, count }: Place): string => `${name}:${start}-${start + count - 1}`;
/** Volumes that are hidden stand in brackets. */
const markedRange =
  (vg: ScannedVg) =>
  (one: Place): string => {
    const lv = one.on === 'lv' ? relationsOf(vg.vg).byName.get(one.name) : undefined;
    return range(lv ? { ...one, name: shownName(vg, lv) } : one);
  };
const place = ({ name, start }: Place): string => `${name}(${start})`;
/** Of a volume LVM names all of it, whatever part of it a segment lies on. */
const wholly =
  (vg: ScannedVg) =>
  (one: Place): Place => {
    const lv = one.on === 'lv' ? relationsOf(vg.vg).byName.get(one.name) : undefined;
    return lv ? { ...one, start: 0, count: lvExtentCount(lv) } : one;
  };

/** A snapshot's is that of its link to the origin. */
const chunk: Of = (segment, vg, { lv }) => {
  const link = lv && relationsOf(vg.vg).stores.get(lv.name);
  return link ? size(link.chunkSize) : sectorsIn(segment, 'chunk_size');
};

export const SEGMENT_VALUES: Getters = {
  segtype: ofSegment((segment) => text(segmentTypeName(segment)), text('free')),
  stripes: ofSegment((segment) => amount(stripesOf(segment)), ZERO),
  data_stripes: ofSegment(
    (segment) => amount(stripesOf(segment) - parityOf(plainType(segment))),
    ZERO,
  ),
  reshape_len: () => none(),
  reshape_len_le: () => none(),
  data_copies: ofSegment(copies, none()),
  data_offset: () => none(),
  new_data_offset: () => none(),
  // LVM counts the parity of free extents as minus one, in 32 bits.
  parity_chunks: ofSegment(parity, amount(0xffff_ffff)),
  stripe_size: ofSegment(stripeSize, NOTHING),
  region_size: ofSegment(regionSize, NOTHING),
  chunk_size: ofSegment(chunk, NOTHING),
  seg_start: ofSegment((segment, vg) => extentSize(vg, segment.start), NOTHING),
  seg_start_pe: ofSegment((segment) => amount(segment.start), ZERO),
  seg_size: (row) => {
    if (row.segment) return ofSegment((segment, vg) => extentSize(vg, segment.count))(row);
    return row.vg && row.piece ? extentSize(row.vg, row.piece.count) : NOTHING;
  },
  seg_size_pe: ({ segment, piece }) => amount(segment?.count ?? piece?.count ?? 0),
  seg_tags: ofSegment((segment) => list(segment.tags), NO_LIST),
  seg_pe_ranges: ofSegment(
    (segment, vg) => sequence(dataPlaces(vg, segment).map(wholly(vg)).map(range), ' '),
    NO_LIST,
  ),
  seg_le_ranges: ofSegment(
    (segment, vg) => sequence(dataPlaces(vg, segment).map(markedRange(vg))),
    NO_LIST,
  ),
  seg_metadata_le_ranges: ofSegment(
    (segment, vg) => sequence(metadataPlaces(vg, segment).map(range)),
    NO_LIST,
  ),
  devices: ofSegment(
    (segment, vg) => sequence(dataPlaces(vg, segment).map(wholly(vg)).map(place)),
    NO_LIST,
  ),
  metadata_devices: ofSegment(
    (segment, vg) => sequence(metadataPlaces(vg, segment).map(place)),
    NO_LIST,
  ),
  pvseg_start: ({ piece }) => amount(piece?.start ?? 0),
  pvseg_size: ({ piece }) => amount(piece?.count ?? 0),
  seg_monitor: ofSegment((segment, vg, { source, lv }) =>
    text(lv ? monitorWord(source, vg, lv, segment) : ''),
  ),
};
