/**
 * A snapshot that flows back into its origin (reference 6.1): from the last exception to the first,
 * as many chunks at a time as lie side by side. What is not merged yet is read and written in the
 * store, all else in the origin; a write to what is being merged waits.
 */
import { ok } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import type { IoResult } from '../../block/device.ts';
import type { KeptChunks } from '../../contract/snapshots.ts';
import { joinedAll } from '../endings.ts';
import { Pace } from '../kcopyd.ts';
import type { Ending, TargetHost, TargetIo } from '../target.ts';
import type { Origins, StoreUser } from './origins.ts';
import { asTargetIo, chunksOf, cutAtChunks, ioCount, pieceOf, type Piece } from './pieces.ts';
import type { Snapshot } from './snapshot.ts';
import type { ExceptionRun } from './store.ts';
import { TrackedRequests } from './tracked.ts';

/** Sectors that are merged as one at most: writes to them wait so long. */
const LONGEST_MERGE = 8192;

/** Where a chunk is: in the store, on its way back, or in the origin. */
class MergePlace {
  constructor(
    readonly kept: number | undefined,
    readonly isMerging: boolean,
  ) {}

  joins(next: MergePlace): boolean {
    if (this.kept === undefined) return next.kept === undefined;
    return next.kept === this.kept + 1 && next.isMerging === this.isMerging;
  }
}

export class Merge {
  /** What is being copied back. */
  merging: KeptChunks | undefined;
  failed = false;
  /** Writes to the store that are under way. */
  private readonly writes = new TrackedRequests();
  private waiting: (() => void)[] = [];
  private readonly pace: Pace;
  private running: Promise<void> | undefined;
  private isStopping = true;
  /** Somebody wants it to go on, and it has not looked since. */
  private isDue = false;

  constructor(
    private readonly user: StoreUser,
    private readonly host: Pick<
      TargetHost,
      'throttle' | 'scheduler' | 'snapshotChanged' | 'device'
    >,
    private readonly origins: Origins,
  ) {
    this.pace = new Pace(host.throttle, host.scheduler, () => {
      this.goOn();
    });
  }

  get isWorking(): boolean {
    return this.running !== undefined;
  }

  start(): void {
    this.isStopping = false;
    this.pace.open();
    this.goOn();
  }

  /** Resolves once nothing of it is under way; it goes on with `start`. */
  stop(): Promise<void> | undefined {
    this.isStopping = true;
    this.pace.close();
    return this.running;
  }

  private goOn(): void {
    if (this.isStopping || this.failed) return;
    this.isDue = true;
    if (this.running) return;
    this.running = this.run().then(() => {
      this.running = undefined;
      if (this.isDue) this.goOn();
    });
  }

  private async run(): Promise<void> {
    const { snapshot } = this.user;
    this.isDue = false;
    if (!snapshot?.valid) return;
    await snapshot.quiesce();
    while (!this.isStopping && snapshot.exceptions.count > 0 && this.pace.mayBegin()) {
      this.pace.began();
      if (await this.mergeNext(snapshot)) continue;
      this.failed = true;
      break;
    }
    if (snapshot.exceptions.count === 0) this.pace.close();
    // No event: as with the kernel whoever waits for the end of a merge has to ask.
    this.host.snapshotChanged();
  }

  /** @returns false: it cannot go on */
  private async mergeNext(snapshot: Snapshot): Promise<boolean> {
    const { store, chunkSize } = snapshot;
    const run = await store.merging?.lastRun(Math.max(1, Math.floor(LONGEST_MERGE / chunkSize)));
    if (run === undefined || run === 'failed' || run === 'none') return false;
    const [offset, count] = [run.oldChunk * chunkSize, run.count * chunkSize];
    await this.origins.beforeWrite(this.user.origin, offset, count);
    this.merging = { ...run };
    this.host.snapshotChanged();
    await this.writes.clear(run.oldChunk, run.oldChunk + run.count - 1);
    const done = (await this.copyBack(snapshot, run)) && (await this.forget(snapshot, run));
    this.merging = undefined;
    for (const go of this.waiting.splice(0)) go();
    return done;
  }

