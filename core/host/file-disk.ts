/** A disk in an image file. */
import type { FileHandle } from 'node:fs/promises';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { SECTOR, type Sectors } from '../base/units.ts';
import { changes, checkIo, ioFailure } from '../block/device.ts';
import type { Allocation, BlockDevice, Io, IoResult, Lent, SpanIo } from '../block/device.ts';
import { run } from '../block/allocation.ts';
import { newMarks } from '../block/write-marks.ts';
import { FAR, FileAccess, type Done, type FileCalls } from './file-access.ts';
import { FileHoles } from './file-holes.ts';
import { FileLoans } from './file-loans.ts';
import { openImage } from './image-file.ts';
import type { ImageError } from './image-file.ts';
import { ImageWatch } from './image-watch.ts';
import { Plug } from './plug.ts';
import type { runTool } from './system-tool.ts';
import { writeZeros } from './write-zeros.ts';

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

/** Sectors from which a zero punches a hole: writing is faster below 4 MiB (decision 019). */
const WORTH_PUNCHING = 4 * 2048;
/** Sectors of a discard that is not ignored, 1 MiB. */
const WORTH_DISCARDING = 2048;
/** Sectors, 64 KiB: a zero looks first whether there is a hole. */
const WORTH_LOOKING = 128;

export class FileDisk implements BlockDevice {
  private readonly access: FileAccess;
  private readonly plug: Plug;
  private readonly holes: FileHoles;
  private readonly loans: FileLoans;
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
    tool?: typeof runTool,
  ) {
    this.access = new FileAccess(handle.fd, calls);
    this.plug = new Plug(this.access);
    const marks = readOnly ? undefined : () => newMarks(size);
    this.loans = new FileLoans(marks, watch, (run, count) => {
      const { map } = this.holes;
      map.endWrite(map.beginWrite(run, count));
    });
    this.holes = new FileHoles(handle, readOnly, () => watch?.strange ?? false, tool);
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
        if (changes(io)) this.watch?.endWrite();
        this.ended();
        resolve(why === undefined ? ok() : this.failed(io, why));
      });
    });
  }

  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    if (this.closing || this.watch?.lost !== undefined) return run(start, count, 'data');
    this.inFlight++;
    this.loans.look();
    const answer = await this.holes.allocation(start, count);
    this.ended();
    return answer;
  }

  /** Only what numbers of bytes can name. */
  lend(recall: () => void): Lent | undefined {
    const unfit = this.closing !== undefined || this.watch?.lost !== undefined;
    if (unfit || this.size > FAR) return undefined;
    return this.loans.lend(this.handle.fd, recall);
  }

  /** Waits for what is in flight. Nothing is made durable that was not flushed. */
  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  private ended(): void {
    this.inFlight--;
    if (this.inFlight === 0) this.emptied?.();
  }

  /** The number of a closed file may be given to another: a late request would write there. */
  private async shut(): Promise<void> {
    await this.loans.end();
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
      case 'write': {
        const { map } = this.holes;
        const write = map.beginWrite(io.start, io.data.length / SECTOR);
        const durable = this.durably(io, done);
        return this.plug.add('write', io.data, io.start, (why) => {
          map.endWrite(write);
          durable(why);
        });
      }
      case 'zero':
        return void this.zero(io).then(this.durably(io, done));
      case 'discard':
        return void this.discard(io).then(() => done());
      case 'flush':
        return this.readOnly ? done() : this.flush(done);
    }
  }

  /** @returns why it failed. What is a hole stays one, and large runs become one. */
  private async zero({ start, count, unmap }: Of<'zero'>): Promise<string | undefined> {
    if (unmap !== true || count < WORTH_LOOKING) return this.writeZeros(start, count);
    await this.holes.learn();
    this.loans.look();
    const large = count >= WORTH_PUNCHING && !this.holes.map.isHole(start, count);
    if (large && (await this.punch(start, count))) return undefined;
    for (const part of this.holes.map.allocation(start, count)) {
      const why = part.kind === 'data' && (await this.writeZeros(part.start, part.count));
      if (typeof why === 'string') return why;
    }
    return undefined;
  }

  private async discard({ start, count }: SpanIo): Promise<void> {
    if (count < WORTH_DISCARDING) return;
    await this.holes.learn();
    this.loans.look();
    if (!this.holes.map.isHole(start, count)) await this.punch(start, count);
  }

  /** Nobody writes past the disk meanwhile: only what is told here is known to be no hole. */
  private punch(start: Sectors, count: Sectors): Promise<boolean> {
    return this.loans.without(() => this.holes.punch(start, count));
  }

  private writeZeros(start: Sectors, count: Sectors): Promise<string | undefined> {
    const { map } = this.holes;
    const write = map.beginWrite(start, count);
    // A long one is not waited for when the image is closed.
    const refused = (): string | undefined => (this.closing ? CLOSED : undefined);
    return new Promise((done) => {
      writeZeros(this.access, start, count, refused, (why) => {
        map.endWrite(write);
        done(why);
      });
    });
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

type Of<Op extends Io['op']> = Extract<Io, { op: Op }>;

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
