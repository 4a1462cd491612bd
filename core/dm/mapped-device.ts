import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { sectors, type Sectors } from '../base/units.ts';
import {
  checkIo,
  ioFailure,
  changes,
  ioSectors,
  type Allocation,
  type DataIo,
  type Io,
  type IoResult,
} from '../block/device.ts';
import { run } from '../block/allocation.ts';
import type { ReadAheadWish } from '../contract/plan.ts';
import type { DmDeviceState, IoCounts } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { tableAllocation } from './allocation.ts';
import { dispatch } from './dispatch.ts';
import {
  FlatTables,
  goStraight,
  type DiskPiece,
  type Epoch,
  type Passed,
  type Straight,
} from './flat.ts';
import { Throttle } from './kcopyd.ts';
import { lend, type Lease } from './lease.ts';
import { mayAskAgain, unfinished, yieldBelow, type Standing } from './below.ts';
import { HeldDevices, type Lower } from './lower.ts';
import { defaultReadAhead, wishedReadAhead } from './read-ahead.ts';
import { TableEvents } from './table-events.ts';
import type { Table } from './table.ts';
import type { Refusal, SuspendHow } from './target.ts';
import { WaitingRequests } from './waiting-requests.ts';
import { WriteBehind, type Budget } from './write-behind.ts';

/** Whether anything was done; a suspended device need not be suspended again. */
type Changed = boolean;

/**
 * One mapped device: a live and an inactive table, and a gate. While the gate is closed I/O waits
 * in the order it came; the table that is live when it opens again is the one it goes through.
 */
export class MappedDevice implements Lower, Passed {
  readonly events = new TableEvents();
  /** Removed by the last that closes it; `lastClosed` is told. */
  removeOnClose = false;
  private opens = 0;
  readonly held = new HeldDevices();
  private liveTable: Table | undefined;
  private inactiveTable: Table | undefined;
  /** Set while the gate is closed, and how it was closed. */
  private gate: SuspendHow | undefined;
  /** The gate is closed and nothing is in flight. */
  private quiet = false;
  /** A suspend with `hold` is under way: requests may go back into the queue, here or above. */
  private holding = false;
  private yielding = 0;
  private removed = false;
  private inFlight = 0;
  /** Leases that are out: waited for like I/O, but whether any is under way only they know. */
  private leases = 0;
  private arrivals = 0;
  private readonly queue = new WaitingRequests();
  private drained: (() => void) | undefined;
  private readonly flat: FlatTables;
  private behind: WriteBehind | undefined;
  /** In sectors, where it was set. */
  private readAhead: number | undefined;

  constructor(
    public name: string,
    public uuid: string,
    readonly devno: DevNo,
    private readonly lastClosed: () => void,
    /** Shared by all devices of a stack; without it every request goes through the tables. */
    private readonly epoch?: Epoch,
    /** What holds for all devices of a stack. */
    throttle?: Throttle,
    /** Called with every request that begins, ends or has to wait. */
    private readonly counted: (device: MappedDevice) => void = () => undefined,
    private readonly budget?: Budget,
  ) {
    this.throttle = new Throttle(throttle);
    this.flat = new FlatTables(this, epoch);
  }

  get openCount(): number {
    return this.opens;
  }

  set openCount(count: number) {
    this.opens = count;
    if (count === 0 && this.removeOnClose) this.lastClosed();
  }

  get kernelName(): string {
    return `dm-${this.devno.split(':')[1] ?? ''}`;
  }

  get size(): Sectors {
    return this.liveTable?.size ?? sectors(0);
  }

  get readOnly(): boolean {
    return this.liveTable?.readOnly ?? false;
  }

  /** How often its copies may begin. */
  readonly throttle: Throttle;

  /** Whether it may do I/O that nobody asked it for; while it is suspended it does none. */
  get worksAlone(): boolean {
    return !this.quiet && (this.liveTable?.worksAlone === true || this.behind?.isEmpty === false);
  }

  get isHollow(): boolean {
    return this.liveTable?.isHollow ?? false;
  }

  /** With its first table it can be opened by its number, by its name once that is live. */
  hasTable(which: 'live' | 'any'): boolean {
    return this.liveTable !== undefined || (which === 'any' && this.inactiveTable !== undefined);
  }

  /** True while a suspend or resume is under way. */
  get changing(): boolean {
    return this.gate !== undefined && !this.quiet;
  }

  /** How the device was suspended, as long as it is. */
  get suspension(): SuspendHow | undefined {
    return this.quiet ? this.gate : undefined;
  }

