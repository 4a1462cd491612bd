/**
 * A snapshot as EVMS 1.1 made it (2002): a chunk of the original is copied to the store before it
 * is written for the first time, and an exception table says which copies there are.
 *
 * From the post (`seeds/004`), of the asynchronous option: a sector of the table is written when it
 * is full or the system is shut down, and at no other time; it may reach the disk before the copies
 * that it speaks of; a write to the original is let go as soon as the chunk was read, in parallel
 * with the write of the copy; a snapshot that was not shut down is disabled. Of the synchronous
 * option the post says only that a crash does it no harm: the order here is copy, flush, table,
 * flush, let go. From the EVMS User Guide, 11.2 and 11.5: a full store deactivates the snapshot,
 * its I/O fails, and the original goes on.
 *
 * Our own: the layout of the store (layout.ts); that every mark in the header is flushed, and the
 * original at creation, so that whatever a crash shows comes from the table and not from the marks;
 * and that an asynchronous snapshot does not wait for the mark of a full store. Left out: snapshots
 * that are written, several of one original, rollback, and the names and tools around them.
 */
import { err, ok } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import {
  changes,
  checkIo,
  flush,
  ioFailure,
  ioSectors,
  readSectors,
  type BlockDevice,
  type DataIo,
  type Io,
  type IoResult,
} from '../../block/device.ts';
import { ExceptionTable } from './exception-table.ts';
import {
  ENTRIES,
  headerBytes,
  layoutOf,
  parseHeader,
  type Header,
  type Layout,
  type State,
} from './layout.ts';
import type { AfterCrash, Opened, SnapshotOptions, Tell } from './types.ts';

/** A chunk on its way to the store. */
interface Copy {
  /** The original may be written. */
  readonly letGo: Promise<void>;
  /** It is in the store, or the snapshot is useless. */
  readonly done: Promise<void>;
}

type Read = Extract<Io, { op: 'read' }>;

export class EvmsSnapshot {
  /** What programs have of the original while it has a snapshot. */
  readonly original: BlockDevice;
  readonly snapshot: BlockDevice;
  private readonly table: ExceptionTable;
  private readonly copies = new Map<number, Copy>();
  /** Reads of the snapshot that the original answers, by chunk: it is not written meanwhile. */
  private readonly reads = new Map<number, Set<Promise<unknown>>>();
  /** Writes to the store that nobody waits for. */
  private readonly loose = new Set<Promise<unknown>>();
  /** One commit after the other. */
  private commits: Promise<unknown> = Promise.resolve();
  private state: State = 'in use';
  private removed = false;
  /** The mark of a full store, once it is on its way. */
  private given: Promise<IoResult> | undefined;

  private constructor(
    private readonly origin: BlockDevice,
    private readonly store: BlockDevice,
    private readonly options: SnapshotOptions,
    private readonly layout: Layout,
  ) {
    this.table = new ExceptionTable(layout.chunks);
    this.original = new Face(origin, false, (io) => this.ofOriginal(io));
    this.snapshot = new Face(origin, true, (io) => this.ofSnapshot(io));
  }

  /**
   * Nobody may write to the original meanwhile.
   * @param store what is in it is lost
   */
  static async create(
    origin: BlockDevice,
    store: BlockDevice,
    options: SnapshotOptions,
  ): Promise<Opened<EvmsSnapshot>> {
    const layout = layoutOf(store.size, options.chunkSize);
    if (!layout) return err({ code: 'store-too-small' });
    const made = new EvmsSnapshot(origin, store, options, layout);
    const { tableStart: start, tableSectors: count } = layout;
    const done = await inTurn([
      () => flush(origin),
      () => store.submit({ op: 'write', start, data: new Uint8Array(count * SECTOR), fua: true }),
      () => made.mark('in use'),
    ]);
    return done.ok ? ok(made) : done;
  }

  /** What was shut down, or what a crash has left. */
  static async open(
    origin: BlockDevice,
    store: BlockDevice,
    afterCrash: AfterCrash,
    tell?: Tell,
  ): Promise<Opened<EvmsSnapshot>> {
    const first = await readSectors(store, sectors(0), sectors(1));
    if (!first.ok) return first;
    const header = parseHeader(first.value);
    const layout = header && layoutOf(store.size, header.chunkSize);
    if (!header || !layout) return err({ code: 'none-there' });
    const size = header.originalSize;
    if (size !== origin.size) return err({ code: 'other-original', size });
    if (header.state === 'full') return err({ code: 'full' });
    const { chunkSize, asynchronous } = header;
    const crashed = asynchronous && header.state === 'in use';
    if (crashed && afterCrash === 'disabled') return err({ code: 'crashed' });
    const table = await readSectors(store, layout.tableStart, layout.tableSectors);
    if (!table.ok) return table;
    const options = { chunkSize, asynchronous, ...(tell && { tell }) };
    const found = new EvmsSnapshot(origin, store, options, layout);
    const loaded = found.table.load(table.value, Math.ceil(size / chunkSize));
    if (!loaded.ok) return err({ code: 'bad-table', index: loaded.error });
    const marked = await found.mark('in use');
    return marked.ok ? ok(found) : marked;
  }

