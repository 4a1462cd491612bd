/** The actions of a plan that write metadata and the headers of its areas (reference 1.6). */
import type { ByteText } from '../base/byte-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Scratch } from '../base/scratch.ts';
import { SECTOR } from '../base/units.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { EventBody } from '../contract/events.ts';
import type { LogRecord } from '../contract/log.ts';
import type { Action, AreaRef, Plan } from '../contract/plan.ts';
import {
  encodeText,
  type EncodedText,
  readAreaHeader,
  writeAreaHeader,
  writeText,
} from '../lvm/area-io.ts';
import {
  withCommitted,
  withoutPrecommitted,
  withoutText,
  withPrecommitted,
} from '../lvm/format/area-header.ts';
import type { VolumeGroup } from '../lvm/format/model.ts';
import type { TextCache } from '../lvm/scan-pv.ts';
import type { AreaHeader, ScanDisk, TextLocation } from '../lvm/scan-types.ts';
import type { Log } from './log-actions.ts';

type Done = Result<void, VolumeError>;
type Of<K extends Action['kind']> = Extract<Action, { readonly kind: K }>;

/** One command's view of the metadata areas it writes. */
export class MetadataWriter {
  /** Where it put its text last, by area. */
  private readonly written = new Map<string, TextLocation>();
  private prepared: { readonly of: ByteText; readonly text: EncodedText } | undefined;
  /** Areas that the command does without. */
  private readonly failing = new Set<string>();
  private unsaid: Notice[] = [];

  constructor(
    private readonly disks: readonly ScanDisk[],
    private readonly texts: TextCache,
    private readonly scratch: Scratch,
    private readonly emit: (body: EventBody) => void,
    private readonly log?: Log,
  ) {}

  /** What should be said of the actions since the last time. */
  takeNotices(): readonly Notice[] {
    return this.unsaid.splice(0);
  }

  /** Makes the bytes of a plan's text, for which there may be no better time. */
  prepare({ steps }: Plan): void {
    const found = steps.find(({ action }) => action.kind === 'write-metadata')?.action;
    if (found?.kind !== 'write-metadata') return;
    this.prepared = { of: found.text, text: this.encode(found.text) };
  }

  /** Of the text that was prepared, if it is this one. */
  private encode(of: ByteText): EncodedText {
    const { prepared } = this;
    this.prepared = undefined;
    if (prepared?.of === of) return prepared.text;
    return encodeText(of, (bytes) => this.scratch.take(bytes));
  }

  async write(action: Of<'write-metadata'>): Promise<Done> {
    const text = this.encode(action.text);
    const done = await this.put(action, text);
    this.scratch.giveBack(text.padded);
    return done;
  }

  private async put(action: Of<'write-metadata'>, text: EncodedText): Promise<Done> {
    const { vg, seqno } = action;
    return this.onEach(action, async (area) => {
      const found = await this.header(area);
      if (!found.ok) return found;
      const { disk, header } = found.value;
      const place = await writeText(disk, header, text, { vg, seqno });
      if (!place.ok) return place;
      this.written.set(key(area), place.value);
      this.texts.knows(disk.path, header, place.value, action.text, action.group as VolumeGroup);
      this.emit({ kind: 'metadata', vg, seqno, device: area.device, phase: 'write' });
      return ok();
    });
  }

  precommit(action: Of<'precommit-metadata'>): Promise<Done> {
    const { vg, seqno } = action;
    return this.onEach(action, async (area) => {
      const phase = { phase: 'precommit', vg, seqno } as const;
      const done = await this.point(area, withPrecommitted, phase);
      if (!done.ok) return done;
      this.emit({ kind: 'metadata', vg, seqno, device: area.device, phase: 'precommit' });
      return ok();
    });
  }

  /** In their order; ends with the first failure, unless it can do without what fails twice. */
  private async onEach(
    { vg, areas, tolerant }: Of<'write-metadata' | 'precommit-metadata'>,
    work: (area: AreaRef) => Promise<Done>,
  ): Promise<Done> {
    let [some, failure]: [boolean, Done] = [false, ok()];
    for (const area of areas.filter((one) => !this.failing.has(key(one)))) {
      let done = await work(area);
      if (!done.ok && tolerant) done = await work(area);
      if (done.ok) some = true;
      else if (!tolerant) return done;
      else {
        failure = done;
        this.failing.add(key(area));
        this.unsaid.push({ code: 'copy-not-written', vg, device: area.device });
      }
    }
    return some ? ok() : failure;
  }

