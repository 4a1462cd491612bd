/**
 * Copies runs of sectors from one device to others (the kernel's kcopyd): no more of it is under
 * way, and in memory, at a time than a fixed number of buffers; how often copies begin can be
 * limited while they go on. A hole is not read: it becomes zeros that need no place, so that a
 * sparse twin of large disks stays sparse, whatever is moved and mirrored on it.
 */
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import { allocationOf, AllocationList } from '../block/allocation.ts';
import type { Allocation, BlockDevice, DataIo, IoResult } from '../block/device.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { SnapshotState } from '../contract/snapshots.ts';
import type { Scheduler } from '../env/scheduler.ts';

/** Where a run lies. */
interface CopyPlace {
  readonly device: Pick<BlockDevice, 'submit' | 'size' | 'allocation'>;
  readonly start: Sectors;
}

interface CopyJob {
  readonly from: CopyPlace;
  readonly to: readonly CopyPlace[];
  readonly count: Sectors;
}

export interface CopyOutcome {
  readonly readFailed: boolean;
  /** Indices into `to`. */
  readonly writesFailed: ReadonlySet<number>;
}

interface Copying {
  readFailed: boolean;
  readonly writesFailed: Set<number>;
}

/** Sectors that are read and written as one: 1 MiB. Half of it takes 8 % more processor time. */
const PIECE = 2048;
/** Pieces under way at a time over all copies, 8 MiB of memory; and one of each target beyond. */
const PIECES = 8;
/** Sectors of a hole that is worth a request of its own, 64 KiB. */
const WORTH_SKIPPING = 128;

/** Who copies, and what it waits for. */
interface Waiting {
  readonly by: Kcopyd;
  readonly go: (buffer: Uint8Array) => void;
}

/** Of all copies of a stack. */
class Buffers {
  readonly free: Uint8Array[] = [];
  readonly waiting: Waiting[] = [];
  made = 0;
}

/**
 * Every target has one of its own, as in the kernel, and all of a stack share the buffers. A copy
 * may write to an origin whose snapshot then has to copy: so whoever has no buffer always gets one,
 * also where the others have them all.
 */
export class Kcopyd {
  private held = 0;

  constructor(private readonly buffers = new Buffers()) {}

  /** For another target. */
  another(): Kcopyd {
    return new Kcopyd(this.buffers);
  }

  /** Ends once nothing of it is under way. A failure ends the others to come. */
  async copy(job: CopyJob): Promise<CopyOutcome> {
    const outcome: Copying = { readFailed: false, writesFailed: new Set() };
    const mayGoOn = (): boolean => !outcome.readFailed && outcome.writesFailed.size === 0;
    const parts: Promise<void>[] = [];
    for (const { start, count, kind } of await runsOf(job)) {
      if (!mayGoOn()) break;
      const at = start - job.from.start;
      if (kind === 'hole') parts.push(zeroRun(job, at, count, outcome));
      else await this.copyRun(job, { from: at, to: at + count }, { outcome, mayGoOn, parts });
    }
    await Promise.all(parts);
    return outcome;
  }

  /** Ends once the last piece has begun. */
  private async copyRun(
    job: CopyJob,
    { from, to }: { readonly from: number; readonly to: number },
    { outcome, mayGoOn, parts }: PartOf,
  ): Promise<void> {
    for (let at = from; at < to; at += PIECE) {
      const buffer = await this.take();
      if (!mayGoOn()) {
        this.giveBack(buffer);
        return;
      }
      const data = buffer.subarray(0, Math.min(PIECE, to - at) * SECTOR);
      parts.push(
        copyPiece(job, at, data, outcome).then(() => {
          this.giveBack(buffer);
        }),
      );
    }
  }

  private take(): Uint8Array | Promise<Uint8Array> {
    const { buffers } = this;
    const free = buffers.free.pop();
    if (!free && this.held > 0 && buffers.made >= PIECES) {
      return new Promise((go) => {
        buffers.waiting.push({ by: this, go });
      });
    }
    this.held++;
    if (free) return free;
    buffers.made++;
    return new Uint8Array(PIECE * SECTOR);
  }

  private giveBack(buffer: Uint8Array): void {
    this.held--;
    const { waiting, free } = this.buffers;
    // Those who wait are never left without any of their own.
    const own = this.held === 0 ? waiting.findIndex(({ by }) => by === this) : -1;
    const [next] = waiting.splice(Math.max(own, 0), 1);
    if (next) {
      next.by.held++;
      next.go(buffer);
    } else if (this.buffers.made > PIECES) {
      this.buffers.made--;
    } else {
      free.push(buffer);
    }
  }
}

