/** Reading and writing the label sector of a disk. */
import { ok, type Result } from '../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import type { DamageData, IoErrorData } from '../contract/errors.ts';
import { ioErrorOf } from './disk-io.ts';
import { readSectors } from '../block/device.ts';
import { LABEL_SCAN, buildLabelSector, findLabel, labelsIn } from './format/label.ts';
import type { PvLabel, ScanDisk } from './scan-types.ts';

/**
 * The label of a disk; undefined where there is none. A damaged label is an error only if no sound
 * one stands beside it.
 */
export async function readLabel(
  disk: ScanDisk,
): Promise<Result<PvLabel | undefined, DamageData | IoErrorData>> {
  const count = sectors(Math.min(LABEL_SCAN, disk.device.size));
  if (count === 0) return ok(undefined);
  const read = await readSectors(disk.device, sectors(0), count);
  if (!read.ok) return ioErrorOf(read.error, disk, sectors(0));
  return findLabel(read.value, disk.path);
}

/** Replaces the one sector that holds the label. Durable when it returns. */
export async function writeLabel(
  disk: ScanDisk,
  label: PvLabel,
): Promise<Result<void, IoErrorData>> {
  const start = sectors(label.labelSector);
  return writeDurably(disk, start, buildLabelSector(label));
}

/** Zeroes the sectors that are searched for a label, and with them whatever was there before. */
export async function zeroLabelSectors(disk: ScanDisk): Promise<Result<void, IoErrorData>> {
  const count = Math.min(LABEL_SCAN, disk.device.size);
  return writeDurably(disk, sectors(0), new Uint8Array(count * SECTOR));
}

/** Zeroes every sector that begins as a label does, sound or not, and nothing beside it. */
export async function clearLabels(disk: ScanDisk): Promise<Result<void, IoErrorData>> {
  const count = sectors(Math.min(LABEL_SCAN, disk.device.size));
  const read = await readSectors(disk.device, sectors(0), count);
  if (!read.ok) return ioErrorOf(read.error, disk, sectors(0));
  for (const start of labelsIn(read.value)) {
    const wiped = await writeDurably(disk, start, new Uint8Array(SECTOR));
    if (!wiped.ok) return wiped;
  }
  return ok();
}

/** Zeroes every sector that holds a label, and nothing beside it, as pvremove does. */
export async function wipeLabel(disk: ScanDisk): Promise<Result<void, DamageData | IoErrorData>> {
  for (;;) {
    const label = await readLabel(disk);
    if (!label.ok || !label.value) return label.ok ? ok() : label;
    const start = sectors(label.value.labelSector);
    const wiped = await writeDurably(disk, start, new Uint8Array(SECTOR));
    if (!wiped.ok) return wiped;
  }
}

async function writeDurably(
  disk: ScanDisk,
  start: Sectors,
  data: Uint8Array,
): Promise<Result<void, IoErrorData>> {
  const done = await disk.device.submit({ op: 'write', start, data, fua: true });
  return done.ok ? ok() : ioErrorOf(done.error, disk, start);
}
