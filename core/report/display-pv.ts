/** pvdisplay: the long form, the short one, the one with colons, and the map (reference 14.3). */
import { formatLvmId } from '../base/ids.ts';
import { isAllocatable } from '../lvm/format/model.ts';
import { entry, type Sizes } from './display.ts';
import { freeCount, isExportedPv } from './fields-pv.ts';
import { piecesOfPv } from './report-rows.ts';
import { isGone, type PvRow } from './rows.ts';

const sizeOf = ({ entry: own, scanned }: PvRow): number =>
  own?.deviceSize ?? scanned?.label.deviceSize ?? 0;
const uuidOf = ({ id }: PvRow): string => (id === undefined ? '' : formatLvmId(id));

/** Said in front of a PV whose group, or lack of one, is remarkable. */
export function pvRemarks(pv: PvRow, sizes: Sizes): readonly string[] {
  const { group, name } = pv;
  if (!group) return [`"${name}" is a new physical volume of "${sizes.of(sizeOf(pv))}"`];
  if (!isExportedPv(pv)) return [];
  return [`Physical volume "${name}" of volume group "${group.vg.name}" is exported`];
}

export function pvLong(pv: PvRow, sizes: Sizes): readonly string[] {
  const { entry: own, group, name } = pv;
  const total = own?.peCount ?? 0;
  const free = freeCount(pv);
  return [
    `--- ${group ? '' : 'NEW '}Physical volume ---`,
    entry('PV Name', name),
    entry('VG Name', group ? `${group.vg.name}${isExportedPv(pv) ? ' (exported)' : ''}` : ''),
    entry('PV Size', sizes.of(sizeOf(pv)) + unusable(pv, sizes)),
    entry('Allocatable', own && isAllocatable(own) ? (free > 0 ? 'yes ' : 'yes (but full)') : 'NO'),
    entry('PE Size', group ? sizes.ofExtents(group, 1) : sizes.of(0)),
    entry('Total PE', total),
    entry('Free PE', free),
    entry('Allocated PE', total - free),
    entry('PV UUID', uuidOf(pv)),
    ' ',
  ];
}

/** What is neither extents nor in front of them. */
function unusable(pv: PvRow, sizes: Sizes): string {
  const { entry: own, group } = pv;
  if (!own || !group || own.peCount === 0) return '';
  const rest = sizeOf(pv) - own.peCount * group.vg.extentSize;
  return ` / not usable ${sizes.of(rest > own.peStart ? rest : 0)}`;
}

export function pvShort(pv: PvRow, sizes: Sizes): string {
  const { entry: own, group, name } = pv;
  const free = own && group ? sizes.ofExtents(group, freeCount(pv)) : sizes.of(sizeOf(pv));
  return `Device "${name}" has a capacity of ${free}`;
}

/** LVM1's columns, which have no meaning for some: -1. */
const ALLOCATABLE = 8;
const EXPORTED = 2;
const MISSING = 0x800000;

export function pvColons(pv: PvRow): string {
  const { entry: own, group, name } = pv;
  const allocatable = own && isAllocatable(own) ? ALLOCATABLE : 0;
  const total = own?.peCount ?? 0;
  const free = freeCount(pv);
  return [
    name,
    group?.vg.name ?? '',
    sizeOf(pv),
    -1,
    allocatable + (isExportedPv(pv) ? EXPORTED : 0) + (isGone(pv) ? MISSING : 0),
    allocatable,
    -1,
    group ? group.vg.extentSize / 2 : 0,
    total,
    free,
    total - free,
    uuidOf(pv),
  ].join(':');
}

export function pvMap(pv: PvRow): readonly string[] {
  const { group, entry: own } = pv;
  if (!group || !own) return [' '];
  const pieces = piecesOfPv(group.vg, own.id).flatMap(({ piece, lv, segment }): string[] => {
    const head = `Physical extent ${piece.start} to ${piece.start + piece.count - 1}:`;
    if (!lv || !segment) return [head, '  FREE'];
    const last = segment.start + segment.count - 1;
    return [
      head,
      `  Logical volume\t/dev/${group.vg.name}/${lv.name}`,
      `  Logical extents\t${segment.start} to ${last}`,
    ];
  });
  return ['--- Physical Segments ---', ...pieces, ' '];
}

/** In the list that vgdisplay -v ends with. */
export function pvInGroup(pv: PvRow): readonly string[] {
  const { entry: own, name } = pv;
  return [
    entry('PV Name', `${name}     `),
    entry('PV UUID', uuidOf(pv)),
    entry('PV Status', own && isAllocatable(own) ? 'allocatable' : 'NOT allocatable'),
    entry('Total PE / Free PE', `${own?.peCount ?? 0} / ${freeCount(pv)}`),
    ' ',
  ];
}
