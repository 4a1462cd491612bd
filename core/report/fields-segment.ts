import { sectors } from '../base/units.ts';
import type { Segment } from '../lvm/format/model.ts';
import { segmentTypeName } from '../lvm/format/segtypes/index.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { number, perSegment, text, type Field, type Row } from './fields.ts';
import { extentSize } from './fields-vg.ts';
import { imagesOf, intOf, textOf } from './relations.ts';
import { sizeColumn } from './size-text.ts';

type Of = (segment: Segment, vg: ScannedVg, row: Row) => string;

const of =
  (value: Of) =>
  (row: Row): string | undefined =>
    row.segment && row.vg ? value(row.segment, row.vg, row) : undefined;

/** What a segment lies on: a PV's path or a volume's name, first extent, and length if known. */
interface Place {
  readonly name: string;
  readonly start: number;
  readonly count: number;
}

function placesOf(vg: ScannedVg, segment: Segment): readonly Place[] {
  if (segment.kind === 'striped') {
    const count = segment.count / segment.areas.length;
    return segment.areas.map((area) => {
      const name = area.on === 'lv' ? area.lv : (vg.devices.get(area.pvId)?.path ?? '[unknown]');
      return { name, start: area.start, count };
    });
  }
  if (segment.kind !== 'foreign') return [];
  const images = imagesOf(segment).map((image) => {
    const pv = vg.vg.pvs.find(({ section }) => section === image.name);
    const name = pv ? (vg.devices.get(pv.id)?.path ?? '[unknown]') : image.name;
    const length = vg.vg.lvs.find((lv) => lv.name === image.name)?.segments;
    const count = length?.reduce((sum, one) => sum + one.count, 0) ?? segment.count;
    return { ...image, name, count };
  });
  if (images.length > 0) return images;
  const data = textOf(segment.entries, 'pool') ?? textOf(segment.entries, 'data');
  return data === undefined ? [] : [{ name: data, start: 0, count: segment.count }];
}

const stripesOf = (segment: Segment): string => {
  if (segment.kind === 'striped') return String(segment.areas.length);
  if (segment.kind !== 'foreign') return '0';
  const images = imagesOf(segment).length;
  return String(images > 0 ? images : textOf(segment.entries, 'pool') === undefined ? 0 : 1);
};

const stripeSize: Of = (segment, _vg, { units, suffix }) => {
  const own = segment.kind === 'striped' ? segment.stripeSize : undefined;
  const kept = segment.kind === 'foreign' ? intOf(segment.entries, 'stripe_size') : undefined;
  return sizeColumn(own ?? sectors(Number(kept ?? 0n)), units, suffix);
};

export const SEGMENT_FIELDS: readonly Field[] = [
  text(
    'segtype',
    'Type',
    of((segment) => segmentTypeName(segment)),
  ),
  number('stripes', '#Str', of(stripesOf)),
  number('stripe_size', 'Stripe', of(stripeSize)),
  number(
    'seg_start',
    'Start',
    of((segment, _vg, row) => extentSize(row, segment.start)),
  ),
  number(
    'seg_start_pe',
    'Start',
    of((segment) => String(segment.start)),
  ),
  number(
    'seg_size',
    'SSize',
    of((segment, _vg, row) => extentSize(row, segment.count)),
  ),
  number(
    'seg_size_pe',
    'SSize',
    of((segment) => String(segment.count)),
  ),
  text(
    'seg_tags',
    'Seg Tags',
    of((segment) => segment.tags.toSorted().join(',')),
  ),
  text(
    'seg_pe_ranges',
    'PE Ranges',
    of((segment, vg) =>
      placesOf(vg, segment)
        .map(({ name, start, count }) => `${name}:${start}-${start + count - 1}`)
        .join(' '),
    ),
  ),
  text(
    'devices',
    'Devices',
    of((segment, vg) =>
      placesOf(vg, segment)
        .map(({ name, start }) => `${name}(${start})`)
        .join(','),
    ),
  ),
].map(perSegment);
