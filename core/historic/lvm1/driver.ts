/**
 * LVM1's driver (Linux 2.4, drivers/md/lvm.c): every volume has a row of logical extents, each with
 * the physical extent it lies in, and `lvm_map` sends a request where its extent lies at that
 * moment. One PE at a time can be locked: writes to it are deferred until it is unlocked, and then
 * mapped anew. Reads go on.
 *
 * The driver as it was does not know which requests are under way: to lock a PE it calls
 * `fsync_dev`, which waits for dirty buffers of the buffer cache and for nothing else. With
 * Tweedie's patch (`seeds/000`) it counts them, and has an ioctl that locks the PE, waits until
 * none is under way on it, copies it past the cache, changes the map and unlocks it.
 */
import { must } from '../../base/assert.ts';
import { err, ok } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import {
  changes,
  checkIo,
  ioSectors,
  partOf,
  type BlockDevice,
  type DataIo,
  type Io,
  type IoResult,
} from '../../block/device.ts';
import type { BufferCache } from './buffer-cache.ts';
import { isSamePe, type Outcome, type Pe, type Tell } from './types.ts';

export interface DriverOptions {
  /** Sectors of a PE, 1 or more. */
  readonly peSize: Sectors;
  /** It has Tweedie's patch. */
  readonly patched: boolean;
  readonly tell?: Tell;
}

/** Sectors of the buffers that the patched driver copies through; they are always there. */
const COPIED_AS_ONE = 128;

interface Deferred {
  readonly volume: LogicalVolume;
  readonly io: DataIo;
  readonly resolve: (done: Promise<IoResult>) => void;
}

export class LvmDriver {
  private readonly volumes: LogicalVolume[] = [];
  private locked: Pe | undefined;
  private deferred: Deferred[] = [];
  /** Of a patched driver: requests under way, by disk and first sector of the PE. */
  private readonly inTransit = new Map<BlockDevice, Map<number, number>>();
  private drained: (() => void)[] = [];
  private readonly copyBuffer: Uint8Array;

  constructor(
    readonly cache: BufferCache,
    private readonly options: DriverOptions,
  ) {
    this.copyBuffer = new Uint8Array(Math.min(COPIED_AS_ONE, options.peSize) * SECTOR);
  }

  get peSize(): Sectors {
    return this.options.peSize;
  }

  /** @param map where the logical extents lie, the first one first; no PE is in two */
  create(name: string, map: readonly Pe[]): LogicalVolume {
    const volume = new LogicalVolume(name, this, [...map]);
    this.volumes.push(volume);
    return volume;
  }

  /** Whether a logical extent lies there. */
  uses(pe: Pe): boolean {
    return this.volumes.some(({ map }) => map.some((one) => isSamePe(one, pe)));
  }

  /** `PE_LOCK_UNLOCK` with `LOCK_PE`. */
  async lock(pe: Pe): Promise<Outcome> {
    if (!this.uses(pe)) return err({ code: 'not-mapped' });
    // It asks for the volume of the lock, which is not set yet: device 0 stands for all devices.
    await this.fsyncDev();
    const locked = this.close(pe);
    if (!locked.ok) return locked;
    // Of the disk: what went through the cache of the volume in the meantime is not among it.
    await this.fsyncDev(pe.device);
    return ok();
  }

  /** `LE_REMAP`. */
  remap(from: Pe, to: Pe): Outcome {
    for (const { map } of this.volumes) {
      const at = map.findIndex((pe) => isSamePe(pe, from));
      if (at < 0) continue;
      map[at] = to;
      this.tell({ kind: 'remapped', from, to });
      return ok();
    }
    return err({ code: 'not-mapped' });
  }

  /** `PE_LOCK_UNLOCK` with `UNLOCK_PE`: what was deferred goes where the map says now. */
  unlock(): void {
    const pe = must(this.locked, 'a locked PE');
    const { deferred } = this;
    this.locked = undefined;
    this.deferred = [];
    this.tell({ kind: 'unlocked', pe, deferred: deferred.length });
    for (const { volume, io, resolve } of deferred) resolve(this.map(volume, io));
  }

  /** The ioctl of the patch. What it copies through was set aside: it waits for no memory. */
  async copyLocked(from: Pe, to: Pe): Promise<Outcome> {
    if (!this.options.patched) return err({ code: 'unknown-ioctl' });
    if (!this.uses(from)) return err({ code: 'not-mapped' });
    const locked = this.close(from);
    if (!locked.ok) return locked;
    await this.drain(from);
    const copied = await this.copy(from, to);
    const done = copied.ok ? this.remap(from, to) : copied;
    // Reads that still come from the old PE: once it is free somebody else may write to it.
    if (done.ok) await this.drain(from);
    this.unlock();
    return done;
  }

