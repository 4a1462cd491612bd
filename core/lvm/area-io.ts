/** Reading and writing metadata areas: their headers and the texts in their buffers. */
import { assert } from '../base/assert.ts';
import { ByteText, type AnyText } from '../base/byte-text.ts';
import { lvmCrc } from '../base/crc.ts';
import { err, ok, type Err, type Result } from '../base/result.ts';
import { SECTOR, sectors, sectorsToBytes } from '../base/units.ts';
import { readSectors, writeSectors } from '../block/device.ts';
import type { DamageData, IoErrorData, VolumeError } from '../contract/errors.ts';
import { ioErrorOf } from './disk-io.ts';
import { buildAreaHeader, parseAreaHeader } from './format/area-header.ts';
import { maxTextBytes, piecesOf, placeText } from './format/circular.ts';
import type { AreaHeader, DiskRange, ScanDisk, TextLocation } from './scan-types.ts';

type ReadError = DamageData | IoErrorData;

/** More than any group needs: a header that claims more is not believed. */
const MAX_TEXT_BYTES = 32 * 2 ** 20;
/** Places in an area are counted in bytes. */
const MAX_AREA = sectors(2 ** 53 / SECTOR - 1);
/** What LVM zeroes at the start of a new area. */
const NEW_AREA_ZEROS = sectors(8);

/** @param range the area as the PV's label has it. */
export async function readAreaHeader(
  disk: ScanDisk,
  range: DiskRange,
): Promise<Result<AreaHeader, ReadError>> {
  const end = range.start + range.size;
  if (end > disk.device.size) {
    return damaged(disk, 'mda-header', range.start * SECTOR, 'area', 'it ends beyond the device');
  }
  const read = await readSectors(disk.device, range.start, sectors(1));
  if (!read.ok) return ioErrorOf(read.error, disk, range.start);
  const limit = sectors(Math.min(range.size, MAX_AREA));
  return parseAreaHeader(read.value, range.start, limit, disk.path);
}

/**
 * The text at a location with its NUL, if its checksum says that it is whole.
 * @param room of so many bytes, for what is read; default: new memory.
 * @param known a text of this checksum: comparing is faster than summing.
 */
export async function readText(
  disk: ScanDisk,
  header: AreaHeader,
  location: TextLocation,
  room = (bytes: number): Uint8Array => new Uint8Array(bytes),
  known?: ByteText,
): Promise<Result<Uint8Array, ReadError>> {
  const fail = (field: string, why: string) => damaged(disk, 'text', 0, field, why);
  if (location.size > MAX_TEXT_BYTES) return fail('size', `${location.size} bytes are too many`);
  // Old writers did not begin on a sector. What goes on at the start of the buffer does.
  const skip = location.offset % SECTOR;
  const whole = room(Math.ceil((skip + location.size) / SECTOR) * SECTOR);
  let done = 0;
  for (const { offset, size } of piecesOf(sectorsToBytes(header.size), location)) {
    const first = Math.floor(offset / SECTOR);
    const start = sectors(header.start + first);
    const end = done + Math.ceil((offset + size) / SECTOR - first) * SECTOR;
    const read = await disk.device.submit({ op: 'read', start, data: whole.subarray(done, end) });
    if (!read.ok) return ioErrorOf(read.error, disk, start);
    done = end;
  }
  const data = whole.subarray(skip, skip + location.size);
  const sound = known?.equals(data) === true || lvmCrc(data) === location.checksum;
  if (!sound) return fail('checksum', 'it does not fit the text');
  return ok(data);
}

/** A text as it goes to disks: many of them carry the same. */
export interface EncodedText {
  /** Bytes with the NUL, without the zeros behind it. */
  readonly size: number;
  readonly checksum: number;
  /** Up to the next whole sector. */
  readonly padded: Uint8Array;
}

/**
 * @param given ends in NUL (`metadataText`).
 * @param room of so many bytes, for the result; default: new memory.
 */
export function encodeText(
  given: AnyText,
  room = (bytes: number): Uint8Array => new Uint8Array(bytes),
): EncodedText {
  const text = ByteText.of(given);
  const size = text.length;
  const ends = text.pieces.at(-1)?.at(-1) === 0;
  assert(ends && text.count(0) === 1, 'a text has one NUL, at its end');
  const padded = room(Math.ceil(size / SECTOR) * SECTOR);
  text.writeInto(padded);
  padded.fill(0, size);
  return { size, checksum: lvmCrc(padded.subarray(0, size)), padded };
}

/** For the refusal of a text that does not fit. */
export interface TextOwner {
  readonly vg: string;
  readonly seqno: number;
}

/**
 * Puts a text into the buffer behind the committed one, with zeros up to the next sector. No header
 * changes: until one does, what was written is free space. Durable when it returns.
 */
export async function writeText(
  disk: ScanDisk,
  header: AreaHeader,
  { size, checksum, padded }: EncodedText,
  owner: TextOwner,
): Promise<Result<TextLocation, VolumeError>> {
  const areaBytes = sectorsToBytes(header.size);
  // What an area that is set aside points at is no version of anything.
  const offset = placeText(areaBytes, size, header.ignored ? undefined : header.committed);
  if (offset === undefined) {
    const max = maxTextBytes(areaBytes);
    return err({ code: 'metadata-too-large', ...owner, device: disk.path, size, max });
  }
  let done = 0;
  for (const piece of piecesOf(areaBytes, { offset, size: padded.length })) {
    const start = sectors(header.start + piece.offset / SECTOR);
    const part = padded.subarray(done, (done += piece.size));
    const written = await writeSectors(disk.device, start, part);
    if (!written.ok) return ioErrorOf(written.error, disk, start);
  }
  const flushed = await disk.device.submit({ op: 'flush' });
  if (!flushed.ok) return ioErrorOf(flushed.error, disk);
  return ok({ offset, size, checksum });
}

/** Replaces the header: one sector. Durable when it returns. */
export async function writeAreaHeader(
  disk: ScanDisk,
  header: AreaHeader,
): Promise<Result<void, IoErrorData>> {
  const { start } = header;
  const data = buildAreaHeader(header);
  const done = await disk.device.submit({ op: 'write', start, data, fua: true });
  return done.ok ? ok() : ioErrorOf(done.error, disk, start);
}

/** A new, empty area: its start zeroed, its header with empty slots. Durable when it returns. */
export async function createArea(
  disk: ScanDisk,
  range: DiskRange,
  ignored = false,
): Promise<Result<AreaHeader, IoErrorData>> {
  const header: AreaHeader = { ...range, ignored };
  const zeros = new Uint8Array(Math.min(NEW_AREA_ZEROS, range.size) * SECTOR);
  const written = await writeSectors(disk.device, range.start, zeros);
  if (!written.ok) return ioErrorOf(written.error, disk, range.start);
  const done = await writeAreaHeader(disk, header);
  return done.ok ? ok(header) : done;
}

function damaged(
  disk: ScanDisk,
  part: DamageData['part'],
  offset: number,
  field: string,
  why: string,
): Err<DamageData> {
  return err({ code: 'damaged', device: disk.path, part, offset, field, why });
}
