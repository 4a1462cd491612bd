/**
 * Exceptions on a device, in the kernel's order (reference 6.1): the data first, then, after a
 * flush, the area that names it, durable before anybody goes on. Records are gathered as long as
 * others are on their way; an area that becomes full has the next one zeroed before it.
 *
 * More careful than the kernel where a loss of power would tell lies: a new store's first area is
 * zero before its header is there, and a header that says invalid is durable (decision 030).
 */
import { must } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import type { Refusal, TargetDevice } from '../target.ts';
import type { Exception } from './exception-table.ts';
import {
  areaChunk,
  HEADER_CHUNKS,
  headerChunk,
  isAreaChunk,
  readHeader,
  readRecord,
  RECORD,
  recordsPerArea,
  SNAP_MAGIC,
  STORE_VERSION,
  writeRecord,
} from './format.ts';
import type { ExceptionRun, ExceptionStore, MergingStore, StoreUsage } from './store.ts';

/** Sectors of a chunk where neither table nor store say it. */
const DEFAULT_CHUNK = 32;
/** Areas that are read ahead of the one that is looked at, and sectors that they may have. */
const AHEAD = 16;
const AHEAD_SECTORS = 8192;

/** A run whose data is there or is not, on its way into an area. */
interface Committing extends ExceptionRun {
  /** Records that are in an area already. */
  recorded: number;
  readonly end: (durable: boolean) => void;
}

export class PersistentStore implements ExceptionStore, MergingStore {
  private area: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  private currentArea = 0;
  /** Records of the current area. */
  private committed = 0;
  private nextFree = HEADER_CHUNKS + 1;
  /** Chunks given out whose records are in no area. */
  private pending = 0;
  private readonly queue: Committing[] = [];
  private isRecording = false;
  private valid = true;
  /** Sectors of the area with records behind the one that ends it. */
  private stale: { readonly from: number; readonly to: number } | undefined;
  /** Sectors of the area that differ from those on disk. */
  private changed = { from: Number.MAX_SAFE_INTEGER, to: 0 };

  constructor(
    private readonly device: TargetDevice,
    public chunkSize: Sectors,
    /** Whether its user is told when it overflows. */
    readonly kind: 'P' | 'PO',
  ) {}

  get merging(): MergingStore {
    return this;
  }

  async load(found: (exception: Exception) => void): Promise<Result<'valid' | 'invalid', Refusal>> {
    const sector = await this.read(0, 1);
    if (!sector) return unreadable();
    const { magic, version, chunkSize, valid } = readHeader(sector);
    if (magic !== 0 && magic !== SNAP_MAGIC) return unreadable('ENXIO');
    const size = magic === 0 ? this.chunkSize || DEFAULT_CHUNK : chunkSize;
    if (!isChunkSize(size)) return unreadable('EINVAL');
    this.chunkSize = sectors(size);
    this.area = new Uint8Array(size * SECTOR);
    if (magic === 0) return (await this.make()) ? ok('valid') : unreadable();
    if (version !== STORE_VERSION) return unreadable('EINVAL');
    this.valid = valid;
    if (!valid) return ok('invalid');
    return (await this.readAreas(found)) ? ok('valid') : unreadable();
  }

  /** A header that says so is the last that is written. */
  private async make(): Promise<boolean> {
    const { chunkSize } = this;
    if (!(await this.zeroArea(0)) || !(await this.flush())) return false;
    return this.write(0, headerChunk(chunkSize, true));
  }

  private async readAreas(found: (exception: Exception) => void): Promise<boolean> {
    const ahead: Promise<Uint8Array<ArrayBuffer> | undefined>[] = [];
    for (let area = 0; ; area++) {
      // Most stores have but one.
      const more = area === 0 ? 1 : Math.min(AHEAD, Math.ceil(AHEAD_SECTORS / this.chunkSize));
      while (ahead.length < area + more) ahead.push(this.readArea(ahead.length));
      const data = await must(ahead[area], 'an area');
      if (!data) return false;
      const count = this.takeRecords(data, found);
      if (count === recordsPerArea(this.chunkSize)) continue;
      this.area = data;
      this.currentArea = area;
      this.committed = count;
      this.skipArea();
      this.dropBehind(count);
      // Nobody reads any more what was read ahead; it must have ended all the same.
      await Promise.all(ahead);
      return true;
    }
  }

