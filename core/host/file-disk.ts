/** A disk in an image file. */
import type { FileHandle } from 'node:fs/promises';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import { changes, checkIo, ioFailure } from '../block/device.ts';
import type { BlockDevice, Io, IoResult } from '../block/device.ts';
import { FileAccess, type Done, type FileCalls } from './file-access.ts';
import { openImage } from './image-file.ts';
import type { ImageError } from './image-file.ts';
import { ImageWatch } from './image-watch.ts';
import { Plug } from './plug.ts';
import { writeZeros } from './zeros.ts';

export interface FileDiskOptions {
  readonly path: string;
  /** Name of the block device: `sda`. */
  readonly name: string;
  readonly mode: 'read-only' | 'live';
}

/**
 * Opens an image. A part of a sector at its end is left out of the disk, which `surplus` tells.
 * Nothing can be written through a read-only disk: its file is not open for writing.
 */
export async function openFileDisk(
  options: FileDiskOptions,
): Promise<Result<FileDisk, ImageError>> {
  const { path, name, mode } = options;
  const opened = await openImage(path, mode === 'live');
  if (!opened.ok) return opened;
  const { handle, facts } = opened.value;
  const watch = new ImageWatch(path, facts);
  const { size, surplus } = facts;
  return ok(new FileDisk(handle, name, size, mode === 'read-only', surplus, undefined, watch));
}

export class FileDisk implements BlockDevice {
  private readonly access: FileAccess;
  private readonly plug: Plug;
  /** Requests that have not ended. */
  private inFlight = 0;
  private closing: Promise<void> | undefined;
  private emptied: (() => void) | undefined;
  /** What the first failed flush said. */
  private flushFailure: string | undefined;

  constructor(
    private readonly handle: FileHandle,
    readonly name: string,
    readonly size: Sectors,
    readonly readOnly: boolean,
    /** Bytes at the end of the file that make no whole sector. */
    readonly surplus: number,
    calls?: FileCalls,
    readonly watch?: ImageWatch,
  ) {
    this.access = new FileAccess(handle.fd, calls);
    this.plug = new Plug(this.access);
  }

  submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused !== undefined) return Promise.resolve(err(refused));
    if (this.closing) return Promise.resolve(this.failed(io, CLOSED));
    const lost = this.watch?.lost;
    if (lost !== undefined) return Promise.resolve(this.failed(io, `the image ${lost}`));
    return new Promise((resolve) => {
      this.inFlight++;
      if (changes(io)) this.watch?.beginWrite();
      this.perform(io, (why) => {
        this.inFlight--;
        if (changes(io)) this.watch?.endWrite();
        if (this.inFlight === 0) this.emptied?.();
        resolve(why === undefined ? ok() : this.failed(io, why));
      });
    });
  }

  /** Waits for what is in flight. Nothing is made durable that was not flushed. */
  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  /** The number of a closed file may be given to another: a late request would write there. */
  private async shut(): Promise<void> {
    if (this.inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.emptied = resolve;
      });
    }
    await this.handle.close();
  }

  private perform(io: Io, done: Done): void {
    switch (io.op) {
      case 'read':
        return this.plug.add('read', io.data, io.start, done);
      case 'write':
        return this.plug.add('write', io.data, io.start, this.durably(io, done));
      case 'zero': {
        // A long one is not waited for when the image is closed.
        const refused = (): string | undefined => (this.closing ? CLOSED : undefined);
        return writeZeros(this.access, io.start, io.count, refused, this.durably(io, done));
      }
      case 'discard':
        return done();
      case 'flush':
        return this.readOnly ? done() : this.flush(done);
    }
  }

  private durably({ fua }: { readonly fua?: boolean }, done: Done): Done {
    return fua === true ? (why) => (why === undefined ? this.flush(done) : done(why)) : done;
  }

  /**
   * A failed flush stays failed: the system may have dropped what it could not write, and would
   * report the next flush, which no longer finds it, as a success.
   */
  private flush(done: Done): void {
    if (this.flushFailure !== undefined) return done(this.flushFailure);
    this.access.flush((why) => {
      this.flushFailure ??= why;
      done(this.flushFailure);
    });
  }

  private failed(io: Io, why: string): IoResult {
    return err(ioFailure(this.name, io, why));
  }
}

const CLOSED = 'the image is closed';

/** Stands for a disk whose image cannot be opened: it has a place and a name, but no sectors. */
export function absentDisk(name: string, why: string): BlockDevice {
  const device: BlockDevice = {
    name,
    size: 0 as Sectors,
    readOnly: true,
    submit: (io) => {
      const refused = checkIo(device, io);
      return Promise.resolve(err(refused ?? ioFailure(name, io, why)));
    },
  };
  return device;
}
