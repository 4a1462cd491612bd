/** What a segment lies on (reference 14.3). */
import { hasAreas, lvExtentCount, type Segment } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { areaNamesOf } from '../lvm/format/segtypes/type.ts';
import { imagesOf, raidMetadataOf, relationsOf, textOf } from './relations.ts';

/** A PV's path or a volume's name, first extent, and length. */
export interface Place {
  readonly name: string;
  readonly on: 'pv' | 'lv';
  readonly start: number;
  readonly count: number;
}

export const UNKNOWN_DEVICE = '[unknown]';

export function dataPlaces(vg: ScannedVg, segment: Segment): readonly Place[] {
  if (hasAreas(segment)) {
    const count = segment.count / (segment.kind === 'striped' ? segment.areas.length : 1);
    return segment.areas.map((area) =>
      area.on === 'lv'
        ? { name: area.lv, on: 'lv', start: area.start, count }
        : { name: pathOf(vg, area.pvId), on: 'pv', start: area.start, count },
    );
  }
  if (segment.kind !== 'foreign') return [];
  const images = imagesOf(segment).map(({ name, start }) =>
    placeOf(vg, name, start, segment.count),
  );
  if (images.length > 0) return images;
  const data = textOf(segment.entries, 'pool') ?? textOf(segment.entries, 'data');
  return data === undefined ? [] : [{ name: data, on: 'lv', start: 0, count: segment.count }];
}

export function metadataPlaces(vg: ScannedVg, segment: Segment): readonly Place[] {
  if (segment.kind !== 'foreign') return [];
  const metadata = textOf(segment.entries, 'metadata');
  const names = metadata === undefined ? raidMetadataOf(segment) : [metadata];
  return names.map((name) => placeOf(vg, name, 0, 1));
}

const pathOf = (vg: ScannedVg, id: Parameters<typeof vg.devices.get>[0]): string =>
  vg.devices.get(id)?.path ?? UNKNOWN_DEVICE;

/** A name in a list of areas: a PV's section, or else a volume with all of its extents. */
function placeOf(vg: ScannedVg, name: string, start: number, count: number): Place {
  const pv = areaNamesOf(vg.vg).pvId(name);
  if (pv !== undefined) return { name: pathOf(vg, pv), on: 'pv', start, count };
  const lv = relationsOf(vg.vg).byName.get(name);
  return { name, on: 'lv', start, count: lv ? lvExtentCount(lv) : count };
}