  /**
   * A write of several sectors that was torn by a loss of power may leave records behind a gap.
   * Once the gap is filled they would be taken for exceptions, of chunks that are others' by then.
   */
  private dropBehind(count: number): void {
    const from = count * RECORD;
    const last = this.area.findLastIndex((byte) => byte !== 0);
    if (last < from) return;
    this.area.fill(0, from);
    this.stale = { from: Math.floor(from / SECTOR), to: Math.floor(last / SECTOR) + 1 };
  }

  /** Durable before the first new record. */
  private async clean({ from, to }: { readonly from: number; readonly to: number }): Promise<void> {
    this.stale = undefined;
    const data = this.area.slice(from * SECTOR, to * SECTOR);
    if (this.valid) {
      this.valid = await this.write(this.areaStart(this.currentArea) + from, data);
    }
  }

  /** @returns how many there are before the one that ends the list */
  private takeRecords(data: Uint8Array, found: (exception: Exception) => void): number {
    const most = recordsPerArea(this.chunkSize);
    for (let index = 0; index < most; index++) {
      const record = readRecord(data, index);
      if (record.newChunk === 0) return index;
      this.nextFree = Math.max(this.nextFree, record.newChunk + 1);
      found(record);
    }
    return most;
  }

  allocate(most: number): { readonly newChunk: number; readonly count: number } | undefined {
    const newChunk = this.nextFree;
    let count = 0;
    while (count < most && this.device.size >= (this.nextFree + 1) * this.chunkSize) {
      count++;
      this.nextFree++;
      if (this.skipArea()) break;
    }
    if (count === 0) return undefined;
    this.pending += count;
    return { newChunk, count };
  }

  private skipArea(): boolean {
    const isArea = isAreaChunk(this.nextFree, this.chunkSize);
    if (isArea) this.nextFree++;
    return isArea;
  }

  commit(run: ExceptionRun, copied: boolean): Promise<boolean> {
    if (!copied) this.valid = false;
    return new Promise((end) => {
      this.queue.push({ ...run, recorded: 0, end });
      if (!this.isRecording) void this.record();
    });
  }

  /** One area after another; what is committed meanwhile comes with the next one. */
  private async record(): Promise<void> {
    this.isRecording = true;
    if (this.stale) await this.clean(this.stale);
    const most = recordsPerArea(this.chunkSize);
    for (;;) {
      const ended: Committing[] = [];
      while (this.committed < most && this.queue.length > 0) this.recordNext(most, ended);
      // Of those that are still on their way the last one writes for all.
      const isFull = this.committed === most;
      if (!isFull && this.pending > 0) {
        this.queue.unshift(...ended);
        break;
      }
      const isEmpty = ended.length === 0 && !isFull;
      if (isEmpty) break;
      await this.writeRecords(isFull);
      for (const { end } of ended) end(this.valid);
    }
    this.isRecording = false;
  }

  private recordNext(most: number, ended: Committing[]): void {
    const next = must(this.queue[0], 'a run to record');
    const count = Math.min(next.count - next.recorded, most - this.committed);
    for (let more = 0; more < count; more++) {
      const at = next.recorded + more;
      this.put({ oldChunk: next.oldChunk + at, newChunk: next.newChunk + at });
    }
    next.recorded += count;
    this.pending -= count;
    if (next.recorded < next.count) return;
    ended.push(next);
    this.queue.shift();
  }

  private put(exception: Exception): void {
    writeRecord(this.area, this.committed, exception);
    this.touch(this.committed++);
  }

  private touch(record: number): void {
    const sector = Math.floor((record * RECORD) / SECTOR);
    const { from, to } = this.changed;
    this.changed = { from: Math.min(from, sector), to: Math.max(to, sector + 1) };
  }