  /** Copies in the store. */
  get exceptions(): number {
    return this.table.used;
  }

  /** A clean shutdown: nothing may use original or snapshot any more. */
  async shutDown(): Promise<IoResult> {
    await Promise.all(this.loose);
    if (this.given) return this.given;
    const last = Math.floor(this.table.used / ENTRIES);
    const open = this.options.asynchronous && this.table.entriesIn(last) > 0;
    const done = await inTurn([
      () => (open ? this.writeTable(last, false) : Promise.resolve(ok())),
      () => this.flushStore(),
      () => this.mark('shut down'),
    ]);
    if (done.ok) this.tell({ kind: 'shut-down' });
    return done;
  }

  /** Once this is done the store is free, and the original is written without copies. */
  async remove(): Promise<IoResult> {
    const data = new Uint8Array(SECTOR);
    const done = await this.store.submit({ op: 'write', start: sectors(0), data, fua: true });
    if (done.ok) this.removed = true;
    return done;
  }

  private tell: Tell = (event) => this.options.tell?.(event);

  private get works(): boolean {
    return this.state === 'in use' && !this.given && !this.removed;
  }

  private mark(state: State): Promise<IoResult> {
    this.state = state;
    const { chunkSize, asynchronous } = this.options;
    const header: Header = { chunkSize, asynchronous, originalSize: this.origin.size, state };
    const data = headerBytes(header);
    return this.store.submit({ op: 'write', start: sectors(0), data, fua: true });
  }

  private async ofOriginal(io: Io): Promise<IoResult> {
    if (this.state === 'shut down') return err(ioFailure(this.origin.name, io, 'shut down'));
    if (io.op === 'flush' || !changes(io)) return this.origin.submit(io);
    const chunks = this.chunksOf(io);
    await Promise.all(chunks.map((chunk) => this.preserve(chunk)));
    await Promise.all(chunks.flatMap((chunk) => [...(this.reads.get(chunk) ?? [])]));
    return this.origin.submit(io);
  }

  private chunksOf(io: DataIo): readonly number[] {
    const { chunkSize } = this.options;
    const first = Math.floor(io.start / chunkSize);
    const last = Math.floor((io.start + ioSectors(io) - 1) / chunkSize);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  }

  /** Before a chunk of the original is written. */
  private async preserve(chunk: number): Promise<void> {
    if (this.given) return this.giveUp();
    if (this.removed) return;
    const known = this.copies.get(chunk);
    if (known) return known.letGo;
    if (this.table.find(chunk) !== undefined) return;
    let letGo = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const done = this.copy(chunk, letGo).then(() => {
      letGo();
      this.copies.delete(chunk);
    });
    this.copies.set(chunk, { letGo: released, done });
    this.keep(done);
    await released;
  }

  private async copy(chunk: number, letGo: () => void): Promise<void> {
    const { chunkSize, asynchronous } = this.options;
    const start = sectors(chunk * chunkSize);
    const count = sectors(Math.min(chunkSize, this.origin.size - start));
    const read = await readSectors(this.origin, start, count);
    if (!read.ok) return this.giveUp();
    this.tell({ kind: 'read', chunk });
    const index = this.table.take();
    if (index === undefined) return this.giveUp();
    const written = asynchronous
      ? this.copyAside(chunk, index, read.value, letGo)
      : this.copyInOrder(chunk, index, read.value);
    const done = await written;
    if (!done.ok) return this.giveUp();
    if (!asynchronous) this.tell({ kind: 'let-go', chunk });
  }

  /** Asynchronous: table and copy are on their way at once, and so is the write that waited. */
  private copyAside(
    chunk: number,
    index: number,
    data: Uint8Array,
    letGo: () => void,
  ): Promise<IoResult> {
    this.table.record(index, chunk);
    if (this.table.endsSector(index)) {
      const sector = Math.floor(index / ENTRIES);
      this.keep(
        this.writeTable(sector, false).then((done) => (done.ok ? undefined : this.giveUp())),
      );
    }
    const written = this.writeCopy(chunk, index, data);
    this.tell({ kind: 'let-go', chunk });
    letGo();
    return written;
  }

