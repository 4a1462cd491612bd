/** Sectors that pvck writes anew (reference 1.2, 1.5, 11.5). Offsets and sizes in bytes. */
import { byteStringToBytes, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { SECTOR } from '../../base/units.ts';
import { AREA_MAGIC } from './raw-area.ts';

const HEADER = 32;

/** The sector with the constant parts of a label and its checksum; the PV header stays as it is. */
export function labelHeaderBytes(old: Uint8Array, sector: number): Uint8Array {
  const data = old.slice();
  const fields = view(data);
  data.set(byteStringToBytes('LABELONE'), 0);
  fields.setBigUint64(8, BigInt(sector), true);
  fields.setUint32(20, HEADER, true);
  data.set(byteStringToBytes('LVM2 001'), 24);
  fields.setUint32(16, lvmCrc(data.subarray(20)), true);
  return data;
}

export interface NewPvHeader {
  /** 32 characters. */
  readonly pvId: string;
  readonly deviceSize: number;
  readonly dataOffset: number;
  readonly areas: readonly { readonly offset: number; readonly size: number }[];
}

/** Label and PV header of a PV that is in a group. */
export function pvHeaderBytes(header: NewPvHeader, sector: number): Uint8Array {
  const data = new Uint8Array(SECTOR);
  const fields = view(data);
  const put = (at: number, value: number): void => {
    fields.setBigUint64(at, BigInt(value), true);
  };
  data.set(byteStringToBytes(header.pvId), HEADER);
  put(HEADER + 32, header.deviceSize);
  put(HEADER + 40, header.dataOffset);
  let at = HEADER + 72;
  for (const { offset, size } of header.areas) {
    put(at, offset);
    put(at + 8, size);
    at += 16;
  }
  // Version 2 knows the flag behind it: the PV is in a group.
  fields.setUint32(at + 16, 2, true);
  fields.setUint32(at + 20, 1, true);
  return labelHeaderBytes(data, sector);
}

/** The header of an area whose text begins right behind it. */
export function areaHeaderBytes(
  area: { readonly offset: number; readonly size: number },
  text: { readonly size: number; readonly crc: number },
): Uint8Array {
  const data = new Uint8Array(SECTOR);
  const fields = view(data);
  data.set(byteStringToBytes(AREA_MAGIC), 4);
  fields.setUint32(20, 1, true);
  fields.setBigUint64(24, BigInt(area.offset), true);
  fields.setBigUint64(32, BigInt(area.size), true);
  fields.setBigUint64(40, BigInt(SECTOR), true);
  fields.setBigUint64(48, BigInt(text.size), true);
  fields.setUint32(56, text.crc, true);
  fields.setUint32(0, lvmCrc(data.subarray(4)), true);
  return data;
}
