/** What pvck has to know before it repairs: the sectors as they are, and the file it takes. */
import { bytesToByteString } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { SECTOR, sectors } from '../base/units.ts';
import { readSectors } from '../block/device.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { PvckRefusal } from '../contract/pvck.ts';
import { beginsGroup, isBackupText, rawFromBackup } from '../lvm/format/raw-from-backup.ts';
import { areasOfList, readRawLabel } from '../lvm/format/raw-label.ts';
import { hasAreaMagic, judgeSecondArea, secondAreaPlace } from '../lvm/format/second-area.ts';
import type { PvckRequest } from '../lvm/ops/pvck.ts';
import type { ScanDisk } from '../lvm/scan-types.ts';
import type { Known } from './command.ts';

type Evidence = PvckRequest['evidence'];

const FIRST = sectors(8);
/** A text is longer than the longest name of a group. */
const LEAST_TEXT = 129;

const refuse = (why: PvckRefusal) => err<VolumeError>({ code: 'pvck-refused', why });

/** The text of a file as it stands on disks, with its NUL: from a backup it is made. */
export async function repairText(file: string, known: Known): Promise<Result<string, VolumeError>> {
  const read = await known.fileText(file);
  if (!read.ok) return refuse({ kind: 'file-unreadable', file });
  if (read.value === '') return refuse({ kind: 'file-empty', file });
  const text = isBackupText(read.value) ? rawFromBackup(read.value) : `${read.value}\0`;
  if (text.length < LEAST_TEXT) return refuse({ kind: 'file-too-small' });
  if (/^\s\s/.test(text) && text.includes('---')) return refuse({ kind: 'file-of-output' });
  return beginsGroup(text) ? ok(text) : refuse({ kind: 'file-without-group' });
}

/** The sector of the label, and what is left of areas where it does not list any. */
export async function sectorsOf(
  disk: ScanDisk,
  labelSector: number,
  text: string | undefined,
): Promise<Result<{ readonly label: string; readonly evidence: Evidence }, VolumeError>> {
  const { device } = disk;
  const label = await readSectors(device, sectors(labelSector), sectors(1));
  if (!label.ok) return err({ ...label.error, device: disk.path });
  const listed = areasOfList(readRawLabel(label.value, labelSector).metadataAreas);
  const found: Result<Evidence, VolumeError> =
    listed.length > 0 ? ok({ first: false }) : await evidenceOf(disk, text);
  if (!found.ok) return found;
  return ok({ label: bytesToByteString(label.value), evidence: found.value });
}

async function evidenceOf(
  { device, path }: ScanDisk,
  text: string | undefined,
): Promise<Result<Evidence, VolumeError>> {
  const header = await readSectors(device, FIRST, sectors(1));
  if (!header.ok) return err({ ...header.error, device: path });
  const first = hasAreaMagic(header.value);
  const place = secondAreaPlace(device.size * SECTOR);
  const vgId = /id = "([^"]*)"/.exec(text ?? '')?.[1];
  if (!place || vgId === undefined) return ok({ first });
  const start = sectors(place.offset / SECTOR);
  const data = await readSectors(device, start, sectors(Math.floor(place.size / SECTOR)));
  if (!data.ok) return err({ ...data.error, device: path });
  if (!hasAreaMagic(data.value)) return ok({ first });
  const said = judgeSecondArea(data.value, place.offset, vgId);
  return ok({ first, said, ...(said.kind === 'second-found' ? { second: place } : {}) });
}
