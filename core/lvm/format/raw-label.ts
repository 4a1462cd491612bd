/**
 * A label sector read for pvck, sound or not: whatever the bytes say, in the sentences LVM has for
 * what is wrong about them (reference 1.2, 11.5). Readers of groups use label.ts, which refuses.
 */
import { bytesToByteString, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { parseLvmId } from '../../base/ids.ts';
import { SECTOR } from '../../base/units.ts';

/** One entry of a list of areas; the last one of a list is zero. Bytes. */
export interface RawLocation {
  /** From the start of the device. */
  readonly at: number;
  readonly offset: bigint;
  readonly size: bigint;
}

export interface RawLabel {
  /** Bytes from the start of the device to the sector. */
  readonly at: number;
  /** Id and type are those of a label. */
  readonly found: boolean;
  readonly id: string;
  readonly sector: bigint;
  readonly crc: number;
  readonly offset: number;
  readonly type: string;
  /** 32 bytes as they are. */
  readonly pvId: string;
  readonly deviceSize: bigint;
  /** Each list with its end. */
  readonly dataAreas: readonly RawLocation[];
  readonly metadataAreas: readonly RawLocation[];
  readonly extensionAt: number;
  readonly extensionVersion: number;
  readonly extensionFlags: number;
  readonly bootloaderAreas: readonly RawLocation[];
  /** What is wrong about the label, then about the PV header: without a full stop. */
  readonly labelChecks: readonly string[];
  readonly headerChecks: readonly string[];
}

const ID = 'LABELONE';
const TYPE = 'LVM2 001';
/** The PV header begins here whatever the label says: only there LVM ever put it. */
const HEADER = 32;
const CRC_FROM = 20;

/** @param data the sector. @param sector its number. */
export function readRawLabel(data: Uint8Array, sector: number): RawLabel {
  const at = sector * SECTOR;
  const fields = view(data);
  const text = (from: number, size: number): string =>
    bytesToByteString(data.subarray(from, from + size));
  const dataAreas = readList(data, HEADER + 40, at);
  const metadataAreas = readList(data, dataAreas.end, at);
  const extensionAt = metadataAreas.end;
  const u32 = (from: number): number => (from + 4 <= SECTOR ? fields.getUint32(from, true) : 0);
  const label = {
    at,
    id: text(0, 8),
    sector: fields.getBigUint64(8, true),
    crc: fields.getUint32(16, true),
    offset: fields.getUint32(20, true),
    type: text(24, 8),
  };
  return {
    ...label,
    found: label.id === ID && label.type === TYPE,
    pvId: text(HEADER, 32),
    deviceSize: fields.getBigUint64(HEADER + 32, true),
    dataAreas: dataAreas.list,
    metadataAreas: metadataAreas.list,
    extensionAt: at + extensionAt,
    extensionVersion: u32(extensionAt),
    extensionFlags: u32(extensionAt + 4),
    bootloaderAreas: readList(data, extensionAt + 8, at).list,
    labelChecks: checkLabel(label, sector, lvmCrc(data.subarray(CRC_FROM, SECTOR))),
    headerChecks: isPvId(text(HEADER, SECTOR - HEADER)) ? [] : ['pv_header.pv_uuid invalid format'],
  };
}

function checkLabel(
  label: Pick<RawLabel, 'id' | 'sector' | 'crc' | 'offset' | 'type'>,
  sector: number,
  crc: number,
): readonly string[] {
  const checks: string[] = [];
  const expect = (field: string, isRight: boolean, right: string): void => {
    if (!isRight) checks.push(`label_header.${field} expected ${right}`);
  };
  expect('id', label.id === ID, ID);
  expect('sector', label.sector === BigInt(sector), String(sector));
  expect('crc', label.crc === crc, `0x${crc.toString(16)}`);
  expect('offset', label.offset === HEADER, String(HEADER));
  expect('type', label.type === TYPE, TYPE);
  return checks;
}

/** LVM reads an identifier up to a NUL: the size behind it has to end in one. */
function isPvId(rest: string): boolean {
  const end = rest.indexOf('\0');
  const id = end < 0 ? rest : rest.slice(0, end);
  return parseLvmId(id) !== undefined;
}

/** Up to the entry that ends the list, or the sector's end. Offsets from the sector's start. */
function readList(
  data: Uint8Array,
  from: number,
  base: number,
): { readonly list: readonly RawLocation[]; readonly end: number } {
  const fields = view(data);
  const list: RawLocation[] = [];
  for (let at = from; at + 16 <= SECTOR; at += 16) {
    const offset = fields.getBigUint64(at, true);
    list.push({ at: base + at, offset, size: fields.getBigUint64(at + 8, true) });
    if (offset === 0n) return { list, end: at + 16 };
  }
  return { list, end: SECTOR };
}

/** Without the entry that ends the list. */
export const areasOfList = (list: readonly RawLocation[]): readonly RawLocation[] =>
  list.filter(({ offset }) => offset !== 0n);