interface PartOf {
  readonly outcome: Copying;
  readonly mayGoOn: () => boolean;
  /** All that has begun. */
  readonly parts: Promise<void>[];
}

/** What is to be read and what is a hole, which a read would find full of zeros. */
async function runsOf({ from: { device, start }, count }: CopyJob): Promise<readonly Allocation[]> {
  const list = new AllocationList(start);
  for (const run of await allocationOf(device, start, count)) {
    list.add(run.count, run.count < WORTH_SKIPPING ? 'data' : run.kind);
  }
  return list.all;
}

async function copyPiece(
  { from, to }: CopyJob,
  at: number,
  data: Uint8Array,
  outcome: Copying,
): Promise<void> {
  const read = await from.device.submit({ op: 'read', start: sectors(from.start + at), data });
  if (read.ok) await writeTo(to, at, (start) => ({ op: 'write', start, data }), outcome);
  else outcome.readFailed = true;
}

const zeroRun = ({ to }: CopyJob, at: number, count: Sectors, outcome: Copying): Promise<void> =>
  writeTo(to, at, (start) => ({ op: 'zero', start, count, unmap: true }), outcome);

async function writeTo(
  to: CopyJob['to'],
  at: number,
  request: (start: Sectors) => DataIo,
  { writesFailed }: Copying,
): Promise<void> {
  const written: readonly IoResult[] = await Promise.all(
    to.map(({ device, start }) => device.submit(request(sectors(start + at)))),
  );
  for (const [index, one] of written.entries()) if (!one.ok) writesFailed.add(index);
}

/** How often copies may begin; above another one, whose rate holds where this has none. */
export class Throttle {
  private own: number | undefined;
  private held = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly general?: Throttle) {}

  /** Copies a second, 0 or more; 0: none begins. Undefined: as many as can. */
  get rate(): number | undefined {
    return this.isHeld ? 0 : (this.own ?? this.general?.rate);
  }

  /** None begins whatever the rate, until somebody lets them. */
  get isHeld(): boolean {
    return this.held || this.general?.isHeld === true;
  }

  /** As a screen has it, of a mirror or a merge. */
  get shown(): Pick<MirrorState & SnapshotState, 'limit' | 'waits'> {
    const { rate, isHeld } = this;
    return isHeld ? { waits: true } : rate === undefined ? {} : { limit: rate };
  }

  /** @param rate undefined: what holds in general */
  set(rate: number | undefined): void {
    this.own = rate;
    this.tell();
  }

  hold(held: boolean): void {
    this.held = held;
    this.tell();
  }

  /** @returns what ends it */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    const end = this.general?.onChange(listener);
    return () => {
      this.listeners.delete(listener);
      end?.();
    };
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Lets one copy after another begin, at the rate of a throttle. */
export class Pace {
  private next = 0;
  private armed: { cancelled: boolean } | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly throttle: Throttle,
    private readonly scheduler: Scheduler,
    private readonly go: () => void,
  ) {}

  /** While it is open, a throttle that changes lets copies begin. */
  open(): void {
    this.stopListening ??= this.throttle.onChange(() => {
      this.next = Math.min(this.next, this.scheduler.now);
      this.disarm();
      this.go();
    });
  }

  close(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    this.disarm();
  }

  /** Whether a copy may begin now; if not, `go` is called when one may. */
  mayBegin(): boolean {
    const { rate } = this.throttle;
    if (rate === undefined) return true;
    if (rate === 0) return false;
    const wait = this.next - this.scheduler.now;
    if (wait <= 0) return true;
    this.arm(wait);
    return false;
  }

  /** One has begun. */
  began(): void {
    const { rate } = this.throttle;
    if (rate) this.next = Math.max(this.next, this.scheduler.now) + Math.ceil(1e6 / rate);
  }

  private arm(wait: number): void {
    if (this.armed) return;
    const mine = { cancelled: false };
    this.armed = mine;
    this.scheduler.after(wait, 'the next region of a mirror', () => {
      if (mine.cancelled) return;
      this.armed = undefined;
      this.go();
    });
  }

  private disarm(): void {
    if (this.armed) this.armed.cancelled = true;
    this.armed = undefined;
  }
}
