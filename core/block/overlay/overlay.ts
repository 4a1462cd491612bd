/**
 * A sandbox: a disk whose writes go to a file of their own (format.ts) over an image that is only
 * read. What was flushed is there after a crash; what was not is there or is as before, a sector at
 * a time, as on any disk.
 */
import { assert } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { AllocationList, allocationOf } from '../allocation.ts';
import {
  checkIo,
  flush,
  ioSectors,
  partOf,
  readSectors,
  writeSectors,
  type Allocation,
  type BlockDevice,
  type DataIo,
  type Io,
  type IoError,
  type IoResult,
} from '../device.ts';
import { CHUNK, dataStart, type OverlayState } from './format.ts';
import { Journal, type OverlayDamage } from './journal.ts';

/** Chunks that are copied at a time into the image: 1 MiB. */
const APPLY_CHUNKS = 16;

/** Chunks that a zero or discard is done for at a time, 256 MiB: it may be of any length. */
const SPAN_CHUNKS = 4096;

type Of<Op extends Io['op']> = Extract<Io, { op: Op }>;

/** Chunks `first` to `last`. */
interface Chunks {
  readonly first: number;
  readonly last: number;
}

/** Chunks that all go to the same place. */
interface Run extends Chunks {
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
      case 'discard':
        return this.inPieces(io, (piece) => this.discard(piece));
      case 'write':
      case 'zero': {
        const done = await (io.op === 'write'
          ? this.write(io)
          : this.inPieces(io, (piece) => this.zero(piece)));
        return done.ok && io.fua === true ? this.flush() : done;
      }
    }
  }

  /** A chunk that is here may be a hole of the file: zeros that were asked for. */
  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    const parts: Promise<readonly Allocation[]>[] = [];
    let at: number = start;
    const upTo = (end: number, here: boolean): void => {
      const length = sectors(end - at);
      if (length === 0) return;
      const place = here ? this.placeOf(at) : sectors(at);
      parts.push(allocationOf(here ? this.store : this.base, place, length));
      at = end;
    };
    const end = start + count;
    for (const { first, last } of runsOf(this.chunksIn(start, end))) {
      const { from, to } = clip(first, last, start, end);
      upTo(from, false);
      upTo(to, true);
    }
    upTo(end, false);
    const list = new AllocationList(start);
    for (const part of await Promise.all(parts)) list.addAll(part);
    return list.all;
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
    // What was zeroed here takes no room in the image either.
    const blank = await allocationOf(this.store, this.placeOf(start), count);
    if (blank.every(({ kind }) => kind === 'hole')) {
      return image.submit({ op: 'zero', start, count, unmap: true });
    }
    const data = await readSectors(this.store, this.placeOf(start), count);
    return data.ok ? writeSectors(image, start, data.value) : data;
  }

  private async read(io: Of<'read'>): Promise<IoResult> {
    const parts = this.runs(io).map((run) => {
      const [part, here] = [within(io, run), run.how === 'here'];
      if (!here) return this.base.submit(part);
      return this.store.submit({ ...part, start: this.placeOf(part.start) });
    });
    return firstFailure(await Promise.all(parts));
  }

  private async write(io: Of<'write' | 'zero'>): Promise<IoResult> {
    const parts = this.runs(io).map((run) => {
      const part = within(io, run);
      if (run.how === 'here') return this.put(part);
      return this.alone(run, part);
    });
    return firstFailure(await Promise.all(parts));
  }

  /** What is zeros below, and not here, stays as it is: a blank disk is wiped for nothing. */
  private async zero(io: Of<'zero'>): Promise<IoResult> {
    const below = await allocationOf(this.base, io.start, io.count);
    const full = below.filter(({ kind }) => kind === 'data');
    const parts = this.runs(io).flatMap((run) => {
      const part = within(io, run);
      if (run.how === 'here') return [this.put(part)];
      const end = part.start + part.count;
      const spans = full.filter((one) => one.start < end && part.start < one.start + one.count);
      const chunks = spans.flatMap((one) => {
        const [from, to] = [Math.max(one.start, part.start), Math.min(one.start + one.count, end)];
        return range(Math.floor(from / CHUNK), Math.ceil(to / CHUNK));
      });
      return runsOf([...new Set(chunks)]).map((some) => this.alone(some, within(part, some)));
    });
    return firstFailure(await Promise.all(parts));
  }

  /**
   * What is not here is the image's, and stays. What is here stays here, with whatever content:
   * the image's would be an older one.
   */
  private async discard(io: Of<'discard'>): Promise<IoResult> {
    const here = this.runs(io).filter(({ how }) => how === 'here');
    const parts = here.map((run) => this.put(within(io, run)));
    return firstFailure(await Promise.all(parts));
  }

  private async inPieces<T extends Of<'zero' | 'discard'>>(
    io: T,
    work: (piece: T) => Promise<IoResult>,
  ): Promise<IoResult> {
    const first = Math.floor(io.start / CHUNK);
    const stop = Math.ceil((io.start + io.count) / CHUNK);
    for (let chunk = first; chunk < stop; chunk += SPAN_CHUNKS) {
      const last = Math.min(stop, chunk + SPAN_CHUNKS) - 1;
      const done = await work(within(io, { first: chunk, last }));
      if (!done.ok) return done;
    }
    return ok();
  }

  /** Durable with the next flush, as far as this goes. */
  private put(io: Of<'write' | 'zero' | 'discard'>): Promise<IoResult> {
    const part = partOf(io, 0, ioSectors(io), this.placeOf(io.start));
    return this.store.submit('fua' in part ? { ...part, fua: false } : part);
  }

  /** Chunks that are not here yet are filled by one request at a time. */
  private async alone(run: Chunks, io: Of<'write' | 'zero'>): Promise<IoResult> {
    const chunks = range(run.first, run.last + 1);
    const others = chunks.flatMap((chunk) => this.filling.get(chunk) ?? []);
    if (others.length > 0) {
      await Promise.all(others);
      return this.write(io);
    }
    const filled = this.fill(chunks, io);
    for (const chunk of chunks) this.filling.set(chunk, filled);
    try {
      return await filled;
    } finally {
      for (const chunk of chunks) this.filling.delete(chunk);
    }
  }

  /** With what the image has around it in these chunks. */
  private async fill(chunks: readonly number[], io: Of<'write' | 'zero'>): Promise<IoResult> {
    const start = sectors((chunks[0] ?? 0) * CHUNK);
    const count = sectors(Math.min(this.size - start, chunks.length * CHUNK));
    let whole = io;
    if (ioSectors(io) < count) {
      const around = await readSectors(this.base, start, count);
      if (!around.ok) return around;
      const data = around.value;
      const at = (io.start - start) * SECTOR;
      if (io.op === 'write') data.set(io.data, at);
      else data.fill(0, at, at + io.count * SECTOR);
      whole = { op: 'write', start, data };
    }
    const written = await this.put(whole);
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
  private runs(io: DataIo): readonly Run[] {
    const end = io.start + ioSectors(io);
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

  private howOf(chunk: number, io: DataIo, end: number): Run['how'] {
    if (this.chunks.has(chunk)) return 'here';
    if (io.op === 'read') return 'below';
    const stop = Math.min(this.size, (chunk + 1) * CHUNK);
    return io.start <= chunk * CHUNK && end >= stop ? 'fill' : 'copy';
  }

  /** Those that are here, ascending; a run may be far longer than what is. */
  private chunksIn(start: number, end: number): readonly number[] {
    const [first, stop] = [Math.floor(start / CHUNK), Math.ceil(end / CHUNK)];
    if (stop - first < this.chunks.size) {
      return range(first, stop).filter((chunk) => this.chunks.has(chunk));
    }
    const inside = [...this.chunks].filter((chunk) => chunk >= first && chunk < stop);
    return inside.sort((a, b) => a - b);
  }

  private placeOf(sector: number): Sectors {
    return sectors(this.data + sector);
  }
}

function clip(first: number, last: number, start: number, end: number) {
  return { from: Math.max(start, first * CHUNK), to: Math.min(end, (last + 1) * CHUNK) };
}

/** What of a request lies in some of its chunks. */
function within<T extends DataIo>(io: T, { first, last }: Chunks): T {
  const { from, to } = clip(first, last, io.start, io.start + ioSectors(io));
  return partOf(io, from - io.start, to - from, sectors(from)) as T;
}

const range = (first: number, stop: number): number[] =>
  Array.from({ length: stop - first }, (_, index) => first + index);

/** @param sorted chunk numbers, ascending */
function runsOf(sorted: readonly number[]): Chunks[] {
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
