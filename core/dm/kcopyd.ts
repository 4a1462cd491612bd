/**
 * Copies runs of sectors from one device to others (the kernel's kcopyd): no more of it is under
 * way, and in memory, at a time than a fixed number of buffers; how often copies begin can be
 * limited while they go on.
 */
import { SECTOR, sectors, type Sectors } from '../base/units.ts';
import type { BlockDevice } from '../block/device.ts';
import type { MirrorState } from '../contract/mirrors.ts';
import type { Scheduler } from '../env/scheduler.ts';

/** Where a run lies. */
export interface CopyPlace {
  readonly device: Pick<BlockDevice, 'submit'>;
  readonly start: Sectors;
}

export interface CopyJob {
  readonly from: CopyPlace;
  readonly to: readonly CopyPlace[];
  readonly count: Sectors;
  /** What can be read and written is copied all the same; what cannot be read is not written. */
  readonly ignoreErrors: boolean;
}

export interface CopyOutcome {
  readonly readFailed: boolean;
  /** Indices into `to`. */
  readonly writesFailed: ReadonlySet<number>;
}

/** Sectors that are read and written as one: 1 MiB. Half of it takes 8 % more processor time. */
const PIECE = 2048;
/** Pieces under way at a time over all copies; with the size of one, 8 MiB of memory. */
const PIECES = 8;

export class Kcopyd {
  private readonly free: Uint8Array[] = [];
  private made = 0;
  private waiting: ((buffer: Uint8Array) => void)[] = [];

  /** Ends once nothing of it is under way. A failure ends the others to come, if it counts. */
  async copy(job: CopyJob): Promise<CopyOutcome> {
    const outcome = { readFailed: false, writesFailed: new Set<number>() };
    const pieces: Promise<void>[] = [];
    for (let at = 0; at < job.count; at += PIECE) {
      const buffer = await this.take();
      if (!job.ignoreErrors && (outcome.readFailed || outcome.writesFailed.size > 0)) {
        this.giveBack(buffer);
        break;
      }
      const data = buffer.subarray(0, Math.min(PIECE, job.count - at) * SECTOR);
      pieces.push(
        copyPiece(job, at, data, outcome).then(() => {
          this.giveBack(buffer);
        }),
      );
    }
    await Promise.all(pieces);
    return outcome;
  }

  private take(): Uint8Array | Promise<Uint8Array> {
    const free = this.free.pop();
    if (free) return free;
    if (this.made < PIECES) {
      this.made++;
      return new Uint8Array(PIECE * SECTOR);
    }
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private giveBack(buffer: Uint8Array): void {
    const next = this.waiting.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }
}

async function copyPiece(
  { from, to }: CopyJob,
  at: number,
  data: Uint8Array,
  outcome: { readFailed: boolean; readonly writesFailed: Set<number> },
): Promise<void> {
  const read = await from.device.submit({ op: 'read', start: sectors(from.start + at), data });
  if (!read.ok) {
    outcome.readFailed = true;
    return;
  }
  const written = await Promise.all(
    to.map(({ device, start }) => device.submit({ op: 'write', start: sectors(start + at), data })),
  );
  for (const [index, one] of written.entries()) if (!one.ok) outcome.writesFailed.add(index);
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

  /** As a screen has it. */
  get shown(): Pick<MirrorState, 'limit' | 'waits'> {
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
