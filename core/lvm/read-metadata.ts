/** What one disk holds of metadata, for people: structures, areas, and every text in them. */
import { ok, type Result } from '../base/result.ts';
import { SECTOR, sectors, sectorsToBytes } from '../base/units.ts';
import { readSectors } from '../block/device.ts';
import type { DamageData, IoErrorData } from '../contract/errors.ts';
import type { MetadataAreaState, PvMetadata, TextState } from '../contract/metadata.ts';
import { readAreaHeader, readText } from './area-io.ts';
import { ioErrorOf } from './disk-io.ts';
import { piecesOf } from './format/circular.ts';
import { decodeAreaHeader } from './format/decode-area.ts';
import { decodeLabel } from './format/decode-label.ts';
import { findTexts, type FoundText } from './format/find-texts.ts';
import { findLabel, LABEL_SCAN } from './format/label.ts';
import type { AreaHeader, DiskRange, ScanDisk, TextLocation } from './scan-types.ts';

type ReadError = DamageData | IoErrorData;
/** The sentence for an error. */
export type ReasonOf = (error: ReadError) => string;

/** More of an area is not searched for older texts. Bytes. */
const SEARCH_LIMIT = 16 * 2 ** 20;

/** Fails only where the first sectors cannot be read; everything else is part of the answer. */
export async function readMetadata(
  disk: ScanDisk,
  reason: ReasonOf,
): Promise<Result<PvMetadata, IoErrorData>> {
  const { path: device } = disk;
  const deviceSize = sectorsToBytes(disk.device.size);
  const count = sectors(Math.min(LABEL_SCAN, disk.device.size));
  const read = await readSectors(disk.device, sectors(0), count);
  if (!read.ok) return ioErrorOf(read.error, disk, sectors(0));
  const label = findLabel(read.value, device);
  const structures = decodeLabel(read.value, device);
  if (!label.ok || !label.value) {
    const none = structures.length === 0 ? 'No sector of the first four claims to be a label.' : '';
    const problem = label.ok ? none || 'The label is not one of LVM2.' : reason(label.error);
    return ok({ device, deviceSize, structures, areas: [], problem });
  }
  const areas: MetadataAreaState[] = [];
  for (const range of label.value.metadataAreas) areas.push(await readArea(disk, range, reason));
  return ok({ device, deviceSize, structures, areas });
}

async function readArea(
  disk: ScanDisk,
  range: DiskRange,
  reason: ReasonOf,
): Promise<MetadataAreaState> {
  const place = { start: range.start * SECTOR, size: range.size * SECTOR };
  const nothing = { ...place, ignored: false, texts: [], searched: 0 };
  const parsed = await readAreaHeader(disk, range);
  // The header is looked at also where the label gives the area no size at all.
  const wanted = sectors(Math.max(1, Math.min(range.size, SEARCH_LIMIT / SECTOR)));
  const inside = range.start + wanted <= disk.device.size;
  const read = inside ? await readSectors(disk.device, range.start, wanted) : undefined;
  if (!read?.ok) return parsed.ok ? nothing : { ...nothing, problem: reason(parsed.error) };
  const header = decodeAreaHeader(read.value, place.start, place.size);
  const found = findTexts(read.value);
  const area = { ...place, header, searched: read.value.length };
  if (!parsed.ok) {
    const texts = found.map((text) => stateOf(text, 'older', 'none'));
    return { ...area, ignored: false, texts, problem: reason(parsed.error) };
  }
  const texts = await textsOf(disk, parsed.value, found);
  const bad = texts.some(({ kind, checksum }) => kind === 'committed' && checksum === 'wrong');
  const problem = bad ? { problem: 'The checksum does not fit the committed text.' } : {};
  return { ...area, ignored: parsed.value.ignored, texts, ...problem };
}

/** Those that the slots name, and what was found besides; in the order of the buffer. */
async function textsOf(
  disk: ScanDisk,
  header: AreaHeader,
  found: readonly FoundText[],
): Promise<readonly TextState[]> {
  const { committed, precommitted } = header;
  // Readers believe the second slot only where it names another place (reference 1.6).
  const second = precommitted?.offset === committed?.offset ? undefined : precommitted;
  const named: TextState[] = [];
  for (const [kind, location] of [
    ['committed', committed],
    ['precommitted', second],
  ] as const) {
    if (location) named.push(await namedText(disk, header, location, kind, found));
  }
  const inNamed = ({ offset }: FoundText): boolean =>
    named.some((text) =>
      piecesOf(sectorsToBytes(header.size), text).some(
        (piece) => offset >= piece.offset && offset < piece.offset + piece.size,
      ),
    );
  const older = found.filter((text) => !inNamed(text));
  const all = [...named, ...older.map((text) => stateOf(text, 'older', 'none'))];
  return all.sort((a, b) => a.offset - b.offset);
}

async function namedText(
  disk: ScanDisk,
  header: AreaHeader,
  location: TextLocation,
  kind: TextState['kind'],
  found: readonly FoundText[],
): Promise<TextState> {
  const text = await readText(disk, header, location);
  const known = found.find(({ offset }) => offset === location.offset);
  const checksum = text.ok ? 'ok' : 'wrong';
  const { offset, size } = location;
  return {
    ...(known && stateOf(known, kind, checksum)),
    kind,
    checksum,
    offset,
    size,
    whole: text.ok,
  };
}

const stateOf = (
  text: FoundText,
  kind: TextState['kind'],
  checksum: TextState['checksum'],
): TextState => ({ ...text, kind, checksum });
