/** The actions of a plan that make disks PVs and rewrite their labels (reference 1.2, 1.9). */
import { must } from '../base/assert.ts';
import { byteStringToBytes } from '../base/bytes.ts';
import type { LvmId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR, sectors, sectorsToBytes, type Sectors } from '../base/units.ts';
import { readSectors, type BlockDevice, type IoError } from '../block/device.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { Action, PvLayout } from '../contract/plan.ts';
import { createArea, readAreaHeader, writeAreaHeader } from '../lvm/area-io.ts';
import { ioErrorOf } from '../lvm/disk-io.ts';
import { withCommitted } from '../lvm/format/area-header.ts';
import { EXTENSION_VERSION, PV_USED } from '../lvm/format/label.ts';
import {
  clearLabels,
  readLabel,
  wipeLabel,
  writeLabel,
  zeroLabelSectors,
} from '../lvm/label-io.ts';
import type { PvLabel, ScanDisk } from '../lvm/scan-types.ts';

type Done = Result<void, VolumeError>;
type Of<K extends Action['kind']> = Extract<Action, { readonly kind: K }>;

export class LabelWriter {
  constructor(private readonly disks: readonly ScanDisk[]) {}

  /** A half-made PV is not seen as one: signatures go first, the label comes last. */
  async initPv({ device, layout }: Of<'init-pv'>): Promise<Done> {
    const disk = this.disk(device);
    if (!disk.ok) return disk;
    const cleared = await (layout.zero ? zeroLabelSectors : clearLabels)(disk.value);
    if (!cleared.ok) return cleared;
    for (const area of layout.areas) {
      const created = await createArea(disk.value, area, layout.ignored);
      if (!created.ok) return created;
    }
    const flushed = await disk.value.device.submit({ op: 'flush' });
    if (!flushed.ok) return flushed;
    return writeLabel(disk.value, newLabel(layout));
  }

  markPv({ device, used }: Of<'mark-pv'>): Promise<Done> {
    return this.changeLabel(device, (label) => ({
      ...label,
      extensionVersion: EXTENSION_VERSION,
      extensionFlags: used ? label.extensionFlags | PV_USED : label.extensionFlags & ~PV_USED,
    }));
  }

  relabelPv({ device, pvId, deviceSize, areas }: Of<'relabel-pv'>): Promise<Done> {
    return this.changeLabel(device, (label) => ({
      ...label,
      pvId: pvId as LvmId,
      deviceSize,
      metadataAreas: areas ?? label.metadataAreas,
    }));
  }

  /** Durable when it returns. */
  async createArea({ device, start, size, ignored }: Of<'create-area'>): Promise<Done> {
    const disk = this.disk(device);
    if (!disk.ok) return disk;
    const created = await createArea(disk.value, { start, size }, ignored);
    return created.ok ? ok() : created;
  }

  async settleArea({ device, from, to, areas }: Of<'settle-area'>): Promise<Done> {
    const disk = this.disk(device);
    if (!disk.ok) return disk;
    const inner = await readAreaHeader(disk.value, from);
    if (!inner.ok) return inner;
    const outer = await readAreaHeader(disk.value, to);
    if (!outer.ok) return outer;
    const text = must(inner.value.committed, 'the text of an area that the label names');
    const offset = text.offset + sectorsToBytes(sectors(from.start - to.start));
    const header = withCommitted(outer.value, { ...text, offset }, to.ignored);
    const written = await writeAreaHeader(disk.value, header);
    if (!written.ok) return written;
    return this.changeLabel(device, (label) => ({ ...label, metadataAreas: areas }));
  }

  /** Durable when it returns. */
  async writeBytes({ device, start, data }: Of<'write-bytes'>): Promise<Done> {
    const disk = this.disk(device);
    if (!disk.ok) return disk;
    const whole = await filledUp(disk.value.device, start, byteStringToBytes(data));
    if (!whole.ok) return ioErrorOf(whole.error, disk.value, start);
    const io = { op: 'write', start, data: whole.value, fua: true } as const;
    const done = await disk.value.device.submit(io);
    return done.ok ? ok() : ioErrorOf(done.error, disk.value, start);
  }

  async wipeLabel({ device }: Of<'wipe-label'>): Promise<Done> {
    const disk = this.disk(device);
    return disk.ok ? wipeLabel(disk.value) : disk;
  }

  private async changeLabel(device: string, change: (label: PvLabel) => PvLabel): Promise<Done> {
    const disk = this.disk(device);
    if (!disk.ok) return disk;
    const label = await readLabel(disk.value);
    if (!label.ok) return label;
    if (!label.value) return err({ code: 'not-a-pv', device, command: 'pvchange' });
    const next = change(label.value);
    for (const area of next.metadataAreas) {
      if (label.value.metadataAreas.some((old) => old.start === area.start)) continue;
      // The step that was to make it may have failed.
      const sound = await readAreaHeader(disk.value, area);
      if (!sound.ok) return sound;
    }
    return writeLabel(disk.value, next);
  }

  private disk(device: string): Result<ScanDisk, VolumeError> {
    const disk = this.disks.find(({ path }) => path === device);
    return disk
      ? { ok: true, value: disk }
      : err({ code: 'device-not-found', device, command: 'engine' });
  }
}

/** With the rest of the last sector as it is. */
async function filledUp(
  device: BlockDevice,
  start: Sectors,
  data: Uint8Array,
): Promise<Result<Uint8Array, IoError>> {
  const rest = data.length % SECTOR;
  if (rest === 0) return ok(data);
  const last = await readSectors(
    device,
    sectors(start + (data.length - rest) / SECTOR),
    sectors(1),
  );
  if (!last.ok) return last;
  const whole = new Uint8Array(data.length - rest + SECTOR);
  whole.set(last.value, whole.length - SECTOR);
  whole.set(data);
  return ok(whole);
}

function newLabel(layout: PvLayout): PvLabel {
  return {
    pvId: layout.pvId as LvmId,
    deviceSize: layout.deviceSize,
    labelSector: layout.labelSector,
    dataAreas: [{ start: layout.peStart, size: sectors(0) }],
    metadataAreas: layout.areas,
    extensionVersion: EXTENSION_VERSION,
    extensionFlags: 0,
    bootloaderAreas: layout.bootloader ? [layout.bootloader] : [],
  };
}