  private async copyBack({ ground, chunkSize }: Snapshot, run: ExceptionRun): Promise<boolean> {
    const { origin, cow, kcopyd } = ground;
    const start = run.oldChunk * chunkSize;
    const count = Math.min(run.count * chunkSize, origin.size - start);
    // A spoilt record may name any chunk.
    if (count <= 0 || run.newChunk * chunkSize + count > cow.size) return false;
    const { readFailed, writesFailed } = await kcopyd.copy({
      from: { device: cow, start: sectors(run.newChunk * chunkSize) },
      to: [{ device: origin, start: sectors(start) }],
      count: sectors(count),
    });
    if (readFailed || writesFailed.size > 0) return false;
    return (await origin.submit({ op: 'flush' })).ok;
  }

  private async forget(snapshot: Snapshot, { count }: ExceptionRun): Promise<boolean> {
    if (!(await snapshot.store.merging?.forget(count))) return false;
    for (let at = 0; at < count; at++) snapshot.removeLast();
    return true;
  }

  /** Once the snapshot is lost, or went to another device, all goes to the origin. */
  io(io: TargetIo): Promise<Ending> {
    const { snapshot } = this.user;
    if (io.op === 'discard') return Promise.resolve(ok());
    if (!snapshot) return this.toOrigin(io, { offset: io.offset, count: ioCount(io) });
    const parts: Promise<Ending>[] = [];
    const pieces = cutAtChunks(
      { offset: io.offset, count: ioCount(io) },
      snapshot.chunkSize,
      (chunk) => this.placeOf(snapshot, chunk, io),
    );
    for (const piece of pieces) {
      const { kept, isMerging } = piece.kind;
      if (kept === undefined) parts.push(this.toOrigin(io, piece));
      else if (isMerging) parts.push(this.later(io, piece));
      else parts.push(this.toStore(snapshot, io, piece, kept));
    }
    return joinedAll(parts);
  }

  private placeOf({ valid, exceptions }: Snapshot, chunk: number, { op }: TargetIo): MergePlace {
    const kept = valid ? exceptions.find(chunk) : undefined;
    const { oldChunk = 0, count = 0 } = this.merging ?? {};
    const isMerging = op !== 'read' && chunk >= oldChunk && chunk < oldChunk + count;
    return new MergePlace(kept, isMerging);
  }

  private async later(io: TargetIo, piece: Piece<unknown>): Promise<Ending> {
    await new Promise<void>((go) => {
      this.waiting.push(go);
    });
    return this.io(asTargetIo(pieceOf(io, piece)));
  }

  private toStore(
    snapshot: Snapshot,
    io: TargetIo,
    piece: Piece<unknown>,
    kept: number,
  ): Promise<IoResult> {
    if (io.op === 'read') return snapshot.toStore(io, piece, kept);
    const { first, last } = chunksOf(piece.offset, piece.count, snapshot.chunkSize);
    const end = this.writes.begin(first, last);
    return snapshot.toStore(io, piece, kept).then((done) => {
      end();
      return done;
    });
  }

  /** Other snapshots of the origin keep what is there. */
  private async toOrigin(
    io: TargetIo,
    piece: Pick<Piece<unknown>, 'offset' | 'count'>,
  ): Promise<Ending> {
    if (io.op !== 'read') {
      await this.origins.beforeWrite(this.user.origin, piece.offset, piece.count);
    }
    return this.host.device(this.user.origin).submit(pieceOf(io, piece));
  }

  /** What is in either counts. */
  async flush(): Promise<Ending> {
    const { origin, store } = this.user;
    const both = [origin, store].map((one) => this.host.device(one).submit({ op: 'flush' }));
    return joinedAll(both);
  }
}
