/**
 * The dirty log on a device of its own (reference 6.2): header in sector 0, one bit a region from
 * byte 1024 on, always written as a whole. Sector 1, which the kernel leaves alone, holds what a
 * mirror that drops legs by itself has to remember (mirror-set.ts).
 */
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import type { TargetDevice } from '../target.ts';
import { Bits } from './bits.ts';
import { DirtyLog, type Dropped, type LogHealth, type SyncWord } from './log.ts';

/** What a log begins with: `rRiM` on the disk, and the version of the format. */
export const MAGIC = 0x4d695272;
export const VERSION = 2;
/** Bytes before the bits of the regions. */
export const BITMAP = 1024;
/** `LVSd`, and the sector it stands in. */
const DROPPED_MAGIC = 0x6453564c;
const DROPPED_AT = 512;

/** Sectors that a log of so many regions occupies. */
export const logSectors = (regions: number): Sectors =>
  sectors(Math.ceil((BITMAP + Bits.bytesFor(regions)) / SECTOR));

export class DiskLog extends DirtyLog {
  readonly lasts = true;
  health: LogHealth = 'A';
  /** What is to be on the device; nothing before the first resume. */
  private image: Uint8Array;
  private clean: Bits;
  /** Bits that may be set on the device. */
  private readonly kept: Bits;
  /** The next write has to be durable. */
  private marking = false;
  /** Something was written that no flush covered. */
  private unflushed = false;
  private running: Promise<boolean> | undefined;
  private next: Promise<boolean> | undefined;
  private resumed = false;
  knowsDropped = false;

  constructor(
    private readonly device: TargetDevice,
    regions: number,
    private readonly word: SyncWord,
    /** How many legs the mirror has. */
    private readonly legs: number,
    /** The mirror may drop some of them. */
    private readonly mayDrop: boolean,
    private readonly failed: () => void,
  ) {
    super(regions, word);
    this.image = new Uint8Array(logSectors(regions) * SECTOR);
    this.clean = bitsIn(this.image, regions);
    this.kept = Bits.of(regions);
  }

  get dropped(): Dropped | undefined {
    const view = viewOf(this.image);
    const legs = view.getUint32(DROPPED_AT + 4, true);
    // Of a mirror of another shape it says nothing: its legs have other numbers.
    if (view.getUint32(DROPPED_AT, true) !== DROPPED_MAGIC || legs !== this.legs) return undefined;
    const mask = view.getUint32(DROPPED_AT + 8, true);
    return { legs, mask, source: view.getUint32(DROPPED_AT + 12, true) };
  }

  recordDropped(dropped: Dropped | undefined): void {
    const view = viewOf(this.image);
    const { legs, mask, source } = dropped ?? { legs: 0, mask: 0, source: 0 };
    const words = [dropped ? DROPPED_MAGIC : 0, legs, mask, source];
    for (const [at, word] of words.entries()) view.setUint32(DROPPED_AT + at * 4, word, true);
    this.marking = true;
  }

  isMarked(region: number): boolean {
    return !this.clean.get(region) && !this.kept.get(region);
  }

  mark(region: number): void {
    this.clean.put(region, false);
    if (this.kept.get(region)) this.marking = true;
  }

  clear(regions: readonly number[]): void {
    for (const region of regions) this.clean.put(region, true);
  }

  /** One write at a time; those who come while one is under way share the next. */
  flush(): Promise<boolean> {
    if (!this.running && !this.next) return this.run();
    this.next ??= (this.running ?? Promise.resolve()).then(() => {
      this.next = undefined;
      return this.run();
    });
    return this.next;
  }

  async settle(): Promise<boolean> {
    if (!this.unflushed) return true;
    this.unflushed = false;
    const done = await this.device.submit({ op: 'flush' });
    if (!done.ok) this.fail('F');
    return done.ok;
  }

