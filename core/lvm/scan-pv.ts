/** What one disk says of itself. */
import { bytesToByteString } from '../base/bytes.ts';
import { must } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { DamageData, IoErrorData, Notice } from '../contract/errors.ts';
import { readAreaHeader, readText } from './area-io.ts';
import { parseMetadata } from './format/import.ts';
import type { VolumeGroup } from './format/model.ts';
import { readLabel } from './label-io.ts';
import type { DiskRange, ScanDisk, ScannedArea, ScannedPv, TextLocation } from './scan-types.ts';

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
type Fetch = () => Promise<Result<Uint8Array, DamageData | IoErrorData>>;

/**
 * Reads and parses equal texts once, sound or not. The PVs of a group all carry the same, and from
 * one look to the next few change: like LVM, it tells texts apart by checksum and size. What a look
 * did not meet is forgotten.
 */
export class TextCache {
  private before = new Map<string, Said>();
  private now = new Map<string, Said>();
  private readonly reading = new Map<string, Promise<Said | undefined>>();
  private trust: Trust = 'texts';

  /** A new look at the disks begins. */
  begin(trust: Trust): void {
    this.before = this.now;
    this.now = new Map();
    this.trust = trust;
  }

  /** The group behind a text that was just written: reading it back would tell nothing new. */
  knows(text: TextLocation, vg: VolumeGroup): void {
    this.now.set(keyOf(text), ok(vg));
  }

  /** @param fetch reads the text; its checksum fits. */
  async group(
    disk: ScanDisk,
    location: TextLocation,
    fetch: Fetch,
  ): Promise<Result<VolumeGroup, DamageData | IoErrorData>> {
    const key = keyOf(location);
    const told = await this.reading.get(key);
    const trusted = this.trust === 'headers' ? this.before.get(key) : undefined;
    const known = told ?? this.now.get(key) ?? trusted;
    if (known) return this.keep(key, known, disk);
    const text = fetch();
    const said = text.then((bytes) => (bytes.ok ? this.understand(key, bytes.value) : undefined));
    this.reading.set(key, said);
    const [bytes, meaning] = [await text, await said];
    if (this.reading.get(key) === said) this.reading.delete(key);
    // What could not be read is not remembered: another disk may carry it whole.
    if (!bytes.ok) return bytes;
    return this.keep(key, must(meaning, 'what a text says'), disk);
  }

  private understand(key: string, bytes: Uint8Array): Said {
    const known = this.before.get(key);
    if (known) return known;
    const parsed = parseMetadata(bytesToByteString(bytes), '');
    return parsed.ok ? ok(parsed.value.vg) : parsed;
  }

  private keep(key: string, said: Said, { path }: ScanDisk): Said {
    this.now.set(key, said);
    return said.ok ? said : err({ ...said.error, device: path });
  }
}

const keyOf = ({ checksum, size }: TextLocation): string => `${checksum} ${size}`;

export async function readPv(disk: ScanDisk, cache: TextCache): Promise<PvResult> {
  const label = await readLabel(disk);
  if (!label.ok) return { kind: 'none', disk, notices: [noticeOf(label.error)] };
  if (!label.value) return { kind: 'none', disk, notices: [] };
  const areas: ScannedArea[] = [];
  for (const range of label.value.metadataAreas) areas.push(await readArea(disk, range, cache));
  const notices = areas.flatMap(({ damage }) => (damage ? [noticeOf(damage)] : []));
  const { path, device } = disk;
  return { kind: 'pv', pv: { path, device, label: label.value, areas }, notices };
}

/** An area that is set aside holds no valid text, whatever its slot says. */
async function readArea(disk: ScanDisk, range: DiskRange, cache: TextCache): Promise<ScannedArea> {
  const read = await readAreaHeader(disk, range);
  if (!read.ok) return { range, damage: read.error };
  const header = read.value;
  if (!header.committed || header.ignored) return { range, header };
  const { committed } = header;
  const vg = await cache.group(disk, committed, () => readText(disk, header, committed));
  return vg.ok ? { range, header, vg: vg.value } : { range, header, damage: vg.error };
}

const noticeOf = (error: DamageData | IoErrorData): Notice =>
  error.code === 'damaged'
    ? { code: 'damage-found', damage: error }
    : { code: 'disk-unreadable', error };
