/** vgdisplay: the long form, the short one and the one with colons. */
import { formatLvmId } from '../base/ids.ts';
import { freeCountOf } from '../lvm/format/free-areas.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { lvDevice } from './active.ts';
import { entry, type Sizes } from './display.ts';
import { extentTotal } from './fields-vg.ts';
import { missingPvCount } from './health.ts';
import { countLvs, isShown, reportedLvs } from './rows.ts';
import type { ReportSource } from './source.ts';

const has = ({ vg }: ScannedVg, word: string): boolean => vg.status.includes(word);
const access = (vg: ScannedVg): readonly string[] =>
  has(vg, 'WRITE') ? ['read', 'write'] : ['read'];

const openCount = (source: ReportSource, vg: ScannedVg): number =>
  reportedLvs(vg).filter((lv) => isShown(vg, lv) && (lvDevice(source, vg, lv)?.openCount ?? 0) > 0)
    .length;

const areaCount = ({ devices }: ScannedVg): number =>
  [...devices.values()].reduce((sum, { areas }) => sum + areas.length, 0);

/** True where a volume of the group has a device. */
export const hasActive = (source: ReportSource, vg: ScannedVg): boolean =>
  reportedLvs(vg).some((lv) => lvDevice(source, vg, lv) !== undefined);

export function vgLong(source: ReportSource, vg: ScannedVg, sizes: Sizes): readonly string[] {
  const total = extentTotal(vg);
  const free = freeCountOf(vg.vg);
  const used = total - free;
  const count = (extents: number): string => `${extents} / ${sizes.ofExtents(vg, extents)}`;
  const status = [has(vg, 'EXPORTED') ? 'exported' : '', has(vg, 'RESIZEABLE') ? 'resizable' : ''];
  return [
    '--- Volume group ---',
    entry('VG Name', vg.vg.name),
    entry('System ID', vg.vg.systemId ?? ''),
    entry('Format', 'lvm2'),
    entry('Metadata Areas', areaCount(vg)),
    entry('Metadata Sequence No', vg.vg.seqno),
    entry('VG Access', access(vg).join('/')),
    entry('VG Status', status.filter((word) => word !== '').join('/')),
    entry('MAX LV', vg.vg.maxLv),
    entry('Cur LV', countLvs(vg).visible),
    entry('Open LV', openCount(source, vg)),
    entry('Max PV', vg.vg.maxPv),
    entry('Cur PV', vg.vg.pvs.length),
    entry('Act PV', vg.vg.pvs.length - missingPvCount(vg)),
    entry('VG Size', sizes.ofExtents(vg, total)),
    entry('PE Size', sizes.ofExtents(vg, 1)),
    entry('Total PE', total),
    entry('Alloc PE / Size', count(used)),
    entry('Free  PE / Size', count(free)),
    entry('VG UUID', formatLvmId(vg.vg.id)),
    ' ',
  ];
}

export function vgShort(vg: ScannedVg, sizes: Sizes): string {
  const total = extentTotal(vg);
  const free = freeCountOf(vg.vg);
  const size = (count: number): string => sizes.ofExtents(vg, count);
  const used = size(total - free).padEnd(9);
  return `"${vg.vg.name}" ${size(total).padEnd(9)} [${used} used / ${size(free)} free]`;
}

/** Bits of the status as LVM keeps it. */
const EXPORTED = 0x2;
const RESIZEABLE = 0x4;
const READ = 0x100;
const WRITE = 0x200;

export function vgColons(source: ReportSource, vg: ScannedVg): string {
  const bits =
    READ +
    (has(vg, 'WRITE') ? WRITE : 0) +
    (has(vg, 'RESIZEABLE') ? RESIZEABLE : 0) +
    (has(vg, 'EXPORTED') ? EXPORTED : 0);
  const total = extentTotal(vg);
  const free = freeCountOf(vg.vg);
  const kib = vg.vg.extentSize / 2;
  return [
    vg.vg.name,
    has(vg, 'WRITE') ? 'r/w' : 'r',
    bits,
    -1,
    vg.vg.maxLv,
    countLvs(vg).visible,
    openCount(source, vg),
    -1,
    vg.vg.maxPv,
    vg.vg.pvs.length,
    vg.vg.pvs.length - missingPvCount(vg),
    total * kib,
    kib,
    total,
    total - free,
    free,
    formatLvmId(vg.vg.id),
  ].join(':');
}
