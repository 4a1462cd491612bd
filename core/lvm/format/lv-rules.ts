/** What a volume must be for its group to be written (reference 2.5, 2.6, 2.8). */
import { SECTOR, type Extents } from '../../base/units.ts';
import {
  hasAreas,
  lvExtentCount,
  type LogicalVolume,
  type MirrorSegment,
  type Segment,
  type VolumeGroup,
} from './model.ts';
import { checkTag, nameRefusal } from './names.ts';
import { danglingReferences, references } from './references.ts';
import { areasOf } from './segtypes/index.ts';
import { isSnapshot, linkFault } from './snapshots.ts';
import { areaNamesOf } from './segtypes/type.ts';

export type FaultCode =
  | 'name'
  | 'twin-name'
  | 'twin-id'
  | 'seqno'
  | 'extent-size'
  | 'extent-count'
  | 'gap'
  | 'empty-segment'
  | 'stripes'
  | 'stripe-size'
  | 'region-size'
  | 'image-size'
  | 'image-shared'
  | 'snapshot'
  | 'area-missing'
  | 'area-outside'
  | 'area-ambiguous'
  | 'reference'
  | 'pe-outside'
  | 'pe-shared'
  | 'nesting'
  | 'tag'
  | 'text';

export interface VgFault {
  readonly code: FaultCode;
  /** Names down to the place: `home/segment1`, `pv0`. Empty: the group itself. */
  readonly where: string;
  /** For logs and errors, without a full stop. */
  readonly sentence: string;
}

export type Report = (code: FaultCode, where: string, sentence: string) => void;

/** One page: the smallest stripe. */
const MIN_STRIPE = 8;

/** Sectors: a power of two, fewer than fit 32 bits. */
export const isStripeSize = (size: number): boolean =>
  size >= MIN_STRIPE && size < 2 ** 32 && Number.isInteger(Math.log2(size));

/** The rules that one volume keeps or breaks by itself, its tags in LVM's words. */
export function checkVolume(vg: VolumeGroup, lv: LogicalVolume, report: Report): void {
  for (const tag of lv.tags) {
    if (checkTag(tag)) report('tag', lv.name, `LV ${lv.name} tag ${tag} has invalid form.`);
  }
  if (nameRefusal(lv.name)) report('name', lv.name, `"${lv.name}" is not a name for a volume`);
  if (lv.creationHost?.includes('\0') === true) report('text', lv.name, 'creation_host has a NUL');
  let end = 0;
  for (const [index, segment] of lv.segments.entries()) {
    const where = `${lv.name}/segment${index + 1}`;
    if (segment.count < 1) report('empty-segment', where, `${where} has no extents`);
    if (segment.start !== end) {
      report('gap', where, `${where} starts at ${segment.start}, the one before ends at ${end}`);
    }
    end = segment.start + segment.count;
    checkSegment(vg, segment, where, report);
    if (isSnapshot(segment)) {
      const fault = linkFault(vg, segment);
      if (fault !== undefined) report('snapshot', where, `${where}: ${fault}`);
    }
    if (segment.kind === 'mirror') checkMirror(vg, lv, segment, where, report);
  }
}

function checkSegment(vg: VolumeGroup, segment: Segment, where: string, report: Report): void {
  if (segment.kind === 'striped') {
    const stripes = segment.areas.length;
    if (stripes === 0 || segment.count % stripes !== 0) {
      report('stripes', where, `${where}: ${segment.count} extents in ${stripes} stripes`);
      return;
    }
    const size = segment.stripeSize;
    if (stripes > 1 && !isStripeSize(size)) {
      report('stripe-size', where, `${where}: ${size * SECTOR} bytes are no legal stripe size`);
    }
  }
  for (const area of areasOf(vg, segment)) {
    if (area.on === 'pv') continue;
    const length = lengthsOf(vg).get(area.lv);
    if (areaNamesOf(vg).pvId(area.lv) !== undefined) {
      report('area-ambiguous', where, `${where} lies on volume ${area.lv}, a name that a PV has`);
    } else if (length !== undefined && area.start + area.count > length) {
      report('area-outside', where, `${where} ends beyond volume ${area.lv}`);
    }
  }
  for (const { key, lv } of danglingReferences(vg, segment)) {
    report('reference', where, `${where}: ${key} names ${lv}, no such volume`);
  }
}

/** In LVM's words. What the kernel would refuse besides, LVM writes. */
function checkMirror(
  vg: VolumeGroup,
  lv: LogicalVolume,
  { areas, count, log, regionSize }: MirrorSegment,
  where: string,
  report: Report,
): void {
  const region = (what: string): void => {
    report('region-size', where, `${where}: region size is ${what}`);
  };
  if (regionSize !== undefined && !Number.isInteger(Math.log2(regionSize))) {
    region('non power of 2');
  } else if (regionSize !== undefined && regionSize > lvExtentCount(lv) * vg.extentSize) {
    region('bigger then LV itself');
  }
  const parts = areas.flatMap((area) => (area.on === 'lv' ? [area.lv] : []));
  for (const [image, name] of parts.entries()) {
    const size = lengthsOf(vg).get(name);
    if (size === undefined || size === count) continue;
    const sizes = `has wrong size ${size} (should be ${count})`;
    report('image-size', where, `${where}: mirrored LV segment ${image} ${sizes}`);
  }
  for (const name of [...parts, ...(log === undefined ? [] : [log])]) {
    const users = (usesOf(vg).get(name) ?? []).length;
    if (users < 2) continue;
    const sentence = `${name} is expected to have only one segment using it, while it has ${users}`;
    report('image-shared', where, sentence);
  }
}

const uses = new WeakMap<VolumeGroup, ReadonlyMap<string, readonly string[]>>();

/** By name of a volume those with segments that lie on it or keep their log on it. */
function usesOf(vg: VolumeGroup): ReadonlyMap<string, readonly string[]> {
  const cached = uses.get(vg);
  if (cached) return cached;
  const found = new Map<string, string[]>();
  for (const { name: user, segments } of vg.lvs) {
    for (const segment of segments.filter(hasAreas)) {
      for (const { lv } of references(vg, segment)) {
        found.set(lv, [...(found.get(lv) ?? []), user]);
      }
    }
  }
  uses.set(vg, found);
  return found;
}

const known = new WeakMap<VolumeGroup, ReadonlyMap<string, Extents>>();

function lengthsOf(vg: VolumeGroup): ReadonlyMap<string, Extents> {
  const lengths = known.get(vg) ?? new Map(vg.lvs.map((lv) => [lv.name, lvExtentCount(lv)]));
  known.set(vg, lengths);
  return lengths;
}