  liveLowers(): readonly Lower[] {
    return this.liveTable?.lowers() ?? [];
  }

  /** Devices below, through the live or the inactive table. */
  lowers(): readonly Lower[] {
    return [...this.liveLowers(), ...(this.inactiveTable?.lowers() ?? [])];
  }

  get standing(): Standing {
    const { inFlight, gate, liveTable: live, inactiveTable: inactive } = this;
    return { isBusy: inFlight > 0, isClosed: gate !== undefined, live, inactive };
  }

  submit(io: Io): Promise<IoResult> {
    return this.behind?.take(io) ?? this.admit(io);
  }

  private admit(io: Io): Promise<IoResult> {
    const seq = this.arrivals++;
    if (!this.gate) return this.start(io, seq);
    this.counted(this);
    return this.queue.add(io, seq);
  }

  /** Resolves once what was put off is written; undefined: nothing is, or it waits at the gate. */
  settled(): Promise<void> | undefined {
    const waits = this.quiet || this.holding;
    return waits || this.behind?.isEmpty !== false ? undefined : this.behind.settled();
  }

  /** While the gate is closed, or once another table is live, nothing is known. */
  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    const table = this.liveTable;
    const isKnown = !this.gate && this.behind?.has(start, count) !== true;
    if (!table || !isKnown || start + count > table.size) return run(start, count, 'data');
    const answer = await tableAllocation(table, start, count);
    return table === this.liveTable ? answer : run(start, count, 'data');
  }

  began(): void {
    this.inFlight++;
    this.counted(this);
  }

  ended(): void {
    this.inFlight--;
    this.counted(this);
    this.tellDrained();
  }

  lent(): void {
    this.leases++;
  }

  givenBack(): void {
    this.leases--;
    this.tellDrained();
  }

  /** None while the gate is closed, see lease.ts. */
  lease(recall: () => void): Lease | undefined {
    if (this.gate || !this.epoch || !this.liveTable) return undefined;
    return lend(this, this.pieces(0, this.size), this.epoch, recall);
  }

  /** Called whenever the device may have become another one, and more often. */
  onChange(listener: () => void): () => void {
    return this.epoch?.onNext(listener) ?? (() => undefined);
  }

  /** None while the gate is closed: what comes then has to be queued here. */
  pieces(start: number, count: number): readonly DiskPiece[] {
    const isWhole = !this.gate && this.behind?.allHidden !== false;
    return !isWhole ? [] : (this.flat.of(this.liveTable)?.pieces(start, count) ?? []);
  }

  /** Closes the gate, then waits for I/O in flight; with `hold` what cannot finish is queued. */
  async suspend({ inFlight, freeze, unrepaired }: SuspendHow): Promise<Changed> {
    if (this.quiet) return false;
    assert(!this.gate, `${this.name} is being suspended twice`);
    const how = { inFlight, freeze: freeze && inFlight === 'drain' };
    this.behind?.beginAll();
    // Before the hooks: a target that lets go of what it kept back may requeue it.
    this.holding = inFlight === 'hold';
    const ending = this.liveTable?.hooks('presuspend', how);
    this.gate = how;
    this.epoch?.next();
    const endYield = this.holding || unrepaired ? yieldBelow(this) : undefined;
    if (!this.isDrained) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
    await ending;
    this.holding = false;
    // What is flushed now must not wait for the repair of a mirror below.
    const endFlush = yieldBelow(this);
    await this.liveTable?.hooks('postsuspend', how);
    endFlush();
    endYield?.();
    this.quiet = true;
    return true;
  }

  yieldHeld(on: boolean): void {
    this.yielding += on ? 1 : -1;
    this.liveTable?.yieldHeld(this.yielding > 0);
  }

  /**
   * Swaps the inactive table in, if there is one, opens the gate and lets the queue through. A new
   * table that no longer fits the devices below is dropped, as in the kernel, and the device is
   * left as it was: running if it ran.
   */
  async resume(): Promise<Result<Changed, Refusal>> {
    if (!this.inactiveTable && !this.quiet) return ok(false);
    const ran = await this.suspend({ inFlight: 'drain', freeze: false });
    // Read anew: it may have been replaced or dropped while I/O in flight finished.
    const misfit = this.inactiveTable?.misfit();
    if (misfit !== undefined) {
      this.replaceInactive(undefined);
      if (ran) await this.goOn();
      return err({ errno: 'EINVAL', reason: misfit });
    }
    const refused = (this.inactiveTable ?? this.liveTable)?.preresume();
    if (refused !== undefined) {
      if (ran) await this.goOn();
      return err({ errno: 'EINVAL', reason: refused });
    }
    if (this.inactiveTable) {
      this.liveTable?.close();
      this.liveTable = this.inactiveTable;
      this.inactiveTable = undefined;
    }
    this.readAhead = undefined;
    if (this.liveTable?.putsOff === true) this.behind ??= this.newBehind();
    this.behind?.hideAgain();
    await this.goOn();
    return ok(true);
  }

  private async goOn(): Promise<void> {
    this.quiet = false;
    // A target that writes below as it starts must not wait for the repair that starts it.
    const endYield = yieldBelow(this);
    await this.liveTable?.resumed(this.queue.writes);
    endYield();
    this.openGate();
  }

  /** Lasts until the device is resumed again. Of a device without a table there is none. */
  wishReadAhead(wish: ReadAheadWish): void {
    if (!this.liveTable) return;
    const now = this.readAhead ?? defaultReadAhead(this.liveTable.state());
    this.readAhead = wishedReadAhead(wish, now);
  }

  /** Returns whether there was or is one. */
  replaceInactive(table: Table | undefined): Changed {
    const before = this.inactiveTable;
    this.inactiveTable = table;
    before?.close();
    return before !== undefined || table !== undefined;
  }

  get isRemoved(): boolean {
    return this.removed;
  }

  /** What still waits when the device goes away has nowhere to go. */
  destroy(): void {
    assert(!this.changing, `${this.name} goes away in the middle of a change`);
    this.removed = true;
    this.replaceInactive(undefined);
    const { liveTable } = this;
    const written = this.settled();
    if (written) void written.then(() => liveTable?.close());
    else liveTable?.close();
    this.liveTable = undefined;
    this.openGate();
    this.events.wake();
  }

  get counts(): IoCounts {
    return { name: this.name, inFlight: this.inFlight, queued: this.queue.length };
  }

  state(): DmDeviceState {
    const { counts, uuid, devno, readOnly, openCount, events } = this;
    return {
      ...{ ...counts, uuid, devno, readOnly },
      suspended: this.quiet,
      ...(this.liveTable ? { live: this.liveTable.state() } : {}),
      ...(this.inactiveTable ? { inactive: this.inactiveTable.state() } : {}),
      deps: this.liveTable?.deps ?? [],
      openCount,
      eventNumber: events.number,
      ...(this.removeOnClose ? { removeOnClose: true } : {}),
      ...(this.readAhead === undefined ? {} : { readAhead: this.readAhead }),
    };
  }

  private newBehind(): WriteBehind | undefined {
    const ground = {
      table: () => this.liveTable,
      isOpenFor: (io: Io) => !this.gate && !checkIo(this, io),
      submit: (io: Io) => this.admit(io),
      shown: () => this.epoch?.next(),
    };
    return this.budget && new WriteBehind(ground, this.budget);
  }

  private get isDrained(): boolean {
    return this.inFlight === 0 && this.leases === 0;
  }

  private tellDrained(): void {
    if (!this.isDrained) return;
    this.drained?.();
    this.drained = undefined;
  }

  private openGate(): void {
    this.quiet = false;
    this.gate = undefined;
    this.epoch?.next();
    for (const { io, seq, finish } of this.queue.takeAll()) finish(this.start(io, seq));
  }

  private start(io: Io, seq: number): Promise<IoResult> {
    if (io.op === 'flush') return this.throughTable(io, seq);
    const straight = this.straight(io);
    return straight ? goStraight(io, straight) : this.throughTable(io, seq);
  }

  private straight(io: DataIo): Straight | undefined {
    const flat = this.flat.of(this.liveTable);
    if (!flat || checkIo(this, io)) return undefined;
    const found = flat.find(io.start, ioSectors(io));
    return found?.readOnly === true && changes(io) ? undefined : found;
  }

  private async throughTable(io: Io, seq: number): Promise<IoResult> {
    const table = this.liveTable;
    const without = this.removed ? 'the device was removed' : 'no table';
    if (!table) return err(ioFailure(this.name, io, without));
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    this.began();
    const ending = await dispatch(this.name, table, io);
    const isKept = ending === 'requeue' || (this.holding && mayAskAgain(ending));
    const result = isKept ? this.requeue(io, seq) : ending;
    this.ended();
    return result;
  }

  /** Back into the queue at its old place, legal only under hold; else an error (reference 4.2). */
  private requeue(io: Io, seq: number): Promise<IoResult> | IoResult {
    if (!this.holding) return unfinished(this.name, io, this.yielding > 0);
    return this.queue.add(io, seq);
  }
}
