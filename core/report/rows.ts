/** What a report has a line for: PVs, volumes and their visibility. */
import type { LvmId } from '../base/ids.ts';
import { oncePer } from '../base/once.ts';
import { sectors, type Sectors } from '../base/units.ts';
import type { DevNo } from '../contract/units.ts';
import { isMissing } from '../lvm/format/model.ts';
import type { LogicalVolume, PhysicalVolume } from '../lvm/format/model.ts';
import { isSeen } from '../lvm/format/shown.ts';
import { isUsed } from '../lvm/ops/pv-steps.ts';
import { barring } from '../lvm/access.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { ScanDisk, ScannedPv, ScannedVg } from '../lvm/scan-types.ts';
import { UNKNOWN_DEVICE } from './places.ts';
import { relationsOf } from './relations.ts';
import type { ReportSource } from './source.ts';

/** A PV as reports see it: a disk with a label, an entry of a group, or both. */
export interface PvRow {
  /** `/dev/sda`, or `[unknown]` where no disk carries the PV. */
  readonly name: string;
  /** Absent: a disk that is no PV. */
  readonly id?: LvmId;
  readonly scanned?: ScannedPv;
  readonly group?: ScannedVg;
  readonly entry?: PhysicalVolume;
  /** Another disk with the same id is used instead. */
  readonly duplicate: boolean;
  /** Of the disk; 0 where none carries the PV. */
  readonly deviceSize: Sectors;
  readonly devno?: DevNo;
}

/** In a group by its label, but no group knows it. */
export const isStray = ({ group, scanned }: PvRow): boolean =>
  group === undefined && scanned !== undefined && isUsed(scanned.label);

/** No disk carries it, or it was written off. */
export const isGone = ({ entry, scanned }: PvRow): boolean =>
  entry !== undefined && (scanned === undefined || isMissing(entry));

/** The PVs of a group in its own order. */
export function pvRowsOf(source: ReportSource, group: ScannedVg): PvRow[] {
  return group.vg.pvs.map((entry) => {
    const scanned = group.devices.get(entry.id);
    return {
      name: scanned?.path ?? UNKNOWN_DEVICE,
      id: entry.id,
      group,
      entry,
      duplicate: false,
      ...(scanned === undefined
        ? { deviceSize: sectors(0) }
        : { scanned, ...disk(source, scanned) }),
    };
  });
}

/** Every PV: of groups, orphans, and (`all`) disks that are none, or lost against their twin. */
export function allPvRows(source: ReportSource, all: boolean): PvRow[] {
  const inGroups = inLvmOrder(source.scan).flatMap((group) => pvRowsOf(source, group));
  const taken = new Set(inGroups.map((row) => row.scanned));
  // LVM shows neither a PV that left its group while it was away, nor one of others' groups.
  const orphans = source.scan.pvs.filter(
    (pv) => !taken.has(pv) && !pv.outdated && !barring(source.scan, pv),
  );
  const loose = (scanned: ScannedPv, duplicate: boolean): PvRow => ({
    name: scanned.path,
    id: scanned.label.pvId,
    scanned,
    duplicate,
    ...disk(source, scanned),
  });
  return [
    ...inGroups,
    ...orphans.map((pv) => loose(pv, false)),
    ...(all ? source.scan.duplicates.map((pv) => loose(pv, true)) : []),
    ...(all ? source.scan.unlabelled.map((one) => noPv(source, one)) : []),
  ];
}

const noPv = (source: ReportSource, one: ScanDisk): PvRow => ({
  name: one.path,
  duplicate: false,
  ...disk(source, one),
});

const devnos = oncePer(
  (disks: ReportSource['disks']) => new Map(disks.map(({ path, devno }) => [path, devno])),
);

function disk(
  { disks }: ReportSource,
  { path, device }: ScanDisk,
): Pick<PvRow, 'deviceSize' | 'devno'> {
  const devno = devnos(disks).get(path);
  return { deviceSize: device.size, ...(devno === undefined ? {} : { devno }) };
}

/** The volumes of a group that reports know: all but the links between snapshot and origin. */
export function reportedLvs(vg: ScannedVg): readonly LogicalVolume[] {
  const { pseudo } = relationsOf(vg.vg);
  return vg.vg.lvs.filter((lv) => !pseudo.has(lv.name));
}

export function isShown(vg: ScannedVg, lv: LogicalVolume): boolean {
  return isSeen(vg.vg, lv);
}

/** `[home_mlog]` for hidden volumes. */
export function shownName(vg: ScannedVg, lv: LogicalVolume): string {
  return isShown(vg, lv) ? lv.name : `[${lv.name}]`;
}

/** Volumes that `lv_count` counts, and snapshots. */
export const countLvs = oncePer((vg: ScannedVg) => {
  const shown = reportedLvs(vg).filter((lv) => isShown(vg, lv));
  return { visible: shown.length, snapshots: relationsOf(vg.vg).stores.size };
});
