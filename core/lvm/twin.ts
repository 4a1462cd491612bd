/**
 * The twin of groups that are known from their backups alone: disks of the right sizes, with the
 * labels and the metadata, and without the data. A backup does not say where the metadata areas of
 * a PV are; each gets one in front of its first extent, as `pvcreate --restorefile` makes it.
 */
import { formatLvmId, type LvmId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { extentsToSectors, sectors, type Sectors } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import { createArea, encodeText, writeAreaHeader, writeText } from './area-io.ts';
import { withCommitted } from './format/area-header.ts';
import { exportMetadata } from './format/export.ts';
import { parseMetadata } from './format/import.ts';
import type { MetadataHeader, PhysicalVolume, VolumeGroup } from './format/model.ts';
import { isSystemId } from './format/system-id.ts';
import { writeLabel, zeroLabelSectors } from './label-io.ts';
import type { DiskRange, PvLabel, ScanDisk } from './scan-types.ts';

/** A file of vgcfgbackup. `text` is a byte string. */
export interface TwinSource {
  readonly file: string;
  readonly text: string;
}

export interface TwinGroup extends TwinSource {
  readonly vg: VolumeGroup;
  readonly header: MetadataHeader;
}

export interface TwinDisk {
  readonly group: TwinGroup;
  readonly pv: PhysicalVolume;
  /** Of the device, as the backup has it, and never less than its extents need. */
  readonly size: Sectors;
}

export interface Twin {
  readonly groups: readonly TwinGroup[];
  readonly disks: readonly TwinDisk[];
  /** PVs that get no disk. */
  readonly missing: readonly PhysicalVolume[];
  /** Of the machine that uses the groups, where they belong to one. */
  readonly systemId?: string;
}

/** Why there is no twin of these files, in a sentence without a full stop. */
export type TwinRefusal = string;

/** Version of the label's extension that knows the flags; bit 0: the PV is in a group. */
const EXTENSION_VERSION = 2;
const USED = 1;
/** Where the area begins, and what is too little for one (reference 1.8). */
const AREA_START = 8;
const SMALLEST_AREA = 8;

/** @param missing PVs that get no disk: devices as the backups name them, or UUIDs */
export function planTwin(
  sources: readonly TwinSource[],
  missing: readonly string[],
): Result<Twin, TwinRefusal> {
  const groups: TwinGroup[] = [];
  for (const source of sources) {
    const read = parseMetadata(source.text, '');
    if (!read.ok) {
      const { field, why } = read.error;
      return err(`${source.file} is no backup of a volume group: ${field}: ${why}`);
    }
    groups.push({ ...source, ...read.value });
  }
  const twice = collision(groups);
  if (twice !== undefined) return err(twice);
  const all = groups.flatMap((group) => group.vg.pvs.map((pv) => ({ group, pv })));
  const unknown = missing.find((name) => !all.some(({ pv }) => isNamed(pv, name)));
  if (unknown !== undefined) return err(`no PV of these backups is ${unknown}`);
  const gone = (pv: PhysicalVolume): boolean => missing.some((name) => isNamed(pv, name));
  const disks = all
    .filter(({ pv }) => !gone(pv))
    .map(({ group, pv }) => ({ group, pv, size: sizeOf(group.vg, pv) }));
  const homeless = groups.find(
    (group) => !disks.some((disk) => disk.group === group && areaOf(disk) !== undefined),
  );
  if (homeless) return err(`no disk of ${homeless.vg.name} has room for its metadata`);
  const owners = ownersOf(groups);
  const [owner, other] = owners;
  if (owner !== undefined && other !== undefined) {
    return err(`these are groups of two machines: their system IDs are ${owner} and ${other}`);
  }
  const [systemId] = [...owners, ...groups.flatMap(({ header }) => header.hostSystemId || [])];
  if (systemId !== undefined && !isSystemId(systemId)) {
    return err(`the system ID of these backups, ${systemId}, can be that of no machine`);
  }
  return ok({
    groups,
    disks,
    missing: all.map(({ pv }) => pv).filter(gone),
    ...(systemId === undefined ? {} : { systemId }),
  });
}

/** System IDs of the groups. */
const ownersOf = (groups: readonly TwinGroup[]): readonly string[] => [
  ...new Set(groups.flatMap(({ vg }) => vg.systemId || [])),
];

const isNamed = ({ id, deviceHint }: PhysicalVolume, name: string): boolean =>
  name === deviceHint || name === formatLvmId(id) || name === id;

function collision(groups: readonly TwinGroup[]): string | undefined {
  const names = new Map<string, string>();
  const ids = new Map<LvmId, string>();
  for (const { file, vg } of groups) {
    const other = names.get(vg.name);
    if (other !== undefined) return `${other} and ${file} are both of volume group ${vg.name}`;
    names.set(vg.name, file);
    for (const { id } of vg.pvs) {
      const owner = ids.get(id);
      if (owner === file) return `${file} has the PV ${formatLvmId(id)} twice`;
      if (owner !== undefined) return `${owner} and ${file} both have the PV ${formatLvmId(id)}`;
      ids.set(id, file);
    }
  }
  return undefined;
}

function sizeOf(vg: VolumeGroup, { deviceSize, peStart, peCount }: PhysicalVolume): Sectors {
  const needed = peStart + extentsToSectors(peCount, vg.extentSize);
  return sectors(Math.max(deviceSize ?? 0, needed));
}

/** From the page behind the label to the first thing that is there. */
function areaOf({ pv }: TwinDisk): DiskRange | undefined {
  const boot = bootloaderOf(pv);
  const end = Math.min(pv.peStart, ...boot.map(({ start }) => start));
  const size = end - AREA_START;
  if (size < SMALLEST_AREA) return undefined;
  return { start: sectors(AREA_START), size: sectors(size) };
}

function bootloaderOf({ extra }: PhysicalVolume): readonly DiskRange[] {
  const [start, size] = ['ba_start', 'ba_size'].map((key) => {
    const entry = extra.find(({ name }) => name === key);
    return entry?.kind === 'value' && entry.value.kind === 'int' ? Number(entry.value.value) : 0;
  });
  return start && size ? [{ start: sectors(start), size: sectors(size) }] : [];
}

/** Makes a blank disk the PV of its group. Durable when it returns. */
export async function writeTwinDisk(
  disk: ScanDisk,
  twin: TwinDisk,
  generator: string,
): Promise<Result<void, VolumeError>> {
  const { group, pv } = twin;
  const { vg } = group;
  const area = areaOf(twin);
  const zeroed = await zeroLabelSectors(disk);
  if (!zeroed.ok) return zeroed;
  if (area) {
    const made = await createArea(disk, area);
    if (!made.ok) return made;
    const text = exportMetadata(vg, { ...group.header, generator });
    const owner = { vg: vg.name, seqno: vg.seqno };
    const written = await writeText(disk, made.value, encodeText(text), owner);
    if (!written.ok) return written;
    const committed = await writeAreaHeader(disk, withCommitted(made.value, written.value));
    if (!committed.ok) return committed;
  }
  const label: PvLabel = {
    pvId: pv.id,
    deviceSize: pv.deviceSize ?? twin.size,
    labelSector: 1,
    dataAreas: [{ start: pv.peStart, size: sectors(0) }],
    metadataAreas: area ? [area] : [],
    extensionVersion: EXTENSION_VERSION,
    extensionFlags: USED,
    bootloaderAreas: bootloaderOf(pv),
  };
  return writeLabel(disk, label);
}
