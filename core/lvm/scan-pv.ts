/** What one disk says of itself. */
import { ByteText } from '../base/byte-text.ts';
import { bytesToByteString } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { Scratch } from '../base/scratch.ts';
import type { DamageData, IoErrorData, Notice } from '../contract/errors.ts';
import { readAreaHeader, readText } from './area-io.ts';
import { parseMetadata } from './format/import.ts';
import type { VolumeGroup } from './format/model.ts';
import { readLabel } from './label-io.ts';
import type {
  AreaHeader,
  DiskRange,
  ScanDisk,
  ScannedArea,
  ScannedPv,
  TextLocation,
} from './scan-types.ts';

/** A disk with a label, before it is known which group it is in. */
export type FoundPv = Omit<ScannedPv, 'vgName'>;

export type PvResult =
  | { readonly kind: 'pv'; readonly pv: FoundPv; readonly notices: readonly Notice[] }
  | { readonly kind: 'none'; readonly disk: ScanDisk; readonly notices: readonly Notice[] };

/** How a look at the disks takes a text that an earlier one has read. */
export type Trust =
  /** The header says the same as then: the text is not read again. */
  | 'headers'
  /** Read and summed once more, for others may write to disks; parsed again only if it differs. */
  | 'texts';

/** What a text says, or what is wrong with it: the same on every disk that carries it. */
type Said = Result<VolumeGroup, DamageData>;

/** A text that was met, and what it says. */
interface Met {
  readonly said: Said;
  /** Absent where nothing sound was found in it. */
  readonly text?: ByteText;
}

/**
 * Parses equal texts once, sound or not: the PVs of a group all carry the same, and from one look
 * to the next few change. Like LVM, it tells texts apart by checksum and size. Every disk's own
 * copy is read and summed all the same, for one of them may be spoilt. What a look did not meet is
 * forgotten.
 */
export class TextCache {
  private before = new Known();
  private now = new Known();
  private readonly scratch = new Scratch();

  /** A new look at the disks begins. */
  begin(trust: Trust): TextLook {
    this.before = this.now;
    this.now = new Known();
    return { trust, before: this.before, now: this.now, scratch: this.scratch };
  }

  /** The group behind a text that was just written: reading it back would tell nothing new. */
  knows(device: string, area: DiskRange, place: TextLocation, text: ByteText, vg: VolumeGroup) {
    this.now.met.set(keyOf(place), { said: ok(vg), text });
    this.now.copies.add(copyOf(device, area, place));
  }
}

class Known {
  /** By checksum and size. */
  readonly met = new Map<string, Met>();
  /** Places on disks where a text was whole. */
  readonly copies = new Set<string>();
}

/** One look: another one may begin before it ends, and trusts by itself. */
export interface TextLook {
  readonly trust: Trust;
  readonly before: Known;
  readonly now: Known;
  /** For texts that are read only to be summed. */
  readonly scratch: Scratch;
}

async function groupAt(
  disk: ScanDisk,
  header: AreaHeader,
  location: TextLocation,
  { trust, before, now, scratch }: TextLook,
): Promise<Result<VolumeGroup, DamageData | IoErrorData>> {
  const [key, copy] = [keyOf(location), copyOf(disk.path, header, location)];
  const known = now.met.get(key) ?? before.met.get(key);
  const trusted = trust === 'headers' && (before.copies.has(copy) || now.copies.has(copy));
  let met = trusted ? known : undefined;
  if (!met) {
    const take = (size: number): Uint8Array => scratch.take(size);
    const bytes = await readText(disk, header, location, take, known?.text);
    // What could not be read is not remembered: another disk may carry it whole.
    if (!bytes.ok) return bytes;
    met = now.met.get(key) ?? before.met.get(key);
    if (met) scratch.giveBack(bytes.value);
    // The bytes are what the group is printed as, for as long as anybody knows it.
    else met = understand(bytes.value);
  }
  now.met.set(key, met);
  now.copies.add(copy);
  const { said } = met;
  return said.ok ? said : err({ ...said.error, device: disk.path });
}

function understand(bytes: Uint8Array): Met {
  const parsed = parseMetadata(bytesToByteString(bytes), '', bytes);
  return parsed.ok ? { said: ok(parsed.value.vg), text: ByteText.of(bytes) } : { said: parsed };
}

const keyOf = ({ checksum, size }: TextLocation): string => `${checksum} ${size}`;
const copyOf = (device: string, { start }: DiskRange, text: TextLocation): string =>
  `${device} ${start} ${text.offset} ${keyOf(text)}`;

export async function readPv(disk: ScanDisk, look: TextLook): Promise<PvResult> {
  const label = await readLabel(disk);
  if (!label.ok) return { kind: 'none', disk, notices: [noticeOf(label.error)] };
  if (!label.value) return { kind: 'none', disk, notices: [] };
  const areas: ScannedArea[] = [];
  for (const range of label.value.metadataAreas) areas.push(await readArea(disk, range, look));
  const notices = areas.flatMap(({ damage }) => (damage ? [noticeOf(damage)] : []));
  const { path, device } = disk;
  return { kind: 'pv', pv: { path, device, label: label.value, areas }, notices };
}

/** An area that is set aside holds no valid text, whatever its slot says. */
async function readArea(disk: ScanDisk, range: DiskRange, look: TextLook): Promise<ScannedArea> {
  const read = await readAreaHeader(disk, range);
  if (!read.ok) return { range, damage: read.error };
  const header = read.value;
  if (!header.committed || header.ignored) return { range, header };
  const vg = await groupAt(disk, header, header.committed, look);
  return vg.ok ? { range, header, vg: vg.value } : { range, header, damage: vg.error };
}

const noticeOf = (error: DamageData | IoErrorData): Notice =>
  error.code === 'damaged'
    ? { code: 'damage-found', damage: error }
    : { code: 'disk-unreadable', error };
