/** What fills the columns of a PV. */
import { formatLvmId } from '../base/ids.ts';
import { oncePer } from '../base/once.ts';
import { extents, extentsToSectors } from '../base/units.ts';
import { freeAreasOf } from '../lvm/format/free-areas.ts';
import { PV_USED } from '../lvm/format/label.ts';
import { isAllocatable, isMissing, type VolumeGroup } from '../lvm/format/model.ts';
import type { ScannedArea } from '../lvm/scan-types.ts';
import { pvAttr } from './attr.ts';
import { isExported } from './fields-vg.ts';
import type { Getter, Getters } from './fields.ts';
import { countUsed, leastFree, leastSize } from './metadata-areas.ts';
import { isStray, type PvRow } from './rows.ts';
import { amount, EMPTY, flag, list, none, size, text, type Value } from './value.ts';

const ofPv =
  (value: (pv: PvRow) => Value, otherwise: Value = EMPTY): Getter =>
  ({ pv }) =>
    pv ? value(pv) : otherwise;

const freeCounts = oncePer(
  (vg: VolumeGroup) =>
    new Map(
      [...freeAreasOf(vg)].map(([id, areas]) => [
        id,
        areas.reduce((sum, area) => sum + area.count, 0),
      ]),
    ),
);

export function freeCount({ entry, group }: PvRow): number {
  return (entry && group && freeCounts(group.vg).get(entry.id)) ?? 0;
}

/** Size in extents for a member of a group; the whole device for an orphan. */
const pvSize = (count: (pv: PvRow, total: number) => number, ofOrphan: boolean): Getter =>
  ofPv((pv) => {
    const { entry, group, scanned } = pv;
    if (!entry || !group) {
      const free = count === freeCount && isStray(pv) ? 0 : scanned?.label.deviceSize;
      return size(ofOrphan ? (free ?? 0) : 0);
    }
    return size(extentsToSectors(extents(count(pv, entry.peCount)), group.vg.extentSize));
  }, size(0));

const isPvMissing = (pv: PvRow): boolean =>
  pv.entry !== undefined && (pv.scanned === undefined || isMissing(pv.entry));

/** Those that can be used: LVM does not count a damaged one. */
const areasOf = (pv: PvRow): readonly ScannedArea[] =>
  (pv.scanned?.areas ?? []).filter(({ damage }) => !damage);

/** `8` and `16` of 8:16; LVM shows 0 for a PV that no disk carries. */
const devno = (part: 0 | 1): Getter => ofPv((pv) => text(pv.devno?.split(':')[part] ?? '0'));

export const isExportedPv = ({ group }: PvRow): boolean => isExported(group);

/** A member of a group is in use whatever its label says: its label may be gone. */
const isInUse = ({ group, scanned }: PvRow): boolean =>
  group !== undefined || ((scanned?.label.extensionFlags ?? 0) & PV_USED) !== 0;

export const PV_VALUES: Getters = {
  pv_fmt: ofPv(({ id }) => text(id === undefined ? '' : 'lvm2')),
  pv_uuid: ofPv(({ id }) => text(id === undefined ? '' : formatLvmId(id))),
  dev_size: ofPv(({ deviceSize }) => size(deviceSize), size(0)),
  pv_name: ofPv(({ name }) => text(name)),
  pv_major: devno(0),
  pv_minor: devno(1),
  pv_mda_free: ofPv((pv) => size(leastFree(areasOf(pv))), size(0)),
  pv_mda_size: ofPv((pv) => size(leastSize(areasOf(pv))), size(0)),
  pv_ext_vsn: ofPv(
    ({ scanned }) => (scanned ? amount(scanned.label.extensionVersion) : none()),
    none(),
  ),
  pe_start: ofPv(
    ({ entry, scanned }) => size(entry?.peStart ?? scanned?.label.dataAreas[0]?.start ?? 0),
    size(0),
  ),
  pv_size: pvSize((_pv, total) => total, true),
  pv_free: pvSize(freeCount, true),
  pv_used: pvSize((pv, total) => total - freeCount(pv), false),
  pv_attr: ofPv((pv) => text(pvAttr(pv))),
  pv_allocatable: ofPv(({ entry }) =>
    flag(entry !== undefined && isAllocatable(entry), 'allocatable'),
  ),
  pv_exported: ofPv(({ group }) => flag(isExported(group), 'exported')),
  pv_missing: ofPv((pv) => flag(isPvMissing(pv), 'missing')),
  pv_pe_count: ofPv(({ entry }) => amount(entry?.peCount ?? 0)),
  pv_pe_alloc_count: ofPv((pv) => amount((pv.entry?.peCount ?? 0) - freeCount(pv))),
  pv_tags: ofPv(({ entry }) => list(entry?.tags ?? []), list([])),
  pv_mda_count: ofPv((pv) => amount(areasOf(pv).length), amount(0)),
  pv_mda_used_count: ofPv((pv) => amount(countUsed(areasOf(pv))), amount(0)),
  pv_ba_start: ofPv(({ scanned }) => size(scanned?.label.bootloaderAreas[0]?.start ?? 0), size(0)),
  pv_ba_size: ofPv(({ scanned }) => size(scanned?.label.bootloaderAreas[0]?.size ?? 0), size(0)),
  pv_in_use: ofPv((pv) => flag(isInUse(pv), 'used')),
  pv_duplicate: ofPv(({ duplicate }) => flag(duplicate, 'duplicate')),
  pv_device_id: () => EMPTY,
  pv_device_id_type: () => EMPTY,
};
