/**
 * A mirror at work (reference 7.1, 7.2): writes go to all legs once the log knows of them, reads to
 * any leg where all are the same, and what is not the same is copied from one leg to the others.
 *
 * With `drop_failed_legs` it needs nobody to repair it: see `Dropped`. Without `handle_errors`
 * nobody repairs it at all, and only what the first leg has counts as written.
 */
import { ok } from '../../base/result.ts';
import type { IoResult } from '../../block/device.ts';
import type { Ending, Span, SuspendHow, TargetHost, TargetIo } from '../target.ts';
import type { MirrorOptions } from './args.ts';
import { Cleaner, type Cleanable } from './cleaner.ts';
import { HeldWrites } from './held-writes.ts';
import { Legs, type LegError, type LegPlace } from './legs.ts';
import type { DirtyLog } from './log.ts';
import { Marking } from './marking.ts';
import { Met } from './met.ts';
import { hasCopies } from './owed.ts';
import { Reader, type Readable } from './reader.ts';
import { Recovery } from './recovery.ts';
import { RegionGates } from './region-gates.ts';
import { Regions, regionsIn } from './regions.ts';
import { noLegFailure, sendTo, type MirrorWrite } from './write.ts';

export class MirrorSet implements Cleanable, Readable {
  readonly legs: Legs;
  readonly regions: Regions<MirrorWrite>;
  readonly recovery: Recovery;
  readonly reader: Reader;
  readonly met: Met;
  /** Of those who read and write past it. */
  readonly gates: RegionGates;
  private readonly held: HeldWrites;
  private readonly marking: Marking;
  private suspending: SuspendHow | undefined;
  /** Between the first resume and the end of the table. */
  private live = false;
  resumed = false;
  private inSync: boolean;
  private logFailed = false;
  /** Nobody knows what reached the legs: no region becomes clean any more. */
  private suspect = false;
  /** The note on dropped legs, on its way to the log, where the next table looks for it. */
  private noting: Promise<void> | undefined;
  readonly cleaner: Cleaner;

  constructor(
    readonly regionSize: number,
    places: readonly LegPlace[],
    readonly log: DirtyLog,
    private readonly options: MirrorOptions,
    private readonly host: TargetHost,
  ) {
    this.cleaner = new Cleaner(this, host.scheduler);
    this.marking = new Marking(log, (write, done) => {
      this.marked(write, done);
    });
    const changed = (): void => {
      host.regionsChanged();
    };
    this.legs = new Legs(places);
    this.inSync = log.syncCount === log.count;
    const moved = (region: number): void => this.gates.changed(region);
    this.regions = new Regions(log, () => (changed(), this.cleaner.later()), moved);
    this.reader = new Reader(this, options, changed);
    this.met = new Met(log, changed);
    this.recovery = new Recovery(this, host, !options.handleErrors);
    this.gates = new RegionGates(this);
    this.held = new HeldWrites(this.finish.bind(this));
  }

  get heldCount(): number {
    return this.held.count;
  }

  get isWorking(): boolean {
    return this.recovery.isWorking || (this.cleaner.underWay ?? this.noting) !== undefined;
  }

  get isRunning(): boolean {
    return this.live && !this.suspending;
  }

  get isStuck(): boolean {
    return this.suspect || this.logFailed || this.legs.someHollow;
  }

  get isComplete(): boolean {
    return this.inSync;
  }

  unflushed(legs: readonly number[]): void {
    if (!this.drop(legs)) this.lose(-1);
  }

  logHasFailed(): void {
    this.logFailed = true;
  }

  /** The length of the target, in sectors. */
  get length(): number {
    return this.host.length;
  }

  read(io: Extract<TargetIo, { op: 'read' }>): Promise<Ending> {
    this.met.served++;
    return this.reader.read(io, Math.floor(io.offset / this.regionSize));
  }

  write(io: Exclude<TargetIo, { op: 'read' }>): Promise<Ending> {
    const region = Math.floor(io.offset / this.regionSize);
    this.met.note(region, (key) => this.regions.stateOf(key));
    return new Promise((end) => {
      this.accept({ io, region, end });
    });
  }

  private accept(write: MirrorWrite): void {
    const { region } = write;
    const state = this.regions.stateOf(region);
    if (state === 'recovering') {
      this.regions.delay(region, write);
      return;
    }
    this.regions.begin(region);
    this.log.mark(region);
    // What is out of sync is marked already, unless the log could not be read.
    const isMarked = this.log.isMarked(region);
    if (state === 'nosync' && isMarked) this.toPrimary(write);
    else if (this.logFailed && this.options.handleErrors) this.failWrite(write, []);
    else if (isMarked) this.toLegs(write);
    else this.marking.add(write);
  }

