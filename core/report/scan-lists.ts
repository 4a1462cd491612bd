/** pvscan, vgscan, lvscan and lvmdiskscan: one line an object. */
import { formatLvmId } from '../base/ids.ts';
import { isGone } from '../engine/disk-keeper.ts';
import { isLvActive, lvSnapshotStatus } from './active.ts';
import { sizesIn } from './display.ts';
import { freeCount, isExportedPv } from './fields-pv.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import { lvExtentCount, type LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { relationsOf } from './relations.ts';
import { isShown, reportedLvs, type PvRow } from './rows.ts';
import { DEFAULT_UNITS } from './size-text.ts';
import type { ReportSource } from './source.ts';

const SIZES = sizesIn({ units: DEFAULT_UNITS, suffix: true });

export interface PvScanStyle {
  /** Names only. */
  readonly short: boolean;
  readonly uuids: boolean;
}

/** The name of the group that LVM counts orphans to. */
const ORPHANS = '#orphans_lvm2';

/** @param scan of all disks: also what is not listed counts for the widths. */
export function pvScanLines(
  pvs: readonly PvRow[],
  { short, uuids }: PvScanStyle,
  scan: ReportSource['scan'],
): readonly string[] {
  if (pvs.length === 0) return ['No matching physical volumes found'];
  const longest = (words: readonly string[]): number =>
    words.reduce((most, word) => Math.max(most, word.length), 0) + 2;
  const nameWidth = longest(scan.pvs.map(({ path }) => path));
  const vgWidth = longest([ORPHANS, ...scan.vgs.map(({ vg }) => vg.name)]);
  const width = nameWidth + (uuids ? 50 : 0);
  const line = (pv: PvRow): string => {
    if (short) return pv.name;
    const uuid = pv.id === undefined ? '' : formatLvmId(pv.id);
    const name = (uuids ? `${pv.name.padEnd(nameWidth - 2)} with UUID ${uuid}` : pv.name).padEnd(
      width,
    );
    const { group } = pv;
    if (!group) return `PV ${name}    ${''.padEnd(vgWidth)} lvm2 [${SIZES.of(sizeOf(pv))}]`;
    const room = `[${SIZES.of(sizeOf(pv))} / ${SIZES.ofExtents(group, freeCount(pv))} free]`;
    return isExportedPv(pv)
      ? `PV ${name}  is in exported VG ${group.vg.name} ${room}`
      : `PV ${name} VG ${group.vg.name.padEnd(vgWidth)} lvm2 ${room}`;
  };
  const used = pvs.filter(({ group }) => group);
  const loose = pvs.filter(({ group }) => !group);
  const sum = (some: readonly PvRow[]): string =>
    `${some.length} [${SIZES.of(some.reduce((total, pv) => total + sizeOf(pv), 0))}]`;
  const total = `Total: ${sum(pvs)} / in use: ${sum(used)} / in no VG: ${sum(loose)}`;
  return [...pvs.map(line), total];
}

const sizeOf = ({ entry, group, scanned }: PvRow): number =>
  entry && group ? entry.peCount * group.vg.extentSize : (scanned?.label.deviceSize ?? 0);

export const vgScanLines = ({ scan }: ReportSource): readonly string[] =>
  inLvmOrder(scan).map(({ vg }) => {
    const exported = vg.status.includes('EXPORTED') ? 'exported ' : '';
    return `Found ${exported}volume group "${vg.name}" using metadata type lvm2`;
  });

/**
 * The volumes that lvscan lists.
 *
 * @param all hidden volumes, too.
 */
export const scannedLvs = (
  { scan }: ReportSource,
  all: boolean,
): readonly { readonly vg: ScannedVg; readonly lv: LogicalVolume }[] =>
  inLvmOrder(scan)
    .filter(({ vg }) => !vg.status.includes('EXPORTED'))
    .flatMap((vg) =>
      reportedLvs(vg)
        .filter((lv) => all || isShown(vg, lv))
        .map((lv) => ({ vg, lv })),
    );

export const lvScanLines = (source: ReportSource, all: boolean): readonly string[] =>
  scannedLvs(source, all).map(({ vg, lv }) => {
    const isLost = lvSnapshotStatus(source, vg, lv)?.is === 'invalid';
    const state = isLvActive(source, vg, lv) && !isLost ? 'ACTIVE' : 'inactive';
    const size = SIZES.ofExtents(vg, lvExtentCount(lv));
    const policy = lv.allocationPolicy ?? 'inherit';
    const { origins, stores } = relationsOf(vg.vg);
    const what = origins.has(lv.name) ? 'Original' : stores.has(lv.name) ? 'Snapshot' : '';
    const path = `'/dev/${vg.vg.name}/${lv.name}'`;
    return `${state.padEnd(8)} ${what.padEnd(8)} ${path} [${size}] ${policy}`;
  });

/** @param onlyPvs disks that are none are left out. */
export function diskScanLines({ disks, scan }: ReportSource, onlyPvs: boolean): readonly string[] {
  const pvs = new Set([...scan.pvs, ...scan.duplicates].map(({ path }) => path));
  const fit = disks
    .filter((disk) => !disk.unfit && !isGone(disk))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const width = fit.reduce((most, { path }) => Math.max(most, path.length), 0);
  const shown = fit.filter(({ path }) => !onlyPvs || pvs.has(path));
  // As LVM tells them apart.
  const isPartition = (path: string): boolean => /\d$/.test(path);
  const count = (pv: boolean, partition: boolean): number =>
    shown.filter(({ path }) => pvs.has(path) === pv && isPartition(path) === partition).length;
  const plural = (number: number, word: string): string =>
    `${number} ${word}${number === 1 ? '' : 's'}`;
  return [
    ...shown.map(({ path, size }) => {
      const what = pvs.has(path) ? 'LVM physical volume' : '';
      return `${path.padEnd(width)} [${SIZES.of(size).padStart(15)}] ${what}`;
    }),
    ...(onlyPvs
      ? []
      : [plural(count(false, false), 'disk'), plural(count(false, true), 'partition')]),
    plural(count(true, false), 'LVM physical volume whole disk'),
    plural(count(true, true), 'LVM physical volume'),
  ];
}
