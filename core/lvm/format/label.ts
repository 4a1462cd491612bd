/** The label sector: label, PV header and its extension (reference 1.2). */
import { assert } from '../../base/assert.ts';
import { byteStringToBytes, bytesToByteString, hasBytesAt, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { parseLvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, sectorsToBigBytes, type Sectors } from '../../base/units.ts';
import type { DamageData } from '../../contract/errors.ts';
import type { DiskRange, PvLabel } from './disk-types.ts';

/** A label stands in one of these first sectors. */
export const LABEL_SCAN = sectors(4);
/** The version that has the "used" flag. */
export const EXTENSION_VERSION = 2;
/** Bit 0 of the extension's flags: the PV is in a group. */
export const PV_USED = 1;

const ID = byteStringToBytes('LABELONE');
const TYPE = byteStringToBytes('LVM2 001');
const CRC_FROM = 20;
const HEADER = 32;
const HEADER_SIZE = 40;

type Parsed = Result<PvLabel | undefined, DamageData>;

/**
 * Finds the PV label in the first sectors of a device.
 * @param data up to four sectors from the device's start.
 * @returns the first sound label; undefined where none of the sectors claims to be one, or it names
 * another sector or another kind of label; the damage of the first damaged one if none is sound.
 */
export function findLabel(data: Uint8Array, device: string): Parsed {
  let damage: Parsed = ok(undefined);
  const count = Math.min(LABEL_SCAN, Math.floor(data.length / SECTOR));
  for (let sector = 0; sector < count; sector++) {
    const found = parseLabel(data.subarray(sector * SECTOR, (sector + 1) * SECTOR), sector, device);
    if (found.ok && found.value) return found;
    if (!found.ok && damage.ok) damage = found;
  }
  return damage;
}

/** The sectors that begin as a label does, whatever follows. */
export function labelsIn(data: Uint8Array): readonly Sectors[] {
  const found: Sectors[] = [];
  for (let sector = 0; (sector + 1) * SECTOR <= data.length; sector++) {
    const start = sector * SECTOR;
    if (hasBytesAt(data, start, ID)) found.push(sectors(sector));
  }
  return found;
}

function parseLabel(data: Uint8Array, sector: number, device: string): Parsed {
  if (!hasBytesAt(data, 0, ID)) return ok(undefined);
  const fields = view(data);
  if (fields.getBigUint64(8, true) !== BigInt(sector)) return ok(undefined);
  const reader = new HeaderReader(data, sector, device);
  const crc = lvmCrc(data.subarray(CRC_FROM));
  if (fields.getUint32(16, true) !== crc) {
    return reader.damaged('label', 16, 'crc', 'it does not fit the sector');
  }
  if (!hasBytesAt(data, 24, TYPE)) return ok(undefined);
  const offset = fields.getUint32(20, true);
  if (offset < HEADER || offset > SECTOR - HEADER_SIZE) {
    return reader.damaged('label', 20, 'offset', `${offset} is not inside the sector`);
  }
  return reader.parse(offset);
}

/** Reads the header behind a label; every list must end inside the sector. */
class HeaderReader {
  constructor(
    private readonly data: Uint8Array,
    private readonly sector: number,
    private readonly device: string,
  ) {}

  parse(offset: number): Parsed {
    const idText = bytesToByteString(this.data.subarray(offset, offset + 32));
    const pvId = parseLvmId(idText);
    if (pvId === undefined || idText.includes('-')) {
      return this.damaged('pv-header', offset, 'pv_uuid', 'not an identifier of 32 characters');
    }
    const deviceSize = this.sectorsAt(offset + 32, 'device_size');
    if (!deviceSize.ok) return deviceSize;
    const dataAreas = this.list(offset + HEADER_SIZE, 'data areas');
    if (!dataAreas.ok) return dataAreas;
    const metadataAreas = this.list(dataAreas.value.end, 'metadata areas');
    if (!metadataAreas.ok) return metadataAreas;
    const extension = this.extension(metadataAreas.value.end);
    if (!extension.ok) return extension;
    return ok({
      pvId,
      deviceSize: deviceSize.value,
      labelSector: this.sector,
      dataAreas: dataAreas.value.areas,
      metadataAreas: metadataAreas.value.areas,
      ...extension.value,
    });
  }

  /** Version 0, or no room for one: there is none. */
  private extension(
    at: number,
  ): Result<Pick<PvLabel, 'extensionVersion' | 'extensionFlags' | 'bootloaderAreas'>, DamageData> {
    const fields = view(this.data);
    const version = at + 8 <= SECTOR ? fields.getUint32(at, true) : 0;
    if (version === 0) return ok({ extensionVersion: 0, extensionFlags: 0, bootloaderAreas: [] });
    const bootloader = this.list(at + 8, 'bootloader areas');
    if (!bootloader.ok) return bootloader;
    return ok({
      extensionVersion: version,
      extensionFlags: fields.getUint32(at + 4, true),
      bootloaderAreas: bootloader.value.areas,
    });
  }

  private list(
    from: number,
    field: string,
  ): Result<{ readonly areas: readonly DiskRange[]; readonly end: number }, DamageData> {
    const areas: DiskRange[] = [];
    for (let at = from; at + 16 <= SECTOR; at += 16) {
      const name = `${field}[${areas.length}]`;
      const start = this.sectorsAt(at, `${name}.offset`);
      if (!start.ok) return start;
      if (start.value === 0) return ok({ areas, end: at + 16 });
      const size = this.sectorsAt(at + 8, `${name}.size`);
      if (!size.ok) return size;
      areas.push({ start: start.value, size: size.value });
    }
    return this.damaged('pv-header', from, field, 'the list does not end inside the sector');
  }

  private sectorsAt(at: number, field: string): Result<Sectors, DamageData> {
    const found = sectorsOf(view(this.data).getBigUint64(at, true));
    if (found !== undefined) return ok(found);
    return this.damaged('pv-header', at, field, 'not a count of bytes in whole sectors');
  }

  damaged(part: DamageData['part'], at: number, field: string, why: string) {
    const { device } = this;
    const offset = this.sector * SECTOR + at;
    return err<DamageData>({ code: 'damaged', device, part, offset, field, why });
  }
}

/** Bytes of a disk field as sectors; undefined if they are not whole sectors or out of reach. */
export function sectorsOf(byteCount: bigint): Sectors | undefined {
  const count = byteCount / BigInt(SECTOR);
  if (byteCount % BigInt(SECTOR) !== 0n || count > BigInt(Number.MAX_SAFE_INTEGER))
    return undefined;
  return sectors(Number(count));
}

/** The sector to be written at `label.labelSector`. */
export function buildLabelSector(label: PvLabel): Uint8Array {
  const data = new Uint8Array(SECTOR);
  const fields = view(data);
  const { extensionVersion, bootloaderAreas } = label;
  const lists = [label.dataAreas, label.metadataAreas];
  const extended = extensionVersion > 0;
  const entries = [...lists, ...(extended ? [bootloaderAreas] : [])].map((list) => list.length + 1);
  const size = HEADER + HEADER_SIZE + entries.reduce((sum, n) => sum + n * 16, extended ? 8 : 0);
  assert(size <= SECTOR, `a label of ${size} bytes does not fit its sector`);

  data.set(ID, 0);
  fields.setBigUint64(8, BigInt(label.labelSector), true);
  fields.setUint32(20, HEADER, true);
  data.set(TYPE, 24);
  data.set(byteStringToBytes(label.pvId), HEADER);
  fields.setBigUint64(HEADER + 32, sectorsToBigBytes(label.deviceSize), true);
  let at = HEADER + HEADER_SIZE;
  const put = (list: readonly DiskRange[]): void => {
    for (const { start, size: length } of list) {
      fields.setBigUint64(at, sectorsToBigBytes(start), true);
      fields.setBigUint64(at + 8, sectorsToBigBytes(length), true);
      at += 16;
    }
    at += 16;
  };
  lists.forEach(put);
  if (extended) {
    fields.setUint32(at, extensionVersion, true);
    fields.setUint32(at + 4, label.extensionFlags, true);
    at += 8;
    put(bootloaderAreas);
  }
  fields.setUint32(16, lvmCrc(data.subarray(CRC_FROM)), true);
  return data;
}
