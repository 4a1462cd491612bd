/** What one disk says of itself. */
import { bytesToByteString } from '../base/bytes.ts';
import { ok, type Result } from '../base/result.ts';
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

type Parsed = Result<VolumeGroup, DamageData | IoErrorData>;

/**
 * Reads and parses equal texts once. The PVs of a group all carry the same, and from one look to
 * the next few change: like LVM, it tells texts apart by checksum and size. What a look did not
 * meet is forgotten.
 */
export class TextCache {
  private before = new Map<string, VolumeGroup>();
  private now = new Map<string, VolumeGroup>();
  private readonly reading = new Map<string, Promise<VolumeGroup | undefined>>();
  private trust: Trust = 'texts';

  /** A new look at the disks begins. */
  begin(trust: Trust): void {
    this.before = this.now;
    this.now = new Map();
    this.trust = trust;
  }

  /** The group behind a text that was just written: reading it back would tell nothing new. */
  knows(text: TextLocation, vg: VolumeGroup): void {
    this.now.set(keyOf(text), vg);
  }

  /** @param read fetches the text; its checksum fits. */
  async group(
    disk: ScanDisk,
    location: TextLocation,
    read: () => Promise<Result<Uint8Array, DamageData | IoErrorData>>,
  ): Promise<Parsed> {
    const key = keyOf(location);
    const known = await this.reading.get(key);
    const met = known ?? this.now.get(key) ?? this.trusted(key);
    if (met) {
      this.now.set(key, met);
      return ok(met);
    }
    const fetched = this.fetch(disk, key, read);
    const told = fetched.then((result) => (result.ok ? result.value : undefined));
    this.reading.set(key, told);
    const result = await fetched;
    if (this.reading.get(key) === told) this.reading.delete(key);
    return result;
  }

  private trusted(key: string): VolumeGroup | undefined {
    return this.trust === 'headers' ? this.before.get(key) : undefined;
  }

  private async fetch(
    disk: ScanDisk,
    key: string,
    read: () => Promise<Result<Uint8Array, DamageData | IoErrorData>>,
  ): Promise<Parsed> {
    const text = await read();
    if (!text.ok) return text;
    const known = this.before.get(key);
    if (known) {
      this.now.set(key, known);
      return ok(known);
    }
    const parsed = parseMetadata(bytesToByteString(text.value), disk.path);
    if (!parsed.ok) return parsed;
    this.now.set(key, parsed.value.vg);
    return ok(parsed.value.vg);
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
