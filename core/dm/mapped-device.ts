import { assert } from '../base/assert.ts';
import { err } from '../base/result.ts';
import { sectors, type Sectors } from '../base/units.ts';
import { checkIo, type BlockDevice, type Io, type IoResult } from '../block/device.ts';
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { dispatch, failure } from './dispatch.ts';
import type { Table } from './table.ts';

/** What suspend does with I/O in flight (reference 4.2): finish it, or put back what cannot. */
export interface SuspendHow {
  readonly inFlight: 'drain' | 'hold';
  /** Locks the file system above first; not combined with hold. */
  readonly freeze: boolean;
}

interface Waiting {
  readonly io: Io;
  readonly seq: number;
  readonly finish: (result: IoResult) => void;
}

/**
 * One mapped device: a live and an inactive table, and a gate. While the gate is closed I/O waits
 * in the order it came; the table that is live when it opens again is the one it goes through.
 */
export class MappedDevice implements BlockDevice {
  live: Table | undefined;
  inactive: Table | undefined;
  openCount = 0;
  eventNumber = 0;
  suspended = false;
  private gateClosed = false;
  private holding = false;
  private inFlight = 0;
  private arrivals = 0;
  private queue: Waiting[] = [];
  private drained: (() => void) | undefined;

  constructor(
    public name: string,
    readonly uuid: string,
    readonly devno: DevNo,
  ) {}

  get size(): Sectors {
    return this.live?.size ?? sectors(0);
  }

  get readOnly(): boolean {
    return this.live?.readOnly ?? false;
  }

  /** True while a suspend or resume is under way. */
  get changing(): boolean {
    return this.gateClosed !== this.suspended;
  }

  submit(io: Io): Promise<IoResult> {
    const seq = this.arrivals++;
    if (this.gateClosed) {
      return new Promise((finish) => {
        this.queue.push({ io, seq, finish });
      });
    }
    return this.start(io, seq);
  }

  /** Closes the gate, then waits for I/O in flight; with `hold` what cannot finish is queued. */
  async suspend(how: SuspendHow): Promise<void> {
    if (this.suspended) return;
    assert(!this.gateClosed, `${this.name} is being suspended twice`);
    this.hooks('presuspend');
    this.gateClosed = true;
    this.holding = how.inFlight === 'hold';
    if (this.inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
    this.holding = false;
    this.hooks('postsuspend');
    this.suspended = true;
  }

  /** Swaps the inactive table in, if there is one, opens the gate and lets the queue through. */
  async resume(): Promise<void> {
    if (this.inactive) {
      await this.suspend({ inFlight: 'drain', freeze: false });
      const old = this.live;
      this.live = this.inactive;
      this.inactive = undefined;
      old?.close();
    }
    if (!this.suspended) return;
    this.hooks('resume');
    this.suspended = false;
    this.gateClosed = false;
    const waiting = this.queue;
    this.queue = [];
    for (const one of waiting) void this.start(one.io, one.seq).then(one.finish);
  }

  replaceInactive(table: Table | undefined): void {
    this.inactive?.close();
    this.inactive = table;
  }

  /** What still waits when the device goes away has nowhere to go. */
  destroy(): void {
    this.replaceInactive(undefined);
    this.live?.close();
    this.live = undefined;
    const waiting = this.queue;
    this.queue = [];
    for (const { io, finish } of waiting) finish(err(failure(this.name, io, 'device removed')));
  }

  state(): DmDeviceState {
    const { name, uuid, devno, suspended, readOnly, openCount, eventNumber, inFlight } = this;
    return {
      name,
      uuid,
      devno,
      suspended,
      readOnly,
      ...(this.live ? { live: this.live.state() } : {}),
      ...(this.inactive ? { inactive: this.inactive.state() } : {}),
      deps: this.live?.deps ?? [],
      openCount,
      eventNumber,
      inFlight,
      queued: this.queue.length,
    };
  }

  private async start(io: Io, seq: number): Promise<IoResult> {
    const refused = this.refuse(io);
    if (refused) return refused;
    assert(this.live !== undefined, 'checked above');
    this.inFlight++;
    const done = await dispatch(this.name, this.live, io);
    const result = done === 'requeue' ? this.requeue(io, seq) : done;
    this.inFlight--;
    if (this.inFlight === 0) {
      this.drained?.();
      this.drained = undefined;
    }
    return result;
  }

  private refuse(io: Io): IoResult | undefined {
    if (!this.live) return err(failure(this.name, io, 'no table is live'));
    const problem = checkIo(this, io);
    return problem ? err(problem) : undefined;
  }

  /** Back into the queue at its old place, legal only under hold. */
  private requeue(io: Io, seq: number): Promise<IoResult> | IoResult {
    if (!this.holding) return err(failure(this.name, io, 'requeued without noflush'));
    return new Promise((finish) => {
      const at = this.queue.findIndex((one) => one.seq > seq);
      this.queue.splice(at < 0 ? this.queue.length : at, 0, { io, seq, finish });
    });
  }

  private hooks(hook: 'presuspend' | 'postsuspend' | 'resume'): void {
    for (const { target } of this.live?.targets ?? []) target[hook]?.();
  }
}

/** A handle that keeps the device open until it is closed. */
export class OpenDevice implements BlockDevice {
  private closed = false;

  constructor(private readonly device: MappedDevice) {
    device.openCount++;
  }

  get name(): string {
    return this.device.name;
  }

  get size(): Sectors {
    return this.device.size;
  }

  get readOnly(): boolean {
    return this.device.readOnly;
  }

  submit(io: Io): Promise<IoResult> {
    assert(!this.closed, `${this.name} was closed`);
    return this.device.submit(io);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.device.openCount--;
  }
}
