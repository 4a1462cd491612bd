/**
 * A sandbox: a disk whose writes go to a file of their own (format.ts) over an image that is only
 * read. What was flushed is there after a crash; what was not is there or is as before, a sector at
 * a time, as on any disk.
 */
import { assert } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import {
  checkIo,
  flush,
  readSectors,
  writeSectors,
  type BlockDevice,
  type Io,
  type IoError,
  type IoResult,
} from '../device.ts';
import { CHUNK, dataStart, type OverlayState } from './format.ts';
import { Journal, type OverlayDamage } from './journal.ts';

/** Chunks that are copied at a time into the image: 1 MiB. */
const APPLY_CHUNKS = 16;

type Write = Extract<Io, { op: 'write' }>;
type Read = Extract<Io, { op: 'read' }>;

/** Chunks `first` to `last`, which all go to the same place. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly how: 'below' | 'here' | 'fill' | 'copy';
}

export class Overlay implements BlockDevice {
  readonly name: string;
  readonly size: Sectors;
  readonly readOnly = false;
  private readonly data: number;
  /** Chunks whose newest content is here and not in a log that is durable. */
  private unlogged: number[] = [];
  /** Chunks that are being filled for the first time. */
  private readonly filling = new Map<number, Promise<unknown>>();
  private flushing: Promise<IoResult> = Promise.resolve(ok());

  private constructor(
    private readonly base: BlockDevice,
    private readonly store: BlockDevice,
    private readonly journal: Journal,
    private readonly chunks: Set<number>,
  ) {
    this.name = base.name;
    this.size = base.size;
    this.data = dataStart(base.size);
  }

  /** @param store a file as `Journal.create` made it for a base of this size */
  static async open(
    base: BlockDevice,
    store: BlockDevice,
  ): Promise<Result<Overlay, OverlayDamage | IoError>> {
    const opened = await Journal.open(store, base.size);
    if (!opened.ok) return opened;
    return ok(new Overlay(base, store, opened.value.journal, opened.value.chunks));
  }

  /** How much differs from the image, in whole chunks; what discarding it loses. */
  get changed(): Sectors {
    const last = Math.ceil(this.size / CHUNK) - 1;
    const surplus = this.chunks.has(last) ? (last + 1) * CHUNK - this.size : 0;
    return sectors(this.chunks.size * CHUNK - surplus);
  }

  /** `applying`: a part of it may be in the image already. */
  get state(): OverlayState {
    return this.journal.header.state;
  }

  get stamp(): string {
    return this.journal.header.stamp;
  }

  /** Durable when it returns. */
  restamp(stamp: string): Promise<IoResult> {
    return this.journal.update({ stamp });
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    switch (io.op) {
      case 'read':
        return this.read(io);
      case 'flush':
        return this.flush();
      case 'write': {
        const done = await this.write(io);
        return done.ok && io.fua === true ? this.flush() : done;
      }
    }
  }

  /**
   * Writes everything into the image. Nothing may be written meanwhile. Once begun it can only go
   * on: the header says so before the image is touched, and the sandbox shows the same content
   * throughout. After a failure or a crash it begins anew and comes to the same end.
   */
  async apply(image: BlockDevice): Promise<IoResult> {
    assert(image.size === this.size && !image.readOnly, 'the image of this sandbox, writable');
    const settled = await this.flush();
    if (!settled.ok) return settled;
    if (this.chunks.size === 0) return ok();
    const begun = await this.journal.update({ state: 'applying' });
    if (!begun.ok) return begun;
    for (const { first, last } of runsOf([...this.chunks].sort((a, b) => a - b))) {
      for (let chunk = first; chunk <= last; chunk += APPLY_CHUNKS) {
        const copied = await this.copyOut(image, chunk, Math.min(last, chunk + APPLY_CHUNKS - 1));
        if (!copied.ok) return copied;
      }
    }
    return flush(image);
  }

  private async copyOut(image: BlockDevice, first: number, last: number): Promise<IoResult> {
    const start = sectors(first * CHUNK);
    const count = sectors(Math.min(this.size, (last + 1) * CHUNK) - start);
    const data = await readSectors(this.store, this.placeOf(start), count);
    return data.ok ? writeSectors(image, start, data.value) : data;
  }

  private async read(io: Read): Promise<IoResult> {
    const end = io.start + io.data.length / SECTOR;
    const parts = this.runs(io).map(({ first, last, how }) => {
      const { from, to } = clip(first, last, io.start, end);
      const data = io.data.subarray((from - io.start) * SECTOR, (to - io.start) * SECTOR);
      const start = how === 'here' ? this.placeOf(from) : sectors(from);
      return (how === 'here' ? this.store : this.base).submit({ op: 'read', start, data });
    });
    return firstFailure(await Promise.all(parts));
  }

  private async write(io: Write): Promise<IoResult> {
    const end = io.start + io.data.length / SECTOR;
    const parts = this.runs(io).map(({ first, last, how }) => {
      const { from, to } = clip(first, last, io.start, end);
      const data = io.data.subarray((from - io.start) * SECTOR, (to - io.start) * SECTOR);
      if (how === 'here') return writeSectors(this.store, this.placeOf(from), data);
      const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      return this.alone(numbers, from, data);
    });
    return firstFailure(await Promise.all(parts));
  }

  /** Chunks that are not here yet are filled by one write at a time. */
  private async alone(
    chunks: readonly number[],
    from: number,
    data: Uint8Array,
  ): Promise<IoResult> {
    const others = chunks.flatMap((chunk) => this.filling.get(chunk) ?? []);
    if (others.length > 0) {
      await Promise.all(others);
      return this.write({ op: 'write', start: sectors(from), data });
    }
    const filled = this.fill(chunks, from, data);
    for (const chunk of chunks) this.filling.set(chunk, filled);
    try {
      return await filled;
    } finally {
      for (const chunk of chunks) this.filling.delete(chunk);
    }
  }

  /** `data` with what the image has around it in these chunks. */
  private async fill(chunks: readonly number[], from: number, data: Uint8Array): Promise<IoResult> {
    const start = (chunks[0] ?? 0) * CHUNK;
    const count = Math.min(this.size - start, chunks.length * CHUNK);
    let whole = data;
    if (data.length < count * SECTOR) {
      const around = await readSectors(this.base, sectors(start), sectors(count));
      if (!around.ok) return around;
      whole = around.value;
      whole.set(data, (from - start) * SECTOR);
    }
    const written = await writeSectors(this.store, this.placeOf(start), whole);
    if (!written.ok) return written;
    for (const chunk of chunks) this.chunks.add(chunk);
    this.unlogged.push(...chunks);
    return ok();
  }

  /** Data first, then the log that makes it count. One at a time, each for all before it. */
  private flush(): Promise<IoResult> {
    const mine = this.flushing.then(async () => {
      const news = this.unlogged;
      this.unlogged = [];
      const flushed = await flush(this.store);
      if (flushed.ok && news.length === 0) return flushed;
      const logged = flushed.ok ? await this.journal.append(news) : flushed;
      if (!logged.ok) this.unlogged = [...news, ...this.unlogged];
      return logged;
    });
    this.flushing = mine;
    return mine;
  }

  /** Neighbouring chunks that go the same way, in order; for a write whole chunks apart. */
  private runs(io: Read | Write): readonly Run[] {
    const end = io.start + io.data.length / SECTOR;
    const runs: Run[] = [];
    for (let chunk = Math.floor(io.start / CHUNK); chunk * CHUNK < end; chunk++) {
      const how = this.howOf(chunk, io, end);
      const last = runs.at(-1);
      // Copied chunks stand alone: only the first and the last of a write are partly covered.
      if (last?.how === how && how !== 'copy') runs[runs.length - 1] = { ...last, last: chunk };
      else runs.push({ first: chunk, last: chunk, how });
    }
    return runs;
  }

  private howOf(chunk: number, io: Read | Write, end: number): Run['how'] {
    if (this.chunks.has(chunk)) return 'here';
    if (io.op === 'read') return 'below';
    const stop = Math.min(this.size, (chunk + 1) * CHUNK);
    return io.start <= chunk * CHUNK && end >= stop ? 'fill' : 'copy';
  }

  private placeOf(sector: number): Sectors {
    return sectors(this.data + sector);
  }
}

function clip(first: number, last: number, start: number, end: number) {
  return { from: Math.max(start, first * CHUNK), to: Math.min(end, (last + 1) * CHUNK) };
}

/** @param sorted chunk numbers, ascending */
function runsOf(sorted: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const chunk of sorted) {
    const last = runs.at(-1);
    if (last && chunk === last.last + 1) last.last = chunk;
    else runs.push({ first: chunk, last: chunk });
  }
  return runs;
}

function firstFailure(results: readonly IoResult[]): IoResult {
  return results.find((one) => !one.ok) ?? ok();
}
