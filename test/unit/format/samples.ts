/** A small group and the disks that carry it, as the format writes them. */
import { newLvmId, type LvmId } from '../../../core/base/ids.ts';
import { extents, sectors } from '../../../core/base/units.ts';
import { Prng } from '../../../core/env/prng.ts';
import { createArea, writeAreaHeader, encodeText, writeText } from '../../../core/lvm/area-io.ts';
import { withCommitted } from '../../../core/lvm/format/area-header.ts';
import { exportMetadata } from '../../../core/lvm/format/export.ts';
import type {
  Area,
  LogicalVolume,
  MetadataHeader,
  MirrorSegment,
  PhysicalVolume,
  SnapshotSegment,
  StripedSegment,
  VolumeGroup,
} from '../../../core/lvm/format/model.ts';
import { writeLabel } from '../../../core/lvm/label-io.ts';
import type { AreaHeader, DiskRange, PvLabel } from '../../../core/lvm/scan-types.ts';
import { TestDisk } from '../../support/ram.ts';

export const HEADER: MetadataHeader = {
  description: 'Write from vgcreate vg /dev/sda.',
  creationHost: 'lvmhost',
  hostDescription: 'Linux lvmhost 6.1.0',
  creationTime: 1795216703,
  generator: 'LV Studio 0.1.0',
};

/** 64 MiB with one area: 15 extents of 4 MiB. */
export const DISK_SECTORS = 131072;
export const FIRST_AREA: DiskRange = { start: sectors(8), size: sectors(2040) };

const prng = new Prng(2026);
export const freshId = (): LvmId => newLvmId((limit) => prng.below(limit));

export function pv(index: number, change: Partial<PhysicalVolume> = {}): PhysicalVolume {
  return {
    section: `pv${index}`,
    id: freshId(),
    deviceHint: `/dev/sd${'abcdef'.charAt(index)}`,
    status: ['ALLOCATABLE'],
    flags: [],
    tags: [],
    deviceSize: sectors(DISK_SECTORS),
    peStart: sectors(2048),
    peCount: extents(15),
    extra: [],
    ...change,
  };
}

export const onPv = (entry: PhysicalVolume, start: number): Area => ({
  on: 'pv',
  pvId: entry.id,
  start: extents(start),
});
export const onLv = (lv: string, start: number): Area => ({ on: 'lv', lv, start: extents(start) });

export function striped(start: number, count: number, ...areas: Area[]): StripedSegment {
  return {
    kind: 'striped',
    start: extents(start),
    count: extents(count),
    tags: [],
    stripeSize: sectors(areas.length > 1 ? 128 : 0),
    areas,
    extra: [],
  };
}

/** The pseudo volume's segment. */
export function snapshot(
  count: number,
  origin: string,
  store: string,
  merging = false,
): SnapshotSegment {
  const chunkSize = sectors(8);
  const head = { start: extents(0), count: extents(count), tags: [], extra: [] };
  return { kind: 'snapshot', ...head, chunkSize, origin, store, merging };
}

export function mirror(count: number, ...areas: Area[]): MirrorSegment {
  return {
    kind: 'mirror',
    start: extents(0),
    count: extents(count),
    tags: [],
    areas,
    regionSize: sectors(1024),
    extra: [],
  };
}

export function lv(name: string, ...segments: LogicalVolume['segments']): LogicalVolume {
  return {
    name,
    id: freshId(),
    status: ['READ', 'WRITE', 'VISIBLE'],
    flags: [],
    tags: [],
    creationTime: 1795216703n,
    creationHost: 'lvmhost',
    segments,
    extra: [],
  };
}

export function group(change: Partial<VolumeGroup> = {}): VolumeGroup {
  return {
    name: 'vg',
    id: freshId(),
    seqno: 1,
    format: 'lvm2',
    status: ['RESIZEABLE', 'READ', 'WRITE'],
    flags: [],
    tags: [],
    extentSize: sectors(8192),
    maxLv: 0,
    maxPv: 0,
    metadataCopies: 0,
    pvs: [],
    lvs: [],
    extra: [],
    ...change,
  };
}

/** Two PVs, a linear volume in two pieces and a striped one. */
export function sampleGroup(): VolumeGroup {
  const [a, b] = [pv(0), pv(1)];
  const home = lv('home', striped(0, 3, onPv(a, 0)), striped(3, 2, onPv(b, 4)));
  const fast = lv('fast', striped(0, 4, onPv(a, 3), onPv(b, 0)));
  return group({ pvs: [a, b], lvs: [home, fast] });
}

export function labelFor(entry: PhysicalVolume, areas: readonly DiskRange[], used = true): PvLabel {
  return {
    pvId: entry.id,
    deviceSize: sectors(DISK_SECTORS),
    labelSector: 1,
    dataAreas: [{ start: entry.peStart, size: sectors(0) }],
    metadataAreas: areas,
    extensionVersion: 2,
    extensionFlags: used ? 1 : 0,
    bootloaderAreas: [],
  };
}

/** A labelled disk with an empty area. */
export async function blankPv(
  entry: PhysicalVolume,
  name: string,
  { used = true, areas = [FIRST_AREA] }: { used?: boolean; areas?: readonly DiskRange[] } = {},
): Promise<TestDisk> {
  const disk = new TestDisk(name, DISK_SECTORS);
  for (const range of areas) {
    const made = await createArea(disk.disk, range);
    if (!made.ok) throw new Error(made.error.code);
  }
  const written = await writeLabel(disk.disk, labelFor(entry, areas, used));
  if (!written.ok) throw new Error(written.error.code);
  return disk;
}

/** Writes and commits a text; returns the new header. */
export async function commit(
  disk: TestDisk,
  vg: VolumeGroup | string,
  header: AreaHeader = { ...FIRST_AREA, ignored: false },
): Promise<AreaHeader> {
  const text = typeof vg === 'string' ? vg : exportMetadata(vg, HEADER);
  const location = await writeText(disk.disk, header, encodeText(text), { vg: 'vg', seqno: 1 });
  if (!location.ok) throw new Error(location.error.code);
  const next = withCommitted(header, location.value);
  const written = await writeAreaHeader(disk.disk, next);
  if (!written.ok) throw new Error(written.error.code);
  return next;
}

/** A disk per PV, all with the same text: `sda`, `sdb`... */
export async function disksOf(vg: VolumeGroup): Promise<TestDisk[]> {
  const disks: TestDisk[] = [];
  for (const [index, entry] of vg.pvs.entries()) {
    const disk = await blankPv(entry, `sd${'abcdef'.charAt(index)}`);
    await commit(disk, vg);
    disks.push(disk);
  }
  return disks;
}
