/** From what a scan found to what a screen draws: the projection of metadata into LabState. */
import { extents, extentsToSectors, sectors } from '../base/units.ts';
import type { Notice } from '../contract/errors.ts';
import type { AllocationPolicy } from '../contract/state.ts';
import type {
  AreaState,
  LvState,
  ProblemState,
  PvState,
  SegmentState,
  VgState,
} from '../contract/state.ts';
import { barredNotice } from '../lvm/access.ts';
import { dmName } from '../lvm/activate/names.ts';
import { freeAreasOf, freeCountOf } from '../lvm/format/free-areas.ts';
import {
  findLv,
  isAllocatable,
  isMissing,
  lvExtentCount,
  type Area,
  type LogicalVolume,
  type Segment,
} from '../lvm/format/model.ts';
import { isSeen, lvsInOrder } from '../lvm/format/shown.ts';
import { snapshotOn, snapshotsOf } from '../lvm/format/snapshots.ts';
import { segmentTypeName } from '../lvm/format/segtypes/index.ts';
import type { ScannedPv, ScannedVg } from '../lvm/scan-types.ts';
import { strayNotices } from '../report/stray.ts';
import { lvAttr, lvDevice, lvLayout, lvRole, pvAttr, vgAttr } from '../report/attr.ts';
import { lvStatesOf } from './lv-states.ts';
import { allPvRows, pvRowsOf, type PvRow } from '../report/rows.ts';
import type { ReportSource } from '../report/source.ts';

/** Turns a notice into LVM's sentence; the words live in core/report. */
export type Sentence = (notice: Notice) => string;

export function vgState(source: ReportSource, scanned: ScannedVg, sentence: Sentence): VgState {
  const { vg } = scanned;
  const total = vg.pvs.reduce((sum, pv) => sum + pv.peCount, 0);
  const { pseudo } = snapshotsOf(vg);
  const inOrder = lvsInOrder(vg);
  const shown = pseudo.size === 0 ? inOrder : inOrder.filter(({ name }) => !pseudo.has(name));
  return {
    id: vg.id,
    name: vg.name,
    seqno: vg.seqno,
    extentSize: vg.extentSize,
    extentCount: extents(total),
    freeCount: freeCountOf(vg),
    attr: vgAttr(scanned),
    allocation: (vg.allocationPolicy ?? 'normal') as AllocationPolicy,
    tags: vg.tags,
    pvs: pvRowsOf(source, scanned).flatMap((row) => memberState(scanned, row)),
    lvs: lvStatesOf(source, scanned, shown, (lv) => lvState(source, scanned, lv)),
    problems: scanned.notices.map(sentence),
  };
}

export function orphanStates(source: ReportSource): readonly PvState[] {
  const rows = allPvRows(source, false);
  return source.scan.pvs
    .filter(({ vgName }) => vgName === undefined)
    .map((pv) =>
      orphanState(
        pv,
        rows.find((row) => row.scanned?.path === pv.path),
      ),
    );
}

/** Warnings that stand in no group's own list: twins of disks, PVs whose group is lost. */
export function problemStates({ scan }: ReportSource, sentence: Sentence): readonly ProblemState[] {
  const ofGroups = new Set(scan.vgs.flatMap(({ notices }) => notices));
  // LVM keeps quiet about some of those it passes over; whoever opens a disk wants to know.
  const passed = scan.barred.map(barredNotice);
  const others = scan.notices.filter(
    (notice) => !ofGroups.has(notice) && notice.code !== 'vg-passed-over',
  );
  return [...others, ...passed, ...strayNotices(scan)].map((notice) => ({
    ...('device' in notice ? { device: notice.device } : {}),
    sentence: sentence(notice),
  }));
}

