/**
 * Writes that are answered before they are done, as by a disk with a write cache: those that would
 * have to wait for copies. What was answered for is kept in memory, and goes through the table in
 * groups, one behind the other; a flush waits for it, and so does whoever reads or writes the same
 * sectors.
 *
 * To its device each request of a group is in flight like any other: it is waited for, requeued,
 * and goes through the table that is live by then.
 */
import { ok } from '../base/result.ts';
import { sectors } from '../base/units.ts';
import { ioSectors, type Io, type IoResult } from '../block/device.ts';
import { mayAskAgain, unfinished } from './below.ts';
import { HeldRows } from './held-rows.ts';
import { HeldWrite, Memory, requestOf, requestsOf, type Run, type Write } from './held-write.ts';
import type { Table } from './table.ts';
import type { IsHidden, Span } from './target.ts';

/** Of all devices of a stack together. */
export class Budget {
  /** Bytes. */
  held = 0;

  /** @param limit bytes that may be answered for and not be done */
  constructor(readonly limit: number) {}
}

/** Its device. */
interface BehindGround {
  /** The live table. */
  table(): Table | undefined;
  /** Whether the device would take it right now. */
  isOpenFor(io: Write): boolean;
  /** What lies below it may be read past it again. */
  shown(): void;
  /** Without asking here again. */
  submit(io: Io): Promise<IoResult>;
}

const DONE: Promise<IoResult> = Promise.resolve(ok());

export class WriteBehind {
  /** What nothing was begun for yet. */
  private gathered: HeldWrite[] = [];
  private readonly rows = new HeldRows<HeldWrite>();
  private readonly memory = new Memory();
  private groups = 0;
  /** The first failure of what somebody was told that it is done, until a flush has told it. */
  private failed: IoResult | undefined;
  /** Those under way, and what each is going to tell. */
  private readonly flushes = new Set<{ failed: IoResult | undefined }>();
  /** Since something failed nobody is told too early, until the device is resumed. */
  private isCautious = false;
  /** Nobody reads what is below them. */
  allHidden = true;

  constructor(
    private readonly ground: BehindGround,
    private readonly budget: Budget,
  ) {}

  get isEmpty(): boolean {
    return this.rows.isEmpty;
  }

  /** Whether it has something of these sectors. */
  readonly has: IsHidden = (start, count) => this.rows.meeting(start, count).length > 0;

  /** @returns undefined: the request may go on as if there were nothing here */
  take(io: Io): Promise<IoResult> | undefined {
    if (io.op === 'flush') return this.isEmpty && !this.failed ? undefined : this.flush();
    const met = this.rows.meeting(io.start, ioSectors(io));
    const [first] = met;
    const putOff = isPlainWrite(io) && this.mayPutOff(io);
    if (!first) return putOff ? this.keep(io) : undefined;
    if (!putOff || !first.takes(io)) return this.after(met, io);
    first.put(io);
    // Nobody may have been told of it yet, and a snapshot have come since.
    this.hide(first);
    return this.answer(first);
  }

  private mayPutOff(io: Write): boolean {
    if (this.isCautious || !this.ground.isOpenFor(io)) return false;
    return this.ground.table()?.mayPutOff(io) === true;
  }

  /** Nobody reads what is below it from now on, where the table can see to that. */
  private hide(held: HeldWrite): void {
    if (this.ground.table()?.hide(spanOf([held])) !== true) this.allHidden = false;
  }

  private async after(met: readonly HeldWrite[], io: Io): Promise<IoResult> {
    if (met.some(({ isGathered }) => isGathered)) this.beginAll();
    await Promise.all(met.map(({ done }) => done));
    return this.take(io) ?? this.ground.submit(io);
  }

  private keep(io: Write): Promise<IoResult> {
    const held = new HeldWrite(io, this.memory);
    this.gathered.push(held);
    this.rows.add(held);
    this.budget.held += io.data.length;
    this.hide(held);
    const told = this.answer(held);
    if (this.groups === 0) this.beginAll();
    return told;
  }

  /** @returns when the write may be taken for done */
  private answer(held: HeldWrite): Promise<IoResult> {
    if (this.budget.held > this.budget.limit) return held.done;
    held.isPromised = true;
    return DONE;
  }

  /** Nothing waits for company any more. */
  beginAll(): void {
    const group = this.gathered;
    if (group.length === 0) return;
    this.gathered = [];
    this.groups++;
    for (const held of group) held.isGathered = false;
    const runs = requestsOf(group);
    this.ground.table()?.announce(runs.map(spanOf));
    void Promise.all(runs.map((run) => this.write(run))).then(() => {
      this.groups--;
      if (this.groups === 0) this.beginAll();
    });
  }

  private async write(run: Run): Promise<void> {
    const io = requestOf(run);
    const result = await this.ground.submit(io);
    if (!result.ok && run.length > 1) {
      // What lies beside a bad sector is not lost with it.
      await Promise.all(run.map((held) => this.write([held])));
      return;
    }
    if (!result.ok && run[0].isPromised) this.fail(io, result);
    this.budget.held -= io.data.length;
    for (const held of run) this.rows.remove(held);
    if (this.isEmpty) this.allEnded();
    this.ground.table()?.show(spanOf(run), this.has);
    for (const held of run) held.finish(result);
  }

  private allEnded(): void {
    this.memory.end();
    if (this.allHidden) return;
    this.allHidden = true;
    this.ground.shown();
  }

  /**
   * All that was answered for is durable, or the first failure of it is told: to everybody who
   * waits, for one of them may be whose write it was.
   */
  private async flush(): Promise<IoResult> {
    const flush = { failed: this.failed };
    this.flushes.add(flush);
    await this.settled();
    const flushed = await this.ground.submit({ op: 'flush' });
    this.flushes.delete(flush);
    if (flush.failed) this.failed = undefined;
    return flush.failed ?? flushed;
  }

  private fail(io: Io, result: IoResult): void {
    this.isCautious = true;
    // Nobody above can ask once more for what was answered.
    const isFinal = result.ok || !mayAskAgain(result);
    const why = isFinal ? result : unfinished(result.error.device, io, false);
    this.failed ??= why;
    for (const flush of this.flushes) flush.failed ??= why;
  }

  /** All that is here now has been written. */
  async settled(): Promise<void> {
    this.beginAll();
    await Promise.all(this.rows.all.map(({ done }) => done));
  }

  /** It has been suspended and is resumed, perhaps with another table. */
  hideAgain(): void {
    this.isCautious = false;
    this.allHidden = true;
    for (const held of this.rows.all) this.hide(held);
  }
}

const spanOf = (run: Run): Span => {
  const start = sectors(run[0].start);
  return { start, count: sectors((run.at(-1)?.end ?? start) - start) };
};

const isPlainWrite = (io: Io): io is Write => io.op === 'write' && io.fua !== true;
