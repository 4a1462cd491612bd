/** The header of a metadata area, one sector (reference 1.5, 1.6). */
import { byteStringToBytes, hasBytesAt, view } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectorsToBigBytes, type Sectors } from '../../base/units.ts';
import type { DamageData } from '../../contract/errors.ts';
import type { AreaHeader, TextLocation } from './disk-types.ts';
import { sectorsOf } from './label.ts';

const MAGIC = byteStringToBytes(' LVM2 x[5A%r0N*>');
const VERSION = 1;
/** Byte offsets in the sector. */
const AT = { magic: 4, version: 20, start: 24, size: 32, slot0: 40, slot1: 64 } as const;
const IGNORED = 1;

/**
 * @param start sector the header was read from: it must say the same.
 * @param limit size of the area as the label has it: a header that claims more would have metadata
 * written over data.
 */
export function parseAreaHeader(
  data: Uint8Array,
  start: Sectors,
  limit: Sectors,
  device: string,
): Result<AreaHeader, DamageData> {
  const fields = view(data);
  const damaged = (at: number, field: string, why: string) => {
    const offset = start * SECTOR + at;
    return err<DamageData>({ code: 'damaged', device, part: 'mda-header', offset, field, why });
  };
  if (fields.getUint32(0, true) !== lvmCrc(data.subarray(4, SECTOR))) {
    return damaged(0, 'checksum', 'it does not fit the sector');
  }
  if (!hasBytesAt(data, AT.magic, MAGIC)) {
    return damaged(AT.magic, 'magic', 'it is not that of a metadata area');
  }
  const version = fields.getUint32(AT.version, true);
  if (version !== VERSION) return damaged(AT.version, 'version', `${version} is not ${VERSION}`);
  if (fields.getBigUint64(AT.start, true) !== sectorsToBigBytes(start)) {
    return damaged(AT.start, 'start', 'it is not where the header was found');
  }
  const size = sectorsOf(fields.getBigUint64(AT.size, true));
  if (size === undefined || size < 1) {
    return damaged(AT.size, 'size', 'not a count of bytes in whole sectors, 512 or more');
  }
  if (size > limit) {
    return damaged(AT.size, 'size', `${size} sectors are more than the ${limit} of the area`);
  }
  const committed = parseSlot(fields, AT.slot0, size);
  if (committed === 'bad') {
    return damaged(AT.slot0, 'raw_locn[0]', 'the text lies outside of the area');
  }
  // Ordinary readers never look at the second slot; what makes no sense there is no text.
  const second = parseSlot(fields, AT.slot1, size);
  const precommitted = second === 'bad' ? undefined : second;
  return ok({
    start,
    size,
    ...(committed ? { committed } : {}),
    ...(precommitted ? { precommitted } : {}),
    ignored: (fields.getUint32(AT.slot0 + 20, true) & IGNORED) === IGNORED,
  });
}

function parseSlot(fields: DataView, at: number, area: Sectors): TextLocation | undefined | 'bad' {
  const [offset, size] = [fields.getBigUint64(at, true), fields.getBigUint64(at + 8, true)];
  if (offset === 0n && size === 0n) return undefined;
  const end = sectorsToBigBytes(area);
  const first = BigInt(SECTOR);
  if (offset < first || offset >= end || size < 1n || size > end - first) return 'bad';
  const checksum = fields.getUint32(at + 16, true);
  return { offset: Number(offset), size: Number(size), checksum };
}

/** The sector to be written at `header.start`. */
export function buildAreaHeader(header: AreaHeader): Uint8Array {
  const data = new Uint8Array(SECTOR);
  const fields = view(data);
  data.set(MAGIC, AT.magic);
  fields.setUint32(AT.version, VERSION, true);
  fields.setBigUint64(AT.start, sectorsToBigBytes(header.start), true);
  fields.setBigUint64(AT.size, sectorsToBigBytes(header.size), true);
  putSlot(fields, AT.slot0, header.committed);
  putSlot(fields, AT.slot1, header.precommitted);
  if (header.ignored) fields.setUint32(AT.slot0 + 20, IGNORED, true);
  fields.setUint32(0, lvmCrc(data.subarray(4)), true);
  return data;
}

function putSlot(fields: DataView, at: number, text: TextLocation | undefined): void {
  if (!text) return;
  fields.setBigUint64(at, BigInt(text.offset), true);
  fields.setBigUint64(at + 8, BigInt(text.size), true);
  fields.setUint32(at + 16, text.checksum, true);
}

/** The header with the new text in its second slot: readers still use the first. */
export const withPrecommitted = (header: AreaHeader, text: TextLocation): AreaHeader => ({
  ...header,
  precommitted: text,
});

/**
 * The header with the new text in its first slot and nothing in the second. An area that is set
 * aside points at the text as well, but readers do not follow it.
 */
export const withCommitted = (
  { start, size }: AreaHeader,
  text: TextLocation,
  ignored = false,
): AreaHeader => ({ start, size, ignored, committed: text });

/** The header without its second slot. */
export const withoutPrecommitted = (header: AreaHeader): AreaHeader => {
  const { precommitted: _precommitted, ...rest } = header;
  return rest;
};

/** The header with both slots empty: the group is gone, its text stays in the buffer. */
export const withoutText = ({ start, size, ignored }: AreaHeader): AreaHeader => ({
  start,
  size,
  ignored,
});