function orphanState(pv: ScannedPv, row: PvRow | undefined): PvState {
  return {
    device: pv.path,
    id: pv.label.pvId,
    deviceSize: pv.device.size,
    peStart: pv.label.dataAreas[0]?.start ?? sectors(0),
    extentCount: extents(0),
    freeCount: extents(0),
    attr: row ? pvAttr(row) : '---',
    missing: false,
    allocatable: false,
    tags: [],
    areaCount: pv.areas.length,
  };
}

function memberState(scanned: ScannedVg, row: PvRow): readonly PvState[] {
  const { entry: pv, scanned: disk } = row;
  if (!pv) return [];
  const free = (freeAreasOf(scanned.vg).get(pv.id) ?? []).reduce((sum, one) => sum + one.count, 0);
  return [
    {
      device: row.name,
      id: pv.id,
      vg: scanned.vg.name,
      deviceSize: disk?.device.size ?? pv.deviceSize ?? sectors(0),
      peStart: pv.peStart,
      extentCount: pv.peCount,
      freeCount: extents(free),
      attr: pvAttr(row),
      missing: !disk || isMissing(pv),
      allocatable: isAllocatable(pv),
      tags: pv.tags,
      areaCount: disk?.areas.filter(({ header }) => header && !header.ignored).length ?? 0,
    },
  ];
}

function lvState(source: ReportSource, scanned: ScannedVg, lv: LogicalVolume): LvState {
  const { vg } = scanned;
  const count = lvExtentCount(lv);
  const device = lvDevice(source, scanned, lv);
  const isMirror = lv.segments.some(({ kind }) => kind === 'mirror');
  const snapshot = snapshotState(scanned, lv);
  const monitored = device !== undefined && (source.monitored?.has(device.uuid) ?? false);
  return {
    id: lv.id,
    vg: vg.name,
    name: lv.name,
    visible: isSeen(vg, lv),
    extentCount: count,
    size: extentsToSectors(count, vg.extentSize),
    attr: lvAttr(source, scanned, lv),
    layout: lvLayout(scanned, lv),
    role: lvRole(scanned, lv),
    tags: lv.tags,
    segments: lv.segments.map((segment) => segmentState(scanned, segment)),
    dmName: device?.name ?? dmName(vg.name, lv.name),
    active: device !== undefined,
    openCount: device?.openCount ?? 0,
    ...(isMirror && device ? { monitored } : {}),
    ...(snapshot ? { snapshot } : {}),
  };
}

function snapshotState({ vg }: ScannedVg, { name }: LogicalVolume): LvState['snapshot'] {
  const link = snapshotOn(vg, name);
  return link && { origin: link.origin, chunkSize: link.chunkSize, merging: link.merging };
}

function segmentState(scanned: ScannedVg, segment: Segment): SegmentState {
  const striped = segment.kind === 'striped' ? segment : undefined;
  const mirror = segment.kind === 'mirror' ? segment : undefined;
  const areas = (striped ?? mirror)?.areas ?? [];
  const each = extents(segment.count / Math.max(1, striped?.areas.length ?? 1));
  return {
    start: segment.start,
    count: segment.count,
    type: segmentTypeName(segment),
    stripes: areas.length,
    stripeSize: striped?.stripeSize ?? sectors(0),
    areas: areas.map((area) => areaState(scanned, area, each)),
    ...(mirror?.log === undefined ? {} : { log: mirror.log }),
    ...(mirror?.regionSize === undefined ? {} : { regionSize: mirror.regionSize }),
    ...(mirror?.extentsMoved === undefined ? {} : { moved: mirror.extentsMoved }),
  };
}

function areaState(scanned: ScannedVg, area: Area, count: AreaState['count']): AreaState {
  const { start } = area;
  if (area.on === 'lv') {
    const id = findLv(scanned.vg, area.lv)?.id ?? '';
    return { on: 'lv', device: area.lv, id, start, count };
  }
  const device = scanned.devices.get(area.pvId)?.path ?? '[unknown]';
  return { on: 'pv', device, id: area.pvId, start, count };
}
