/** A disk in an image file. */
import type { FileHandle } from 'node:fs/promises';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { SECTOR } from '../base/units.ts';
import type { Sectors } from '../base/units.ts';
import { checkIo } from '../block/device.ts';
import type { BlockDevice, Io, IoError, IoResult } from '../block/device.ts';
import type { DiskMode } from '../contract/state.ts';
import { openImage } from './image-file.ts';
import type { ImageError } from './image-file.ts';
import { describeSystemError } from './system-error.ts';

/** One call moves at most this many bytes; Linux itself stops short of 2 GiB. */
const CALL_LIMIT = 64 * 1024 * 1024;

export interface FileDiskOptions {
  readonly path: string;
  /** Name of the block device: `sda`. */
  readonly name: string;
  readonly mode: DiskMode;
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
  return ok(new FileDisk(handle, name, facts.size, mode === 'read-only', facts.surplus));
}

export class FileDisk implements BlockDevice {
  private closed = false;
  /** What the first failed flush said. */
  private flushFailure: string | undefined;

  constructor(
    private readonly handle: FileHandle,
    readonly name: string,
    readonly size: Sectors,
    readonly readOnly: boolean,
    /** Bytes at the end of the file that make no whole sector. */
    readonly surplus: number,
  ) {}

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused !== undefined) return err(refused);
    if (this.closed) return this.failed(io, 'the image is closed');
    try {
      const why = await this.perform(io);
      return why === undefined ? ok() : this.failed(io, why);
    } catch (error) {
      return this.failed(io, describeSystemError(error));
    }
  }

  /** Waits for what is in flight. Nothing is made durable that was not flushed. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.handle.close();
  }

  /** A reason, or nothing when it is done. */
  private async perform(io: Io): Promise<string | undefined> {
    switch (io.op) {
      case 'read':
        return this.read(io.data, io.start * SECTOR);
      case 'write':
        await this.write(io.data, io.start * SECTOR);
        return io.fua === true ? this.flush() : undefined;
      case 'flush':
        return this.readOnly ? undefined : this.flush();
    }
  }

  private async read(data: Uint8Array, from: number): Promise<string | undefined> {
    for (let done = 0; done < data.length;) {
      const length = Math.min(data.length - done, CALL_LIMIT);
      const { bytesRead } = await this.handle.read(data, done, length, from + done);
      if (bytesRead === 0) return `the image ends at byte ${from + done}`;
      done += bytesRead;
    }
    return undefined;
  }

  private async write(data: Uint8Array, from: number): Promise<void> {
    for (let done = 0; done < data.length;) {
      const length = Math.min(data.length - done, CALL_LIMIT);
      const { bytesWritten } = await this.handle.write(data, done, length, from + done);
      done += bytesWritten;
    }
  }

  /**
   * A failed flush stays failed: the system may have dropped what it could not write, and would
   * report the next flush, which no longer finds it, as a success.
   */
  private async flush(): Promise<string | undefined> {
    if (this.flushFailure !== undefined) return this.flushFailure;
    try {
      await this.handle.datasync();
      return undefined;
    } catch (error) {
      this.flushFailure ??= describeSystemError(error);
      return this.flushFailure;
    }
  }

  private failed(io: Io, why: string): IoResult {
    const { op } = io;
    const place = op === 'flush' ? {} : { start: io.start };
    const error: IoError = { code: 'io-failed', device: this.name, op, ...place, why };
    return err(error);
  }
}

/** Stands for a disk whose image cannot be opened: it has a place and a name, but no sectors. */
export function absentDisk(name: string, why: string): BlockDevice {
  const device: BlockDevice = {
    name,
    size: 0 as Sectors,
    readOnly: true,
    submit: (io) => {
      const refused = checkIo(device, io);
      return Promise.resolve(err(refused ?? { code: 'io-failed', device: name, op: io.op, why }));
    },
  };
  return device;
}
