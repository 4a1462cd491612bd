/**
 * A snapshot: the origin as it was, of which the chunks that were written since are kept in a store
 * (reference 6.1). Before a chunk of the origin is written, or a part of it here, it is copied; the
 * write goes on once the exception is durable.
 *
 * Runs of chunks that a request covers are copied and recorded as one, where the kernel goes chunk
 * by chunk; what is on the store in the end is the same.
 */
import { err } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import { ioFailure, type DataIo, type IoResult } from '../../block/device.ts';
import { joinedAll } from '../endings.ts';
import type { Kcopyd } from '../kcopyd.ts';
import type { Ending, TargetDevice, TargetIo } from '../target.ts';
import { ExceptionCells } from './cells.ts';
import { ExceptionTable } from './exception-table.ts';
import { PendingRuns, type Pending } from './pending.ts';
import { asTargetIo, chunksOf, cutAtChunks, ioCount, pieceOf, type Piece } from './pieces.ts';
import type { ExceptionStore } from './store.ts';
import { TrackedRequests } from './tracked.ts';

/** Sectors that are copied as one at most: what waits for them should not wait long. */
const LONGEST_COPY = 2048;

/** What a snapshot needs beside its store. */
export interface SnapshotGround {
  /** What lies below the device that people call the origin. */
  readonly origin: TargetDevice;
  /** The device of the store. */
  readonly cow: TargetDevice;
  readonly kcopyd: Kcopyd;
  /** Something that user space waits for. */
  event(): void;
  /** Exceptions came, went, or are on their way. */
  changed(): void;
}

/** Where a chunk is read. */
class Place {
  constructor(
    /** Of the store; undefined: the origin has it. */
    readonly kept: number | undefined,
  ) {}

  joins(next: Place): boolean {
    return next.kept === (this.kept === undefined ? undefined : this.kept + 1);
  }
}

/** Where a write to a chunk goes: as above, after a copy under way, or after one to come. */
class WritePlace {
  constructor(
    readonly kept: number | undefined,
    readonly pending: Pending | undefined,
    /** All of the chunk is written: what is there need not be copied. */
    readonly whole: boolean,
  ) {}

  joins(next: WritePlace): boolean {
    if (this.kept !== undefined) return next.kept === this.kept + 1;
    if (next.kept !== undefined) return false;
    return next.pending === this.pending && next.whole === this.whole;
  }
}

export class Snapshot {
  readonly exceptions = new ExceptionTable();
  readonly cells: ExceptionCells;
  /** Reads of the origin in place of chunks that are not kept. */
  readonly reads = new TrackedRequests();
  readonly pending = new PendingRuns((run, copied) => void this.commit(run, copied));
  valid = true;
  /** It told its user that the store is full. */
  overflowed = false;
  private invalidating: Promise<void> | undefined;

  constructor(
    readonly store: ExceptionStore,
    /** Of the table that uses it at this moment. */
    public ground: SnapshotGround,
    /** Of the target: its origin may have no table yet when the store is read. */
    length: Sectors,
  ) {
    this.cells = new ExceptionCells(Math.ceil(length / store.chunkSize) || 1);
  }

  get chunkSize(): Sectors {
    return this.store.chunkSize;
  }

  /** Of a store that is read; a spoilt one may keep chunks that the target does not have. */
  found(oldChunk: number, newChunk: number): void {
    this.cells.added(oldChunk, this.exceptions.count);
    this.exceptions.add(oldChunk, newChunk, oldChunk < this.cells.chunks);
  }

  private add(oldChunk: number, newChunk: number): void {
    this.cells.added(oldChunk, this.exceptions.count);
    this.exceptions.add(oldChunk, newChunk);
  }

  removeLast(): void {
    const last = this.exceptions.last();
    if (!last) return;
    this.exceptions.removeLast();
    this.cells.removed(last.oldChunk, this.exceptions.count);
  }

  read(io: Extract<TargetIo, { op: 'read' }>): Promise<Ending> {
    if (!this.valid) return Promise.resolve(this.failure(io));
    const parts: Promise<IoResult>[] = [];
    const span = { offset: io.offset, count: ioCount(io) };
    const pieces = cutAtChunks(
      span,
      this.chunkSize,
      (chunk) => new Place(this.exceptions.find(chunk)),
    );
    for (const piece of pieces) {
      const { kept } = piece.kind;
      parts.push(kept === undefined ? this.readOrigin(io, piece) : this.toStore(io, piece, kept));
    }
    return joinedAll(parts);
  }

