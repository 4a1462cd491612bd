/** What pvck prints without writing: a check, and what lies on a disk (reference 11.5). */
import { bytesToByteString, concatBytes } from '../base/bytes.ts';
import { lvmCrc } from '../base/crc.ts';
import { SECTOR, sectors } from '../base/units.ts';
import { readSectors } from '../block/device.ts';
import type { OutputLine } from '../contract/events.ts';
import type { BackupStore } from '../engine/backup-store.ts';
import { parseConfig } from '../lvm/format/config/parse.ts';
import { piecesOf } from '../lvm/format/circular.ts';
import { readRawArea, SLOT_IGNORED, type RawArea } from '../lvm/format/raw-area.ts';
import { areasOfList, readRawLabel, type RawLabel } from '../lvm/format/raw-label.ts';
import { findTexts, type Wanted } from '../lvm/format/raw-texts.ts';
import type { ScanDisk } from '../lvm/scan-types.ts';
import {
  areaLines,
  checkLines,
  foundLine,
  isTooLarge,
  labelLines,
  slotLines,
} from '../report/pvck.ts';

/** More than an area ever has: what claims to be larger is not read. */
const MOST_BYTES = 64 * 2 ** 20;

/** Bytes; both from the PV header, which may be wrong. */
export interface AreaPlace {
  readonly offset: number;
  readonly size: number;
}

export interface DumpOptions {
  readonly labelSector: number;
  /** Instead of the screen. */
  readonly file?: string;
  readonly wanted: Wanted;
  readonly verbose: boolean;
}

/** One look at one disk; collects what is printed. */
export class PvckDump {
  readonly output: OutputLine[] = [];
  /** Something was found wrong. */
  bad = false;

  constructor(
    private readonly disk: ScanDisk,
    private readonly backups: BackupStore,
    private readonly options: DumpOptions,
  ) {}

  say(...lines: readonly string[]): void {
    for (const line of lines) this.output.push({ stream: 'stdout', text: `  ${line}` });
  }

  complain(line: string): void {
    this.output.push({ stream: 'stderr', text: `  ${line}` });
  }

  /** As it is, without LVM's two blanks. */
  private print(text: string): void {
    this.output.push({ stream: 'stdout', text });
  }

  /** Undefined beyond the device, or where it cannot be read. */
  async read(offset: number, size: number): Promise<Uint8Array | undefined> {
    const { device } = this.disk;
    const first = Math.floor(offset / SECTOR);
    const last = Math.ceil((offset + size) / SECTOR);
    if (size > MOST_BYTES || last > device.size) return undefined;
    const data = await readSectors(device, sectors(first), sectors(last - first));
    const skip = offset - first * SECTOR;
    return data.ok ? data.value.subarray(skip, skip + size) : undefined;
  }

  async label(whole: boolean): Promise<RawLabel | undefined> {
    const { labelSector } = this.options;
    const data = await this.read(labelSector * SECTOR, SECTOR);
    if (!data) {
      this.say(`CHECK: failed to read label_header at ${labelSector * SECTOR}`);
      this.bad = true;
      return undefined;
    }
    const label = readRawLabel(data, labelSector);
    this.say(...labelLines(label, whole));
    if (label.labelChecks.length + label.headerChecks.length > 0) this.bad = true;
    return label;
  }

  placesOf(label: RawLabel | undefined): readonly AreaPlace[] {
    return areasOfList(label?.metadataAreas ?? []).map(({ offset, size }) => ({
      offset: Number(offset),
      size: Number(size),
    }));
  }

  /** Header and slots; undefined where the header cannot be read. */
  async area({ offset, size }: AreaPlace, whole: boolean): Promise<RawArea | undefined> {
    const area = await this.areaHeader({ offset, size }, whole);
    if (!area) return undefined;
    this.say(...slotLines(area, whole));
    return area;
  }

  private async areaHeader(
    { offset, size }: AreaPlace,
    whole: boolean,
  ): Promise<RawArea | undefined> {
    const data = await this.read(offset, SECTOR);
    if (!data) {
      this.say(`CHECK: failed to read mda_header at ${offset}`);
      this.bad = true;
      return undefined;
    }
    const area = readRawArea(data, offset, BigInt(size));
    this.say(...areaLines(area, whole));
    if (area.checks.length > 0) this.bad = true;
    return area;
  }