  /**
   * Whatever the others hold of the region, they are going to be given what this leg holds. Where
   * it is not the first leg, that one gets it too: without a note in the log a later table takes
   * the first one for complete.
   */
  private toPrimary(write: MirrorWrite): void {
    const { handleErrors, onFailure } = this.options;
    if (handleErrors && onFailure === 'hold' && this.legs.someLost) {
      this.failWrite(write, []);
      return;
    }
    if (onFailure === 'drop' && this.logFailed) {
      this.finish(write, noLegFailure(this.legs, write.io.op));
      return;
    }
    const { primary } = this.legs;
    const first = onFailure === 'drop' ? primary : 0;
    this.send(write, first === primary ? [primary] : [primary, first], (failure, bad) => {
      if (bad.includes(primary)) this.finish(write, failure);
      else this.writeFailed(write, bad);
    });
  }

  /** @param done the log knows of it */
  private marked(write: MirrorWrite, done: boolean): void {
    this.logFailed ||= !done;
    if (this.logFailed && this.options.handleErrors) this.failWrite(write, []);
    else if (this.regions.isInSync(write.region)) this.toLegs(write);
    else this.toPrimary(write);
  }

  private toLegs(write: MirrorWrite): void {
    this.send(write, this.legs.inUse, (failure, bad) => {
      // It was advice: legs that took it otherwise are none the worse for it.
      if (write.io.op === 'discard') this.finish(write, failure);
      else this.writeFailed(write, bad);
    });
  }

  private writeFailed(write: MirrorWrite, bad: readonly number[]): void {
    for (const index of bad) this.blame(index, 'write');
    this.failWrite(write, bad);
  }

  private send(
    write: MirrorWrite,
    indices: readonly number[],
    onFailure: (failure: IoResult, bad: readonly number[]) => void,
  ): void {
    sendTo(this.legs, write, indices, ({ failure, bad }) => {
      if (!failure) this.succeed(write);
      else if (bad.length > 0) onFailure(failure, bad);
      else this.keepForAbove(write);
    });
  }

  /** A leg that is a mirror waits for its repair, and this one is being suspended for it. */
  private keepForAbove(write: MirrorWrite): void {
    this.inSync = false;
    this.lose(write.region);
    this.finish(write, 'requeue');
  }

  flush(): Promise<Ending> {
    return new Promise((end) => {
      const write: MirrorWrite = { io: { op: 'flush' }, region: -1, end };
      if (this.logFailed && this.options.handleErrors) this.failWrite(write, []);
      else void this.log.settle().then(() => this.toLegs(write));
    });
  }

  /** @param bad legs that failed it; none: it was not sent, for the log has failed or a leg had */
  private failWrite(write: MirrorWrite, bad: readonly number[]): void {
    const { handleErrors, onFailure } = this.options;
    if (onFailure === 'drop') {
      this.failWithout(write, bad);
      return;
    }
    if (!handleErrors) {
      this.failUnhandled(write, bad);
      return;
    }
    if (!this.logFailed) {
      this.inSync = false;
      this.lose(write.region);
    }
    const lost = !this.legs.someTakeWrites || (onFailure === 'go-on' && this.logFailed);
    if (lost) this.finish(write, noLegFailure(this.legs, write.io.op));
    else if (onFailure === 'hold') this.hold(write);
    else this.finish(write, ok());
  }

  /**
   * Nobody repairs it, and every later table copies from the first leg, as a move does that is
   * resumed or aborted: a write counts once that leg has it. The kernel is content with any leg.
   */
  private failUnhandled(write: MirrorWrite, bad: readonly number[]): void {
    const { primary } = this.legs;
    if (bad.some((index) => index !== primary)) this.lose(write.region);
    const done = bad.includes(primary) ? noLegFailure(this.legs, write.io.op) : ok();
    this.finish(write, done);
  }

  /** Goes on without the legs that failed it, where the mirror may do that. */
  private failWithout(write: MirrorWrite, bad: readonly number[]): void {
    if (bad.length === 0 || this.logFailed || !this.drop(bad)) {
      if (!this.logFailed) this.lose(write.region);
      this.finish(write, noLegFailure(this.legs, write.io.op));
      return;
    }
    this.succeed(write);
  }

  /** What lies on fewer legs than before counts only once the log says which ones. */
  private succeed(write: MirrorWrite): void {
    const { noting } = this;
    if (!noting) this.finish(write, ok());
    else
      void noting.then(() =>
        this.finish(write, this.logFailed ? noLegFailure(this.legs, write.io.op) : ok()),
      );
  }

  /** @returns false: nothing was changed, for what is left is not complete */
  drop(bad: readonly number[]): boolean {
    const { legs, log } = this;
    if (this.options.onFailure !== 'drop') return false;
    if (!legs.canSpare(bad, log.syncCount === log.count)) return false;
    if (bad.every((index) => legs.at(index).dropped)) return true;
    log.recordDropped({ legs: legs.all.length, mask: legs.drop(bad), source: legs.primary });
    const noting = this.log.flush().then((done) => {
      this.logFailed ||= !done;
      if (this.noting === noting) this.noting = undefined;
    });
    this.noting = noting;
    return true;
  }