  private async writeRecords(isFull: boolean): Promise<void> {
    if (this.valid && isFull) this.valid = await this.zeroArea(this.currentArea + 1);
    if (this.valid) this.valid = await this.writeArea();
    if (!isFull) return;
    this.currentArea++;
    this.committed = 0;
    this.area = new Uint8Array(this.area.length);
  }

  /** What the records stand for is durable before they are. */
  private async writeArea(): Promise<boolean> {
    if (!(await this.flush())) return false;
    const { from, to } = this.changed;
    this.changed = { from: Number.MAX_SAFE_INTEGER, to: 0 };
    const data = this.area.slice(from * SECTOR, to * SECTOR);
    return this.write(this.areaStart(this.currentArea) + from, data);
  }

  async invalidate(): Promise<void> {
    this.valid = false;
    if (this.chunkSize > 0) await this.write(0, headerChunk(this.chunkSize, false));
  }

  usage(): StoreUsage {
    const { chunkSize, device, currentArea, nextFree } = this;
    return {
      // A spoilt record may name any chunk.
      allocated: sectors(Math.min(nextFree * chunkSize, Number.MAX_SAFE_INTEGER)),
      total: device.size,
      metadata: sectors((currentArea + 1 + HEADER_CHUNKS) * chunkSize),
    };
  }

  async lastRun(most: number): Promise<ExceptionRun | 'none' | 'failed'> {
    if (this.committed === 0) {
      if (this.currentArea === 0) return 'none';
      const data = await this.readArea(this.currentArea - 1);
      if (!data) return 'failed';
      this.area = data;
      this.currentArea--;
      this.committed = recordsPerArea(this.chunkSize);
    }
    const last = readRecord(this.area, this.committed - 1);
    let count = 1;
    while (count < Math.min(most, this.committed)) {
      const { oldChunk, newChunk } = readRecord(this.area, this.committed - 1 - count);
      if (oldChunk !== last.oldChunk - count || newChunk !== last.newChunk - count) break;
      count++;
    }
    const back = count - 1;
    return { oldChunk: last.oldChunk - back, newChunk: last.newChunk - back, count };
  }

  async forget(count: number): Promise<boolean> {
    const left = this.committed - count;
    this.area.fill(0, left * RECORD, this.committed * RECORD);
    this.touch(left);
    this.touch(this.committed - 1);
    if (!(await this.writeArea())) return false;
    this.committed = left;
    // As if the chunks had been given out in the order of their records.
    this.nextFree = areaChunk(this.currentArea, this.chunkSize) + left + 1;
    return true;
  }

  private readArea(area: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.read(this.areaStart(area), this.chunkSize);
  }

  private areaStart(area: number): number {
    return areaChunk(area, this.chunkSize) * this.chunkSize;
  }

  private async zeroArea(area: number): Promise<boolean> {
    const [start, count] = [this.areaStart(area), this.chunkSize];
    if (start + count > this.device.size) return false;
    const zeroed = { op: 'zero', start: sectors(start), count } as const;
    return (await this.device.submit(zeroed)).ok;
  }

  private async read(start: number, count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (start + count > this.device.size) return undefined;
    const data = new Uint8Array(count * SECTOR);
    const done = await this.device.submit({ op: 'read', start: sectors(start), data });
    return done.ok ? data : undefined;
  }

  /** Durable when it ends. */
  private async write(start: number, data: Uint8Array): Promise<boolean> {
    const written = { op: 'write', start: sectors(start), data, fua: true } as const;
    return (await this.device.submit(written)).ok;
  }

  private async flush(): Promise<boolean> {
    return (await this.device.submit({ op: 'flush' })).ok;
  }
}

/** 16 MiB: an area is kept in memory. LVM goes up to 512 KiB, the kernel to 1 GiB. */
const LARGEST_CHUNK = 32_768;

/** In sectors: a power of two. */
export const isChunkSize = (size: number): boolean =>
  size > 0 && size <= LARGEST_CHUNK && Number.isInteger(Math.log2(size));

const unreadable = (errno: Refusal['errno'] = 'EIO'): Result<never, Refusal> =>
  err({ errno, reason: 'Failed to read snapshot metadata' });