  /** The committed text. @param said one line about it. @param body the text itself. */
  async text(area: RawArea, said: boolean, body: boolean): Promise<void> {
    const { committed, number, at } = area;
    if (committed.offset === 0n || (committed.flags & SLOT_IGNORED) !== 0) return;
    const size = Number(isTooLarge(area, committed) ? area.size - 512n : committed.size);
    const offset = Number(committed.offset);
    const data = await this.textBytes(area, { offset, size });
    const slot = `mda_header_${number}.raw_locn[0]`;
    if (!data) {
      const place = `${slot}.offset ${offset} size ${size}`;
      this.say(`CHECK: failed to read metadata text at ${place}`);
      this.bad = true;
      return;
    }
    const crc = lvmCrc(data);
    const text = bytesToByteString(data).replace(/\0[^]*$/, '');
    const checks: string[] = [];
    if (crc !== committed.checksum) {
      checks.push(`metadata text at ${at + offset} crc does not match ${slot}.checksum`);
    }
    const parsed = parseConfig(text);
    const readable = parsed.ok && parsed.value.length > 0;
    if (!readable) checks.push(`failed to parse metadata text at ${at + offset} size ${size}`);
    this.say(...checkLines(checks));
    if (checks.length > 0) this.bad = true;
    const [root] = parsed.ok ? parsed.value : [];
    if (said) {
      const seqno = /\nseqno = (\d+)/.exec(text)?.[1] ?? '0';
      const what = `# vgname ${root?.name ?? '?'} seqno ${readable ? seqno : 0}`;
      this.say(`metadata text at ${at + offset} crc 0x${crc.toString(16)} ${what}`);
    }
    if (body) await this.put(text);
  }

  private async textBytes(area: RawArea, text: AreaPlace): Promise<Uint8Array | undefined> {
    if (text.offset >= area.size) return undefined;
    const parts: Uint8Array[] = [];
    for (const piece of piecesOf(Number(area.size), text)) {
      const data = await this.read(area.at + piece.offset, piece.size);
      if (!data) return undefined;
      parts.push(data);
    }
    return concatBytes(parts);
  }

  /** To the file that was named, or between two lines on the screen. */
  async put(text: string): Promise<boolean> {
    const { file } = this.options;
    if (file !== undefined) return this.create(file, text);
    this.say('---');
    this.print(text);
    this.say('---');
    return true;
  }

  async create(file: string, text: string): Promise<boolean> {
    const there = await this.backups.read(file);
    const done = there.ok ? there : await this.backups.write(file, text);
    if (!there.ok && done.ok) return true;
    this.complain(`Failed to create file ${file}`);
    return false;
  }

  /** Every text of an area, by what texts begin with. */
  async texts({ offset, size }: AreaPlace): Promise<void> {
    const area = await this.read(offset, size);
    if (!area) {
      this.say(`CHECK: failed to read metadata area at offset ${offset} size ${size}`);
      this.bad = true;
      return;
    }
    const { wanted, verbose, file } = this.options;
    const own =
      wanted.offset === undefined ? wanted : { ...wanted, offset: wanted.offset - offset };
    const found: string[] = [];
    const ids = new Set<string>();
    for (const text of findTexts(area, own)) {
      const at = offset + text.offset;
      if (text.kind === 'short') {
        this.say(`skip invalid metadata with len ${text.size} at ${text.offset}`);
      } else if (text.kind === 'cut') {
        this.complain(`Failed to extract full metadata text at ${at}, skipping.`);
      } else {
        ids.add(text.id);
        this.say(foundLine(offset, text));
        if (!text.readable) this.complain(`WARNING: parse error for metadata at ${at}`);
        const odd = `WARNING: unexpected terminating bytes for metadata at ${at}`;
        if (!text.ended) this.complain(odd);
        const body = bytesToByteString(text.data).replace(/\0[^]*$/, '');
        if (verbose) this.say(...aboutText(body));
        found.push(body);
      }
    }
    if (ids.size > 1) this.complain('WARNING: metadata from multiple VGs was found.');
    if (file !== undefined) await this.create(file, found.join('\n--\n'));
  }

  /** The area as it is. LVM leaves the last 512 bytes out. */
  async whole({ offset, size }: AreaPlace, area: RawArea | undefined): Promise<void> {
    const { file } = this.options;
    const data = area && file !== undefined ? await this.read(offset, size) : undefined;
    if (!data || file === undefined) {
      this.bad = true;
      return;
    }
    const text = bytesToByteString(data.subarray(0, size - SECTOR));
    if (!(await this.create(file, text))) this.bad = true;
  }

  async headerOnly(place: AreaPlace): Promise<RawArea | undefined> {
    return this.areaHeader(place, false);
  }
}

/** Who wrote it, and when. */
function aboutText(text: string): readonly string[] {
  const description = /description = [^\n]*/.exec(text)?.[0];
  const time = description && /creation_time = [^\n]*/.exec(text.slice(text.indexOf(description)));
  return [...(description ? [description] : []), ...(time ? [`${time[0]}\n`] : [])];
}