  private readOrigin(io: TargetIo, piece: Piece<unknown>): Promise<IoResult> {
    const { first, last } = chunksOf(piece.offset, piece.count, this.chunkSize);
    const end = this.reads.begin(first, last);
    return this.ground.origin.submit(pieceOf(io, piece)).then((done) => {
      end();
      return done;
    });
  }

  /** @param kept the chunk of the store where the piece's first chunk lies */
  toStore(io: TargetIo, piece: Piece<unknown>, kept: number): Promise<IoResult> {
    const start = kept * this.chunkSize + (piece.offset % this.chunkSize);
    const count = Math.min(piece.count, this.ground.cow.size - start);
    const below = pieceOf(io, piece, start);
    // A spoilt record may name any chunk.
    if (count < piece.count)
      return Promise.resolve(err(ioFailure(this.ground.cow.name, below, GONE)));
    return this.ground.cow.submit(below);
  }

  /** Also of zeros; a discard of what is not kept has nothing to do. */
  write(io: Exclude<TargetIo, { op: 'read' }>): Promise<Ending> {
    if (!this.valid || this.overflowed) return Promise.resolve(this.failure(io));
    const parts: Promise<Ending>[] = [];
    const span = { offset: io.offset, count: ioCount(io) };
    const pieces = cutAtChunks(span, this.chunkSize, (chunk, whole) => {
      const kept = this.exceptions.find(chunk);
      return new WritePlace(kept, this.pending.find(chunk), whole);
    });
    for (const piece of pieces) {
      const { kept, pending, whole } = piece.kind;
      // Recorded it may be, and still be waited for by writes to the origin: not by these.
      if (kept !== undefined) parts.push(this.toStore(io, piece, kept));
      else if (pending) parts.push(this.after(pending.ended, io, piece));
      else if (io.op === 'discard') continue;
      else if (whole) parts.push(this.writeWhole(io, piece));
      else parts.push(this.after(this.keep(piece.offset, piece.count, 'write'), io, piece));
    }
    return joinedAll(parts);
  }

  private async after(
    before: Promise<void> | undefined,
    io: Exclude<TargetIo, { op: 'read' }>,
    piece: Piece<unknown>,
  ): Promise<Ending> {
    await before;
    return this.write(asTargetIo(pieceOf(io, piece)) as typeof io);
  }

  /** What the chunks were need not be known: the data goes to the store, and then the record. */
  private writeWhole(
    io: Exclude<TargetIo, { op: 'read' }>,
    { offset, count }: Piece<unknown>,
  ): Promise<Ending> {
    const parts: Promise<Ending>[] = [];
    for (let at = offset; at < offset + count;) {
      const most = Math.min(offset + count - at, Math.max(LONGEST_COPY, this.chunkSize));
      const run = this.begin(at / this.chunkSize, most / this.chunkSize, 'write');
      if (!run) {
        parts.push(this.settled().then(() => this.failure(io)));
        break;
      }
      const piece = { offset: at, count: run.count * this.chunkSize };
      parts.push(this.writeRun(run, pieceOf(io, piece, run.newChunk * this.chunkSize)));
      at += piece.count;
    }
    return joinedAll(parts);
  }

  private async writeRun(run: Pending, below: DataIo): Promise<Ending> {
    const written = await this.ground.cow.submit(below);
    this.pending.copied(run, written.ok);
    await run.ended;
    if (!written.ok || this.valid) return written;
    return err(ioFailure(this.ground.cow.name, below, INVALID));
  }

