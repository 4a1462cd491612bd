/** What one disk says of itself. */
import type { Result } from '../base/result.ts';
import type { DamageData, IoErrorData, Notice } from '../contract/errors.ts';
import { readAreaHeader, readText } from './area-io.ts';
import { parseMetadata } from './format/import.ts';
import type { VolumeGroup } from './format/model.ts';
import { readLabel } from './label-io.ts';
import type { DiskRange, ScanDisk, ScannedArea, ScannedPv } from './scan-types.ts';

/** A disk with a label, before it is known which group it is in. */
export type FoundPv = Omit<ScannedPv, 'vgName'>;

export type PvResult =
  | { readonly kind: 'pv'; readonly pv: FoundPv; readonly notices: readonly Notice[] }
  | { readonly kind: 'none'; readonly disk: ScanDisk; readonly notices: readonly Notice[] };

/**
 * Parses equal texts once: the PVs of a group all carry the same, and from one scan to the next few
 * change. What two scans did not meet is forgotten.
 */
export class TextCache {
  private before = new Map<string, VolumeGroup>();
  private now = new Map<string, VolumeGroup>();

  /** A new look at the disks begins. */
  begin(): void {
    this.before = this.now;
    this.now = new Map();
  }

  /** The same group as the last time where the text is the same. */
  parse(text: string, device: string): Result<VolumeGroup, DamageData> {
    const known = this.now.get(text) ?? this.before.get(text);
    if (known) {
      this.now.set(text, known);
      return { ok: true, value: known };
    }
    const parsed = parseMetadata(text, device);
    if (!parsed.ok) return parsed;
    this.now.set(text, parsed.value.vg);
    return { ok: true, value: parsed.value.vg };
  }
}

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
  const text = await readText(disk, header, header.committed);
  if (!text.ok) return { range, header, damage: text.error };
  const vg = cache.parse(text.value, disk.path);
  return vg.ok ? { range, header, vg: vg.value } : { range, header, damage: vg.error };
}

const noticeOf = (error: DamageData | IoErrorData): Notice =>
  error.code === 'damaged'
    ? { code: 'damage-found', damage: error }
    : { code: 'disk-unreadable', error };
