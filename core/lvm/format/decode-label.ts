/** The label sector laid open, sound or not (reference 1.2). */
import { bytesToByteString, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { parseLvmId } from '../../base/ids.ts';
import { SECTOR } from '../../base/units.ts';
import type { StructureState } from '../../contract/metadata.ts';
import { FieldCollector, hex32 } from './decode-fields.ts';
import { findLabel, LABEL_SCAN } from './label.ts';

const ID = 'LABELONE';
const HEADER_SIZE = 40;

/**
 * @param data up to four sectors from the start of the device.
 * @returns label, PV header and extension of the sector that readers take, or of the first that
 * claims to be a label; empty where none does.
 */
export function decodeLabel(data: Uint8Array, device: string): readonly StructureState[] {
  const found = findLabel(data, device);
  const sector = (found.ok ? found.value?.labelSector : undefined) ?? firstClaim(data);
  if (sector === undefined) return [];
  return decodeSector(data.subarray(sector * SECTOR, (sector + 1) * SECTOR), sector);
}

function firstClaim(data: Uint8Array): number | undefined {
  for (let sector = 0; sector < LABEL_SCAN && (sector + 1) * SECTOR <= data.length; sector++) {
    const at = sector * SECTOR;
    if (bytesToByteString(data.subarray(at, at + ID.length)) === ID) return sector;
  }
  return undefined;
}

function decodeSector(data: Uint8Array, sector: number): readonly StructureState[] {
  const label = new FieldCollector(data, sector * SECTOR);
  label.text('id', 0, 8);
  label.u64('sector', 8, (value) =>
    value === BigInt(sector) ? undefined : `it stands in sector ${sector}`,
  );
  const crc = lvmCrc(data.subarray(20));
  label.bits('crc', 16, (value) => (value === crc ? undefined : `the sector has ${hex32(crc)}`));
  const start = label.u32('offset', 20, (value) =>
    value < 32 || value > SECTOR - HEADER_SIZE ? 'it is not inside the sector' : undefined,
  );
  label.text('type', 24, 8, (value) => (value === 'LVM2 001' ? undefined : 'it is not LVM2 001'));
  const parts = [label.structure('label')];
  if (start < 32 || start > SECTOR - HEADER_SIZE) return parts;
  const header = new FieldCollector(data, sector * SECTOR);
  header.text('pv_uuid', start, 32, (value) =>
    parseLvmId(value) === undefined || value.includes('-') ? 'it is no identifier' : undefined,
  );
  header.u64('device_size', start + 32);
  const dataEnd = list(header, data, start + HEADER_SIZE, 'data_areas');
  const end = dataEnd === undefined ? undefined : list(header, data, dataEnd, 'metadata_areas');
  parts.push(header.structure('pv-header'));
  if (end === undefined || end + 8 > SECTOR) return parts;
  const extension = new FieldCollector(data, sector * SECTOR);
  const version = extension.u32('version', end);
  extension.bits('flags', end + 4);
  if (version > 0) list(extension, data, end + 8, 'bootloader_areas');
  return [...parts, extension.structure('pv-extension')];
}

/** Where the list ends; undefined where it does not end inside the sector. */
function list(fields: FieldCollector, data: Uint8Array, from: number, name: string) {
  let index = 0;
  for (let at = from; at + 16 <= SECTOR; at += 16) {
    if (view(data).getBigUint64(at, true) === 0n) {
      fields.u64(`${name} end`, at);
      return at + 16;
    }
    fields.u64(`${name}[${index}].offset`, at);
    const last = at + 32 > SECTOR ? 'the list does not end inside the sector' : undefined;
    fields.u64(`${name}[${index}].size`, at + 8, () => last);
    index++;
  }
  return undefined;
}
