/** The rules that a group must keep before it is written (reference 1.8, 2.5, 2.6, 2.8). */
import { SECTOR, type Extents } from '../../base/units.ts';
import type { Area, LogicalVolume, Segment, VolumeGroup } from './model.ts';
import { isPlain, lvExtentCount } from './model.ts';
import { checkTag, nameRefusal } from './names.ts';
import { findNesting } from './nesting.ts';
import { ownerFaults } from './owners.ts';
import { danglingReferences } from './references.ts';
import { areasOf } from './segtypes/index.ts';
import { areaNamesOf } from './segtypes/type.ts';
import { MAX_EXTENTS, extentTotal, isCountable } from './totals.ts';

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

type Report = (code: FaultCode, where: string, sentence: string) => void;

/** One sector; the other bound is what fits 32 bits. */
const MIN_EXTENT = 1;
/** 128 KiB: an extent that is no power of two is a multiple of this. */
const ODD_EXTENT_UNIT = 256;
/** One page: the smallest stripe. */
const MIN_STRIPE = 8;

/** Every fault, not only the first; empty for a group that may be written. */
export function validateVolumeGroup(vg: VolumeGroup): readonly VgFault[] {
  const faults: VgFault[] = [];
  const report: Report = (code, where, sentence) => faults.push({ code, where, sentence });
  checkGroup(vg, report);
  checkTwins(vg, report);
  checkTags(vg, report);
  for (const lv of vg.lvs) checkLv(vg, lv, report);
  checkOwners(vg, report);
  const nested = findNesting(vg);
  if (nested) report('nesting', nested.lv, `volume ${nested.lv}: ${nested.why}`);
  return faults;
}

function checkGroup(vg: VolumeGroup, report: Report): void {
  if (nameRefusal(vg.name)) report('name', '', `"${vg.name}" is not a name for a volume group`);
  if (!Number.isInteger(vg.seqno) || vg.seqno < 1 || vg.seqno >= 2 ** 32) {
    report('seqno', '', `${vg.seqno} is not a sequence number`);
  }
  const size = vg.extentSize;
  const powerOfTwo = Number.isInteger(Math.log2(size));
  if (size < MIN_EXTENT || size >= 2 ** 32 || !(powerOfTwo || size % ODD_EXTENT_UNIT === 0)) {
    report('extent-size', '', `${size} sectors are not a legal extent size`);
  }
  // max_pv and max_lv are limits for what is added: LVM writes a group that is beyond them.
  const total = extentTotal(vg);
  if (total > MAX_EXTENTS)
    report('extent-count', '', `${total} extents are more than 32 bits count`);
  if (!isCountable(vg)) report('extent-count', '', 'it is larger than can be counted');
  for (const pv of vg.pvs) {
    if (pv.deviceHint.includes('\0')) report('text', pv.section, 'the device hint has a NUL');
  }
}

/** In LVM's words. */
function checkTags(vg: VolumeGroup, report: Report): void {
  const check = (object: string, where: string, tags: readonly string[]): void => {
    for (const tag of tags) {
      if (checkTag(tag)) report('tag', where, `${object} tag ${tag} has invalid form.`);
    }
  };
  check(`VG ${vg.name}`, '', vg.tags);
  for (const pv of vg.pvs) check(`PV ${pv.deviceHint}`, pv.section, pv.tags);
  for (const lv of vg.lvs) check(`LV ${lv.name}`, lv.name, lv.tags);
}

function checkTwins(vg: VolumeGroup, report: Report): void {
  const twins = (code: FaultCode, keys: readonly string[], what: string): void => {
    const seen = new Set<string>();
    for (const key of keys) {
      if (seen.has(key)) report(code, key, `${what} ${key} occurs twice`);
      seen.add(key);
    }
  };
  twins(
    'twin-name',
    vg.lvs.map((lv) => lv.name),
    'the volume name',
  );
  twins(
    'twin-name',
    vg.pvs.map((pv) => pv.section),
    'the PV section',
  );
  twins('twin-id', [vg.id, ...vg.pvs.map((pv) => pv.id), ...vg.lvs.map((lv) => lv.id)], 'the id');
}

/** Plain volumes that were found sound: they stay so, whatever happens to the rest of the group. */
const sound = new WeakSet<LogicalVolume>();

function checkLv(vg: VolumeGroup, lv: LogicalVolume, report: Report): void {
  if (sound.has(lv)) return;
  let faults = 0;
  checkBody(vg, lv, (code, where, sentence) => {
    faults++;
    report(code, where, sentence);
  });
  if (faults === 0 && isPlain(lv)) sound.add(lv);
}

function checkBody(vg: VolumeGroup, lv: LogicalVolume, report: Report): void {
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
    if (stripes > 1 && (size < MIN_STRIPE || !Number.isInteger(Math.log2(size)))) {
      report('stripe-size', where, `${where}: ${size * SECTOR} bytes are no legal stripe size`);
    }
  }
  const names = areaNamesOf(vg);
  const lengths = lengthsOf(vg);
  for (const area of areasOf(vg, segment)) {
    if (area.on === 'pv') continue;
    const length = lengths.get(area.lv);
    if (names.pvId(area.lv) !== undefined) {
      report('area-ambiguous', where, `${where} lies on volume ${area.lv}, a name that a PV has`);
    } else if (length !== undefined && area.start + area.count > length) {
      report('area-outside', where, `${where} ends beyond volume ${area.lv}`);
    }
  }
  for (const { key, lv } of danglingReferences(vg, segment)) {
    report('reference', where, `${where}: ${key} names ${lv}, no such volume`);
  }
}

function checkOwners(vg: VolumeGroup, report: Report): void {
  for (const { code, lv, sentence } of ownerFaults(vg)) report(code, lv, sentence);
  const pvIds = new Set(vg.pvs.map((pv) => pv.id));
  for (const lv of vg.lvs) {
    const lost = (area: Area): boolean => area.on === 'pv' && !pvIds.has(area.pvId);
    if (lv.segments.some((one) => one.kind === 'striped' && one.areas.some(lost))) {
      report('area-missing', lv.name, `${lv.name} lies on a PV that is not in the group`);
    }
  }
}

const known = new WeakMap<VolumeGroup, ReadonlyMap<string, Extents>>();

function lengthsOf(vg: VolumeGroup): ReadonlyMap<string, Extents> {
  const lengths = known.get(vg) ?? new Map(vg.lvs.map((lv) => [lv.name, lvExtentCount(lv)]));
  known.set(vg, lengths);
  return lengths;
}