  /**
   * Keeps what is going to be written over.
   * @param offset sectors of the origin
   * @param by who writes: to a snapshot that may overflow it is no loss if that fails
   * @returns undefined: nothing has to be waited for
   */
  keep(
    offset: number,
    count: number,
    by: 'origin' | 'write' = 'origin',
  ): Promise<void> | undefined {
    if (!this.valid) return this.invalidating;
    const waits = new Set<Promise<void>>();
    const { first, last } = chunksOf(offset, count, this.chunkSize);
    for (let chunk = first; chunk <= last;) {
      const pending = this.pending.find(chunk);
      if (pending) waits.add(pending.ended);
      if (pending || this.exceptions.has(chunk)) {
        chunk++;
        continue;
      }
      const run = this.begin(chunk, this.missing(chunk, last), by);
      if (!run) break;
      void this.copy(run);
      waits.add(run.ended);
      chunk += run.count;
    }
    if (this.invalidating) waits.add(this.invalidating);
    return waits.size === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  /** Nothing of these sectors is read in the origin any more. */
  keeps(offset: number, count: number): boolean {
    if (!this.valid) return this.invalidating === undefined;
    const { first, last } = chunksOf(offset, count, this.chunkSize);
    for (let chunk = first; chunk <= last; chunk++) {
      if (this.pending.find(chunk) || !this.exceptions.has(chunk)) return false;
    }
    return true;
  }

  /** How many side by side are neither kept nor on their way. */
  private missing(first: number, last: number): number {
    const most = Math.max(1, Math.floor(LONGEST_COPY / this.chunkSize));
    const end = Math.min(last + 1, first + most);
    let chunk = first + 1;
    while (chunk < end && !this.pending.find(chunk) && !this.exceptions.has(chunk)) chunk++;
    return chunk - first;
  }

  /** @returns undefined: there is no room, and the snapshot is lost, or tells so */
  private begin(oldChunk: number, most: number, by: 'origin' | 'write'): Pending | undefined {
    const room = this.store.allocate(most);
    if (room) {
      this.ground.changed();
      return this.pending.begin(oldChunk, room.newChunk, room.count);
    }
    if (by === 'write' && this.store.kind === 'PO') this.overflowed = true;
    else void this.invalidate();
    return undefined;
  }

  private async copy(run: Pending): Promise<void> {
    const { origin, cow, kcopyd } = this.ground;
    const start = run.oldChunk * this.chunkSize;
    const count = Math.min(run.count * this.chunkSize, origin.size - start);
    // The origin may have been given a smaller table, or have none yet.
    if (count <= 0) {
      this.pending.copied(run, false);
      return;
    }
    const { readFailed, writesFailed } = await kcopyd.copy({
      from: { device: origin, start: sectors(start) },
      to: [{ device: cow, start: sectors(run.newChunk * this.chunkSize) }],
      count: sectors(count),
    });
    this.pending.copied(run, !readFailed && writesFailed.size === 0);
  }

  private async commit(run: Pending, copied: boolean): Promise<void> {
    this.ground.changed();
    const durable = await this.store.commit(run, copied);
    if (!durable) await this.invalidate();
    if (durable && this.valid) {
      for (let at = 0; at < run.count; at++) this.add(run.oldChunk + at, run.newChunk + at);
    }
    // Who reads the origin here must not see what is going to be written to it.
    await this.reads.clear(run.oldChunk, run.oldChunk + run.count - 1);
    this.pending.end(run);
    this.ground.changed();
  }

  /** For good: nobody may take what it has for the origin as it was. Resolves once that is told. */
  invalidate(): Promise<void> {
    if (this.valid) {
      this.valid = false;
      // Nor may who still reads the origin here see what is going to be written to it.
      const read = this.reads.clear(0, Number.MAX_SAFE_INTEGER);
      this.invalidating = Promise.all([this.store.invalidate(), read]).then(() => {
        this.invalidating = undefined;
        this.ground.event();
        this.ground.changed();
      });
    }
    return this.settled();
  }

  private settled(): Promise<void> {
    return this.invalidating ?? Promise.resolve();
  }

  /** A flush of what was written here: the origin has none of it. */
  flush(): Promise<IoResult> {
    return this.ground.cow.submit({ op: 'flush' });
  }

  /** Resolves once nothing of it is under way; undefined: nothing is. */
  quiesce(): Promise<void> | undefined {
    const runs = this.pending.list(Number.MAX_SAFE_INTEGER).map(({ ended }) => ended);
    const all = this.invalidating ? [...runs, this.invalidating] : runs;
    return all.length === 0 ? undefined : Promise.all(all).then(() => undefined);
  }

  failure(io: TargetIo): IoResult {
    const why = this.valid ? 'the snapshot has overflowed' : INVALID;
    return err(ioFailure(this.ground.cow.name, { ...io, start: io.offset }, why));
  }
}

const INVALID = 'the snapshot is invalid';
const GONE = 'the store has no such chunk';