  /** A region is not the same on all legs; of a flush, nobody knows which. */
  lose(region: number): void {
    if (!this.options.handleErrors) this.inSync = false;
    if (region < 0 && this.options.handleErrors) this.suspect = true;
    // Nobody looks at its health: what is in sync is taken for it.
    else if (region < 0) for (const key of this.regions.inSync) this.lose(key);
    else if (this.regions.lose(region)) this.recovery.gaveUp(region);
  }

  private hold(write: MirrorWrite): void {
    if (this.suspending) this.finish(write, this.endingOf(write, this.suspending));
    else if (this.held.add(write)) this.host.regionsChanged();
  }

  private endingOf({ io }: MirrorWrite, { inFlight }: SuspendHow): Ending {
    return inFlight === 'hold' ? 'requeue' : noLegFailure(this.legs, io.op);
  }

  private letGo(how: SuspendHow): void {
    this.held.letGo((write) => this.endingOf(write, how));
  }

  private finish(write: MirrorWrite, ending: Ending): void {
    const { region } = write;
    if (region >= 0 && this.regions.end(region)) this.recovery.quiesced(region);
    write.end(ending);
  }

  /** Writes down what became of a leg; the first time it is an event. */
  blame(index: number, error: LegError): void {
    const leg = this.legs.at(index);
    if (!leg.blame(error)) return;
    this.host.regionsChanged();
    if (!this.options.handleErrors) return;
    const moves = index === this.legs.primary && this.inSync && this.options.onFailure !== 'drop';
    const next = moves ? this.legs.indices(({ isValid }) => isValid)[0] : undefined;
    if (next !== undefined) this.legs.primary = next;
    if (this.live) this.host.event();
  }

  /** Writes that waited for a region to be copied. */
  goOn(writes: readonly MirrorWrite[]): void {
    for (const write of writes) this.accept(write);
  }

  /** All that could be copied was: are all legs the same now? */
  settled(): void {
    if (this.inSync || this.suspect || this.log.syncCount < this.log.count) return;
    this.inSync = true;
    this.legs.forgive();
    if (this.live) this.host.event();
    this.cleaner.later();
  }

  presuspend(how: SuspendHow): Promise<void> | undefined {
    this.suspending = how;
    this.letGo(how);
    return this.recovery.stop();
  }

  yieldHeld(on: boolean): void {
    this.held.yield(on);
  }

  /** The table that comes next may have a log that calls clean what this one kept in memory. */
  async postsuspend(): Promise<void> {
    if (hasCopies(this.log)) await this.flushLegs();
    await this.cleaner.finish();
    await this.noting;
  }

  /**
   * A write that is put back may have reached some of the legs: where it goes it counts as written,
   * for the log of a new table that calls all clean knows nothing of it.
   */
  async resume(writes: readonly Span[] = []): Promise<void> {
    this.live = true;
    const soon = regionsIn(writes, this.regionSize);
    this.regions.forgetIdle(soon);
    if (this.suspect && !this.log.lasts) {
      for (let region = 0; region < this.log.count; region++) this.log.setSync(region, false);
    }
    // Who fills a log, or declares legs to be in sync, need not have flushed anything. A mirror
    // that begins out of sync does not wait: a leg may be one that holds what it cannot finish.
    const declares = this.log.lasts || hasCopies(this.log);
    if (!this.resumed && declares) await this.flushLegs();
    this.resumed = true;
    const written = await this.log.resume(soon);
    this.suspending = undefined;
    this.suspect = false;
    this.regions.forgetIdle(soon);
    // Marks are tried again; but what is known of dropped legs has to be written down now.
    this.logFailed = !written && this.options.onFailure === 'drop';
    this.legs.tryAgain();
    const { dropped, knowsDropped } = this.log;
    if (dropped) this.legs.primary = dropped.source;
    if (this.log.syncCount < this.log.count) this.inSync = false;
    this.settled();
    if (knowsDropped || this.options.onFailure !== 'drop') this.recovery.start();
    else this.trustNone();
  }

  /** What one has is durable on it. @returns false: what another was given may be lost */
  async flushLegs(): Promise<boolean> {
    const unflushed = await this.legs.flush();
    // A leg that fails here fails again when it is written.
    if (this.options.handleErrors) return true;
    const bad = unflushed.filter((index) => index !== this.legs.primary);
    for (const index of bad) this.blame(index, 'flush');
    if (bad.length > 0) this.lose(-1);
    return bad.length === 0;
  }

  /** Which leg is complete stands in a log that cannot be read: any other may be out of date. */
  private trustNone(): void {
    this.logFailed = true;
    for (const leg of this.legs.all) leg.distrust();
  }

  /** The table goes away. */
  close(): Promise<void> | undefined {
    this.live = false;
    this.letGo({ inFlight: 'drain', freeze: false });
    const own = [this.recovery.stop(), this.cleaner.underWay, this.noting];
    const owed = own.filter((one) => one !== undefined);
    return owed.length === 0 ? undefined : Promise.all(owed).then(() => this.noting);
  }
}
