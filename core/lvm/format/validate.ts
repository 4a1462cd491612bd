/** The rules that a group must keep before it is written (reference 1.8, 2.5, 2.6, 2.8). */
import { checkVolume, type FaultCode, type Report, type VgFault } from './lv-rules.ts';
import { hasAreas, type Area, type VolumeGroup } from './model.ts';
import { checkTag, nameRefusal } from './names.ts';
import { findNesting } from './nesting.ts';
import { ownerFaults } from './owners.ts';
import { areSound } from './sound-lvs.ts';
import { MAX_EXTENTS, extentTotal, isCountable } from './totals.ts';

/** One sector; the other bound is what fits 32 bits. */
const MIN_EXTENT = 1;
/** 128 KiB: an extent that is no power of two is a multiple of this. */
const ODD_EXTENT_UNIT = 256;

/** Every fault, not only the first; empty for a group that may be written. */
export function validateVolumeGroup(vg: VolumeGroup): readonly VgFault[] {
  const faults: VgFault[] = [];
  const report: Report = (code, where, sentence) => faults.push({ code, where, sentence });
  checkGroup(vg, report);
  checkPvs(vg, report);
  checkTags(vg, report);
  if (areSound(vg)) return faults;
  checkLvTwins(vg, report);
  for (const lv of vg.lvs) checkVolume(vg, lv, report);
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
}

/** Those of the volumes alone are for `checkLvTwins`. */
function checkPvs(vg: VolumeGroup, report: Report): void {
  twins(
    'twin-name',
    vg.pvs.map((pv) => pv.section),
    'the PV section',
    report,
  );
  twins('twin-id', [vg.id, ...vg.pvs.map((pv) => pv.id)], 'the id', report);
}

function checkLvTwins(vg: VolumeGroup, report: Report): void {
  twins(
    'twin-name',
    vg.lvs.map((lv) => lv.name),
    'the volume name',
    report,
  );
  const others = new Set([vg.id, ...vg.pvs.map((pv) => pv.id)]);
  const taken = vg.lvs.filter((lv) => others.has(lv.id));
  for (const { id } of taken) report('twin-id', id, `the id ${id} occurs twice`);
  twins(
    'twin-id',
    vg.lvs.map((lv) => lv.id),
    'the id',
    report,
  );
}

function twins(code: FaultCode, keys: readonly string[], what: string, report: Report): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) report(code, key, `${what} ${key} occurs twice`);
    seen.add(key);
  }
}

function checkOwners(vg: VolumeGroup, report: Report): void {
  for (const { code, lv, sentence } of ownerFaults(vg)) report(code, lv, sentence);
  const pvIds = new Set(vg.pvs.map((pv) => pv.id));
  for (const lv of vg.lvs) {
    const lost = (area: Area): boolean => area.on === 'pv' && !pvIds.has(area.pvId);
    if (lv.segments.some((one) => hasAreas(one) && one.areas.some(lost))) {
      report('area-missing', lv.name, `${lv.name} lies on a PV that is not in the group`);
    }
  }
}
