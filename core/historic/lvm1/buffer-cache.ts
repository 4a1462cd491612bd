/**
 * The buffer cache of Linux 2.4, as far as LVM1's pvmove met it: buffers of one sector each, found
 * by device and sector. What is cached of a volume and what is cached of the disk below it are
 * different buffers, and nothing keeps them equal. Programs that read and write a device or a file
 * go through it; raw I/O, O_DIRECT, swap and the journal of ext3 do not, and what reiserfs writes
 * while it calls a dirty buffer clean might as well not.
 */
import { ok } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import type { BlockDevice, IoResult } from '../../block/device.ts';

interface Buffer {
  readonly device: BlockDevice;
  readonly sector: Sectors;
  readonly data: Uint8Array;
  /** It holds what was read or written, not yet nothing. */
  uptodate: boolean;
  /** Written by a program and not yet to the device. */
  dirty: boolean;
  /** The read or the write of it that is under way: others wait for it (a locked buffer). */
  io: Promise<IoResult> | undefined;
  /** Who works with it at the moment: it stays. */
  users: number;
}

interface Waiting {
  readonly device: BlockDevice;
  readonly sector: Sectors;
  readonly resolve: (buffer: Buffer) => void;
}

/** How full it is, in buffers. */
export interface CacheCounts {
  readonly dirty: number;
  /** On their way to the device. */
  readonly written: number;
  readonly limit: number;
}

export class BufferCache {
  private readonly devices = new Map<BlockDevice, Map<number, Buffer>>();
  /** All of them, the one that nobody used for longest first. */
  private readonly byUse = new Set<Buffer>();
  /** Who needs a buffer while there is no memory for one, in the order they came. */
  private readonly queue: Waiting[] = [];

  /** @param limit buffers that there is memory for, 1 or more */
  constructor(private readonly limit = Infinity) {}

  /** Buffers of one device, or all. */
  counts(device?: BlockDevice): CacheCounts {
    const all = this.of(device);
    const dirty = all.filter((buffer) => buffer.dirty).length;
    const written = all.filter(({ io, uptodate }) => io && uptodate).length;
    return { dirty, written, limit: this.limit };
  }

  /** Whether a sector of a device would be read without asking the device. */
  has(device: BlockDevice, sector: Sectors): boolean {
    return this.find(device, sector)?.uptodate === true;
  }

  /** Reads whole sectors, those that are not cached from the device, one after the other. */
  async read(device: BlockDevice, start: Sectors, into: Uint8Array): Promise<IoResult> {
    for (let at = 0; at < into.length; at += SECTOR) {
      const buffer = await this.take(device, sectors(start + at / SECTOR));
      const done = await this.fill(buffer);
      if (done.ok) into.set(buffer.data, at);
      this.leave(buffer);
      if (!done.ok) return done;
    }
    return ok();
  }

  /** Done as soon as it is in memory; `sync` or a lack of buffers brings it to the device. */
  async write(device: BlockDevice, start: Sectors, data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += SECTOR) {
      const buffer = await this.take(device, sectors(start + at / SECTOR));
      // What is being read in would overwrite it.
      while (buffer.io && !buffer.uptodate) await buffer.io;
      buffer.data.set(data.subarray(at, at + SECTOR));
      buffer.uptodate = true;
      buffer.dirty = true;
      this.leave(buffer);
    }
  }

  /**
   * `fsync_dev`: writes the buffers that are marked dirty, and waits for those that are on their
   * way from here. Of I/O that does not come from here it knows nothing.
   * @param device undefined: all there are
   */
  async sync(device?: BlockDevice): Promise<IoResult> {
    const done = await Promise.all(this.of(device).map((buffer) => this.clean(buffer)));
    return done.find((one) => !one.ok) ?? ok();
  }

  private of(device?: BlockDevice): readonly Buffer[] {
    return device ? [...(this.devices.get(device)?.values() ?? [])] : [...this.byUse];
  }

  /** The buffer of a sector; where memory is short, once there is one. */
  private take(device: BlockDevice, sector: Sectors): Buffer | Promise<Buffer> {
    const known = this.find(device, sector);
    if (known) return this.use(known);
    if (this.queue.length === 0 && this.hasRoom()) return this.use(this.add(device, sector));
    return new Promise((resolve) => {
      this.queue.push({ device, sector, resolve });
      this.shrink();
    });
  }

  private find(device: BlockDevice, sector: Sectors): Buffer | undefined {
    return this.devices.get(device)?.get(sector);
  }

  private use(buffer: Buffer): Buffer {
    this.byUse.delete(buffer);
    this.byUse.add(buffer);
    buffer.users++;
    return buffer;
  }

  private leave(buffer: Buffer): void {
    buffer.users--;
    this.serve();
  }

  /** Something has changed: whoever is first in line may get a buffer. */
  private serve(): void {
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      const { device, sector, resolve } = next;
      const known = this.find(device, sector);
      if (!known && !this.hasRoom()) break;
      this.queue.shift();
      resolve(this.use(known ?? this.add(device, sector)));
    }
    if (this.queue.length > 0) this.shrink();
  }

  private add(device: BlockDevice, sector: Sectors): Buffer {
    const data = new Uint8Array(SECTOR);
    const state = { uptodate: false, dirty: false, io: undefined, users: 0 };
    const buffer: Buffer = { device, sector, data, ...state };
    const own = this.devices.get(device) ?? new Map<number, Buffer>();
    own.set(sector, buffer);
    this.devices.set(device, own);
    return buffer;
  }

  /** Where there is none, the oldest buffer is forgotten that nothing would be lost with. */
  private hasRoom(): boolean {
    if (this.byUse.size < this.limit) return true;
    for (const buffer of this.byUse) {
      if (buffer.dirty || buffer.io || buffer.users > 0) continue;
      this.byUse.delete(buffer);
      this.devices.get(buffer.device)?.delete(buffer.sector);
      return true;
    }
    return false;
  }

  /** Memory is short: what is dirty is written, so that it can be forgotten. */
  private shrink(): void {
    for (const buffer of this.byUse) if (buffer.dirty && !buffer.io) void this.clean(buffer);
  }

  private async fill(buffer: Buffer): Promise<IoResult> {
    let done: IoResult = ok();
    while (!buffer.uptodate) {
      const { device, sector: start, data } = buffer;
      done = await (buffer.io ?? this.start(buffer, device.submit({ op: 'read', start, data })));
      if (!done.ok) return done;
      buffer.uptodate = true;
    }
    return done;
  }

  private async clean(buffer: Buffer): Promise<IoResult> {
    let done: IoResult = ok();
    while (buffer.io) {
      const isWrite = buffer.uptodate;
      const ended = await buffer.io;
      if (isWrite) done = ended;
    }
    if (!buffer.dirty) return done;
    buffer.dirty = false;
    const { device, sector: start } = buffer;
    const written = device.submit({ op: 'write', start, data: buffer.data.slice() });
    done = await this.start(buffer, written);
    // As in Linux: who waits for it is told, and what could not be written is gone.
    if (!done.ok) buffer.uptodate &&= buffer.dirty;
    return done;
  }

  private start(buffer: Buffer, io: Promise<IoResult>): Promise<IoResult> {
    const ended = io.then((done) => {
      buffer.io = undefined;
      this.serve();
      return done;
    });
    buffer.io = ended;
    return ended;
  }
}