  /**
   * `sync` and `nosync` are said once: what happened since is not forgotten when the same table is
   * resumed again, where the kernel would start a new log. A region is clean then if both the
   * device and what was known here say so.
   */
  async resume(soon: readonly number[]): Promise<boolean> {
    const before = this.resumed ? this.clean : undefined;
    const word = this.resumed ? undefined : this.word;
    this.health = 'A';
    const data = new Uint8Array(this.image.length);
    const read = await this.device.submit({ op: 'read', start: sectors(0), data });
    const known = read.ok ? knownRegions(data) : undefined;
    if (known === undefined) this.fail('D');
    const { dropped } = this;
    if (!read.ok) data.fill(0);
    this.image = data;
    // What was written down here is known without reading it.
    if (!read.ok && before) this.recordDropped(dropped);
    this.knowsDropped = read.ok || before !== undefined;
    // Where nothing is trusted nothing is done: the next time is the first once more.
    this.resumed = this.knowsDropped || !this.mayDrop;
    // Of what could not be read any bit may be set.
    if (read.ok) addTo(this.kept, bitsIn(data, this.count));
    else this.kept.fill(0, true);
    this.clean = bitsIn(data, this.count);
    // What was declared in sync is not where a leg is known to have missed writes, or may have.
    const unsure = this.dropped !== undefined || (this.mayDrop && !this.knowsDropped);
    const nosync = word === 'nosync' && !unsure;
    const anew = nosync || word === 'sync';
    this.clean.fill(anew ? 0 : Math.min(known ?? 0, this.count), nosync);
    if (before) keepOnly(this.clean, before);
    this.sync.bytes.set(this.clean.bytes);
    this.recount();
    for (const region of soon) this.clean.put(region, false);
    writeHeader(data, this.count);
    // It may have something to say that must not be overwritten unread.
    if (this.mayDrop && !this.knowsDropped) return false;
    this.marking = true;
    return this.flush();
  }

  private run(): Promise<boolean> {
    const run = this.writeOut().then((done) => {
      if (this.running === run) this.running = undefined;
      return done;
    });
    this.running = run;
    return run;
  }

  private async writeOut(): Promise<boolean> {
    const data = this.image.slice();
    const written = bitsIn(data, this.count);
    const durable = this.marking;
    this.marking = false;
    addTo(this.kept, written);
    const done = await this.device.submit({ op: 'write', start: sectors(0), data });
    if (!done.ok) return this.fail('D');
    this.unflushed = !durable;
    if (!durable) return true;
    const flushed = await this.device.submit({ op: 'flush' });
    if (!flushed.ok) return this.fail('F');
    this.kept.bytes.set(written.bytes);
    return true;
  }

  /** The first failure alone is told. */
  private fail(health: LogHealth): false {
    this.marking = true;
    if (this.health === 'A') this.failed();
    if (this.health !== 'F') this.health = health;
    return false;
  }
}

/** Regions that a log speaks of; 0 where it is none; undefined: of a version nobody knows. */
function knownRegions(data: Uint8Array): number | undefined {
  const view = viewOf(data);
  if (view.getUint32(0, true) !== MAGIC) return 0;
  const version = view.getUint32(4, true);
  if (version !== 1 && version !== VERSION) return undefined;
  return Number(view.getBigUint64(8, true));
}

function writeHeader(data: Uint8Array, regions: number): void {
  const view = viewOf(data);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setBigUint64(8, BigInt(regions), true);
}

function bitsIn(image: Uint8Array, regions: number): Bits {
  return new Bits(image.subarray(BITMAP, BITMAP + Bits.bytesFor(regions)), regions);
}

function keepOnly(bits: Bits, others: Bits): void {
  for (const [at, byte] of others.bytes.entries()) {
    bits.bytes[at] = (bits.bytes[at] ?? 0) & byte;
  }
}

function addTo(bits: Bits, others: Bits): void {
  for (const [at, byte] of others.bytes.entries()) {
    bits.bytes[at] = (bits.bytes[at] ?? 0) | byte;
  }
}

const viewOf = (data: Uint8Array): DataView =>
  new DataView(data.buffer, data.byteOffset, data.byteLength);