  /** Synchronous: the copy is durable before its entry goes to the table, that before the write. */
  private async copyInOrder(chunk: number, index: number, data: Uint8Array): Promise<IoResult> {
    const written = await this.writeCopy(chunk, index, data);
    if (!written.ok) return written;
    const commit = this.commits.then(() =>
      inTurn([
        () => this.flushStore(),
        () => {
          this.table.record(index, chunk);
          return this.writeTable(Math.floor(index / ENTRIES), true);
        },
      ]),
    );
    this.commits = commit;
    return commit;
  }

  private async writeCopy(chunk: number, index: number, data: Uint8Array): Promise<IoResult> {
    this.tell({ kind: 'copy-begun', chunk, index });
    const done = await this.store.submit({ op: 'write', start: this.placeOf(index), data });
    if (done.ok) this.tell({ kind: 'copy-done', chunk, index });
    return done;
  }

  private async writeTable(sector: number, fua: boolean): Promise<IoResult> {
    this.tell({ kind: 'table-begun', sector, entries: this.table.entriesIn(sector) });
    const start = sectors(this.layout.tableStart + sector);
    const data = this.table.bytesOf(sector);
    const done = await this.store.submit({ op: 'write', start, data, fua });
    if (done.ok) this.tell({ kind: 'table-done', sector });
    return done;
  }

  private async flushStore(): Promise<IoResult> {
    const done = await flush(this.store);
    if (done.ok) this.tell({ kind: 'store-flushed' });
    return done;
  }

  /** The snapshot is useless. The original goes on; synchronously once the store says so. */
  private async giveUp(): Promise<void> {
    if (!this.given) {
      this.given = this.mark('full');
      this.keep(this.given);
      this.tell({ kind: 'full' });
    }
    if (!this.options.asynchronous) await this.given;
  }

  private keep(work: Promise<unknown>): void {
    this.loose.add(work);
    void work.then(() => this.loose.delete(work));
  }

  private placeOf(index: number): Sectors {
    return sectors(this.layout.dataStart + index * this.options.chunkSize);
  }

  private async ofSnapshot(io: Io): Promise<IoResult> {
    if (io.op !== 'read') return ok();
    const { chunkSize } = this.options;
    const parts: Promise<IoResult>[] = [];
    const count = ioSectors(io);
    for (let at = 0; at < count;) {
      const start = sectors(io.start + at);
      const length = Math.min(count - at, chunkSize - (start % chunkSize));
      const data = io.data.subarray(at * SECTOR, (at + length) * SECTOR);
      parts.push(this.readPart({ op: 'read', start, data }));
      at += length;
    }
    const done = await Promise.all(parts);
    return done.find((one) => !one.ok) ?? ok();
  }

  private async readPart(io: Read): Promise<IoResult> {
    const { chunkSize } = this.options;
    const chunk = Math.floor(io.start / chunkSize);
    for (let copy = this.copies.get(chunk); copy; copy = this.copies.get(chunk)) await copy.done;
    if (!this.works) return err(ioFailure(this.snapshot.name, io, 'the snapshot is deactivated'));
    const index = this.table.find(chunk);
    if (index !== undefined) {
      const start = sectors(this.placeOf(index) + (io.start % chunkSize));
      return this.store.submit({ ...io, start });
    }
    const reads = this.reads.get(chunk) ?? new Set<Promise<unknown>>();
    this.reads.set(chunk, reads);
    const read = this.origin.submit(io);
    reads.add(read);
    const done = await read;
    reads.delete(read);
    return done;
  }
}

/** A device as the programs see it. */
class Face implements BlockDevice {
  constructor(
    private readonly origin: BlockDevice,
    readonly readOnly: boolean,
    private readonly answer: (io: Io) => Promise<IoResult>,
  ) {}

  get name(): string {
    return this.readOnly ? `snapshot of ${this.origin.name}` : this.origin.name;
  }

  get size(): Sectors {
    return this.origin.size;
  }

  submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    return refused ? Promise.resolve(err(refused)) : this.answer(io);
  }
}

/** One after the other, up to the first that fails. */
async function inTurn(steps: readonly (() => Promise<IoResult>)[]): Promise<IoResult> {
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return done;
  }
  return ok();
}