  /** `lvm_map`, for a request inside one logical extent. */
  map(volume: LogicalVolume, io: DataIo): Promise<IoResult> {
    const { peSize } = this;
    const index = Math.floor(io.start / peSize);
    const pe = must(volume.map[index], `logical extent ${index} of ${volume.name}`);
    if (changes(io) && this.locked && isSamePe(this.locked, pe)) {
      this.tell({ kind: 'deferred', volume: volume.name, io });
      return new Promise((resolve) => {
        this.deferred.push({ volume, io, resolve });
      });
    }
    const start = sectors(pe.start + (io.start % peSize));
    return this.track(pe, pe.device.submit(partOf(io, 0, ioSectors(io), start)));
  }

  tell: Tell = (event) => this.options.tell?.(event);

  /** Nobody asks whether it worked. */
  private async fsyncDev(device?: BlockDevice): Promise<void> {
    const { dirty, written } = this.cache.counts(device);
    const named = device ? { device: device.name } : {};
    this.tell({ kind: 'fsync-dev', ...named, dirty: dirty + written });
    await this.cache.sync(device);
  }

  private close(pe: Pe): Outcome {
    if (this.locked) return err({ code: 'locked-already' });
    this.locked = pe;
    this.tell({ kind: 'locked', pe });
    return ok();
  }

  private async track(pe: Pe, io: Promise<IoResult>): Promise<IoResult> {
    if (!this.options.patched) return io;
    this.count(pe, 1);
    const done = await io;
    this.count(pe, -1);
    return done;
  }

  private count({ device, start }: Pe, by: number): void {
    const own = this.inTransit.get(device) ?? new Map<number, number>();
    this.inTransit.set(device, own);
    const count = (own.get(start) ?? 0) + by;
    own.set(start, count);
    if (count > 0) return;
    const { drained } = this;
    this.drained = [];
    for (const resolve of drained) resolve();
  }

  private async drain(pe: Pe): Promise<void> {
    const left = (): number => this.inTransit.get(pe.device)?.get(pe.start) ?? 0;
    if (left() > 0) this.tell({ kind: 'draining', pe, inTransit: left() });
    while (left() > 0) {
      await new Promise<void>((resolve) => {
        this.drained.push(resolve);
      });
    }
  }

  /** From disk to disk, past their caches. */
  private async copy(from: Pe, to: Pe): Promise<IoResult> {
    const step = this.copyBuffer.length / SECTOR;
    for (let at = 0; at < this.peSize; at += step) {
      const count = Math.min(step, this.peSize - at);
      const data = this.copyBuffer.subarray(0, count * SECTOR);
      const start = sectors(from.start + at);
      const read = await from.device.submit({ op: 'read', start, data });
      if (!read.ok) return read;
      const place = sectors(to.start + at);
      const written = await to.device.submit({ op: 'write', start: place, data });
      if (!written.ok) return written;
    }
    this.tell({ kind: 'read', pe: from, cached: 0 });
    this.tell({ kind: 'written', pe: to });
    return ok();
  }
}

/** A volume as programs see it: what goes to it past the cache comes here. */
export class LogicalVolume implements BlockDevice {
  readonly readOnly = false;

  constructor(
    readonly name: string,
    private readonly driver: LvmDriver,
    /** Where its logical extents lie; the driver changes it. */
    readonly map: Pe[],
  ) {}

  get size(): Sectors {
    return sectors(this.map.length * this.driver.peSize);
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    const done = await Promise.all(io.op === 'flush' ? this.flush(io) : this.split(io));
    return done.find((one) => !one.ok) ?? ok();
  }

  private flush(io: Io): readonly Promise<IoResult>[] {
    const disks = new Set(this.map.map(({ device }) => device));
    return [...disks].map((disk) => disk.submit(io));
  }

  private split(io: DataIo): readonly Promise<IoResult>[] {
    const { peSize } = this.driver;
    const parts: Promise<IoResult>[] = [];
    const count = ioSectors(io);
    for (let at = 0; at < count;) {
      const start = sectors(io.start + at);
      const length = Math.min(count - at, peSize - (start % peSize));
      parts.push(this.driver.map(this, partOf(io, at, length, start)));
      at += length;
    }
    return parts;
  }
}