  /**
   * Committed as soon as one area has it that is read: a disk that fails here keeps the old
   * version. Areas that are set aside with this version come first: until another one has it, the
   * old version is still to be found where it was. Outvoted, it takes all of them, or none.
   */
  async commit({ vg, seqno, areas, outvoted }: Of<'commit-metadata'>): Promise<Done> {
    let committed = 0;
    let failure: Done = ok();
    const before = outvoted ? await this.headers(areas) : [];
    const open = areas.filter((one) => !this.failing.has(key(one)));
    for (const area of open.sort((a, b) => Number(b.ignored) - Number(a.ignored))) {
      const done = await this.point(
        area,
        (header, text) => withCommitted(header, text, area.ignored),
        { phase: 'commit', vg, seqno },
      );
      const there = done.ok || (await this.isCommitted(area));
      if (there) {
        if (!area.ignored) committed++;
        this.emit({ kind: 'metadata', vg, seqno, device: area.device, phase: 'commit' });
      } else failure = done;
    }
    if (outvoted && !failure.ok) {
      for (const { disk, header } of before) await writeAreaHeader(disk, header);
      return failure;
    }
    return committed > 0 ? ok() : failure;
  }

  async revert({ vg, areas }: Of<'revert-metadata'>): Promise<Done> {
    let failure: Done = ok();
    for (const area of areas) {
      const done = await this.change(area, withoutPrecommitted);
      if (done.ok) {
        this.emit({ kind: 'metadata', vg, seqno: 0, device: area.device, phase: 'revert' });
      } else failure = done;
    }
    return failure;
  }

  /** An orphan's areas hold no text: only the mark of their headers changes. */
  async setAside({ areas }: Of<'set-aside'>): Promise<Done> {
    for (const area of areas) {
      const done = await this.change(area, (header) => ({ ...header, ignored: area.ignored }));
      if (!done.ok) return done;
    }
    return ok();
  }

  /** Empties every header, or puts back those already emptied. */
  async erase({ vg, areas }: Of<'erase-metadata'>): Promise<Done> {
    const emptied: { disk: ScanDisk; header: AreaHeader }[] = [];
    for (const area of areas) {
      const found = await this.header(area);
      const done = found.ok
        ? await writeAreaHeader(found.value.disk, withoutText(found.value.header))
        : found;
      if (done.ok && found.ok) emptied.push(found.value);
      if (!done.ok) {
        if (found.ok) emptied.push(found.value);
        for (const { disk, header } of emptied) await writeAreaHeader(disk, header);
        return done;
      }
      this.emit({ kind: 'metadata', vg, seqno: 0, device: area.device, phase: 'erase' });
    }
    return ok();
  }

  /** As they are now; those that cannot be read are left out. */
  private async headers(areas: readonly AreaRef[]) {
    const found = await Promise.all(areas.map((area) => this.header(area)));
    return found.flatMap((one) => (one.ok ? [one.value] : []));
  }

  private point(
    area: AreaRef,
    change: (header: AreaHeader, text: TextLocation) => AreaHeader,
    version: Version,
  ): Promise<Done> {
    const text = this.written.get(key(area));
    if (!text) return Promise.resolve(err({ code: 'no-metadata-areas', vg: area.device }));
    return this.change(area, (header) => {
      const next = change(header, text);
      for (const record of headerRecords(area, next, version)) this.log?.(record);
      return next;
    });
  }

  private async change(area: AreaRef, change: (header: AreaHeader) => AreaHeader): Promise<Done> {
    const found = await this.header(area);
    if (!found.ok) return found;
    return writeAreaHeader(found.value.disk, change(found.value.header));
  }

  /** A write that reported failure may have reached the disk all the same: read it back. */
  private async isCommitted(area: AreaRef): Promise<boolean> {
    const found = await this.header(area);
    const text = this.written.get(key(area));
    const slot = found.ok ? found.value.header.committed : undefined;
    if (!found.ok || found.value.header.ignored !== area.ignored) return false;
    return text !== undefined && slot?.offset === text.offset && slot.checksum === text.checksum;
  }

  private async header(
    area: AreaRef,
  ): Promise<Result<{ disk: ScanDisk; header: AreaHeader }, VolumeError>> {
    const disk = this.disk(area.device);
    if (!disk.ok) return disk;
    const header = await readAreaHeader(disk.value, area);
    return header.ok ? ok({ disk: disk.value, header: header.value }) : header;
  }

  private disk(device: string): Result<ScanDisk, VolumeError> {
    const disk = this.disks.find(({ path }) => path === device);
    return disk ? ok(disk) : err({ code: 'device-not-found', device, command: 'engine' });
  }
}

const key = ({ device, start }: AreaRef): string => `${device} ${start}`;

type Version = Pick<Extract<LogRecord, { code: 'metadata-header' }>, 'phase' | 'vg' | 'seqno'>;

function headerRecords(
  area: AreaRef,
  { committed, precommitted, ignored }: AreaHeader,
  version: Version,
): readonly LogRecord[] {
  const slots = [committed ?? NO_TEXT, precommitted ?? NO_TEXT] as const;
  const { phase, vg } = version;
  const place = { device: area.device, header: area.start * SECTOR };
  return [
    { code: 'metadata-header', ...version, ...place, ignored },
    { code: 'metadata-slots', phase, vg, slots },
  ];
}

const NO_TEXT = { offset: 0, size: 0 };
