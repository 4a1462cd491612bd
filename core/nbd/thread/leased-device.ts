/**
 * A device of the engine, as the thread that serves it sees it. Reads and writes go to the files it
 * lies in as long as there is a lease; everything else is done by the engine.
 */
import { assert, must } from '../../base/assert.ts';
import { ok } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { Allocation, BlockDevice, Io, IoResult } from '../../block/device.ts';
import { beginMarked, endMarked } from '../../block/write-marks.ts';
import type { Leave } from '../../dm/lease.ts';
import { partsOf, release, type Part } from './file-parts.ts';
import type { DeviceFacts, Outcome, Task } from './messages.ts';
import { Patience } from './patience.ts';

/** Reading and writing files of this process, from whatever thread. Positions are in bytes. */
export interface FileTransfers {
  /** Waits for it. @returns whether all of `data` was moved */
  now(op: 'read' | 'write', file: number, data: Uint8Array, position: number): boolean;
  later(
    op: 'read' | 'write',
    file: number,
    data: Uint8Array,
    position: number,
    done: (whole: boolean) => void,
  ): void;
  /** Microseconds, for durations. */
  readonly clock: () => number;
}

/** What the engine is told. */
interface EngineCalls {
  /** @param wantsLease a lease would have done it */
  task(id: number, task: Task, wantsLease: boolean): void;
  /** The lease is not used any more. */
  returned(): void;
}

type Transfer = Extract<Io, { op: 'read' | 'write' }>;

const DONE: Promise<IoResult> = Promise.resolve(ok());

export class LeasedDevice implements BlockDevice {
  private leave: Leave | undefined;
  /** The engine has been asked for one. */
  private asked = false;
  private recalled = false;
  /** Transfers that a thread of the pool is doing. */
  private underWay = 0;
  private readonly patience = new Patience();
  private lastId = 0;
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();

  constructor(
    readonly name: string,
    private facts: DeviceFacts,
    private readonly files: FileTransfers,
    private readonly engine: EngineCalls,
  ) {}

  get size(): Sectors {
    return this.facts.size;
  }

  get readOnly(): boolean {
    return this.facts.readOnly;
  }

  learn(facts: DeviceFacts): void {
    this.facts = facts;
  }

  grant(leave: Leave): void {
    this.leave = leave;
    this.asked = false;
  }

  recall(): void {
    this.recalled = true;
    this.leave = undefined;
    this.giveBack();
  }

  outcome(task: number, outcome: Outcome): void {
    // By now it could have granted one.
    this.asked = false;
    const settle = must(this.waiting.get(task), `task ${task} of ${this.name}`);
    this.waiting.delete(task);
    settle(outcome);
  }

  submit(io: Io): Promise<IoResult> {
    if (!isTransfer(io)) return this.byEngine(io);
    const parts = this.leave && !this.refuses(io) && partsOf(this.leave, io);
    if (parts) {
      return this.patience.isOver ? this.later(io, parts) : this.now(io, parts);
    }
    const wants = !this.leave && !this.asked;
    this.asked ||= wants;
    return this.byEngine(io, wants);
  }

  readNow(start: Sectors, data: Uint8Array): boolean {
    const io = { op: 'read', start, data } as const;
    const parts = !this.patience.isOver && this.leave && partsOf(this.leave, io);
    return parts ? this.moved(io, parts) : false;
  }

  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    const outcome = await this.ask({ kind: 'allocation', start, count });
    assert(outcome.kind === 'allocation', `${this.name} has told nothing`);
    return outcome.runs;
  }

  private refuses(io: Transfer): boolean {
    return io.op === 'write' && this.facts.readOnly;
  }

  private async byEngine(io: Io, wantsLease = false): Promise<IoResult> {
    if (io.op === 'read') {
      const task = { kind: 'read', start: io.start, bytes: io.data.length } as const;
      const outcome = await this.ask(task, wantsLease);
      assert(outcome.kind === 'read', `${this.name} was not read`);
      io.data.set(outcome.data);
      return outcome.result;
    }
    const outcome = await this.ask({ kind: 'io', io }, wantsLease);
    assert(outcome.kind === 'io', `${this.name} was not asked`);
    return outcome.result;
  }

  private ask(task: Task, wantsLease = false): Promise<Outcome> {
    const id = ++this.lastId;
    return new Promise((settle) => {
      this.waiting.set(id, settle);
      this.engine.task(id, task, wantsLease);
    });
  }

  /** What fails is left to the engine, whose business it is to say why. */
  private now(io: Transfer, parts: readonly Part[]): Promise<IoResult> {
    return this.moved(io, parts) ? DONE : this.byEngine(io);
  }

  private moved(io: Transfer, parts: readonly Part[]): boolean {
    const before = this.files.clock();
    const whole = parts.every((part) => this.movedNow(io.op, part));
    release(parts);
    if (whole) this.patience.waited(this.files.clock() - before, io.data.length);
    return whole;
  }

  private movedNow(op: Transfer['op'], part: Part): boolean {
    const { file, data, position } = part;
    begin(part);
    const whole = this.files.now(op, file, data, position);
    end(part);
    return whole;
  }

  private later(io: Transfer, parts: readonly Part[]): Promise<IoResult> {
    this.patience.spared();
    this.underWay++;
    let left = parts.length;
    let whole = true;
    return new Promise((settle) => {
      for (const part of parts) {
        const { file, data, position } = part;
        begin(part);
        this.files.later(io.op, file, data, position, (moved) => {
          end(part);
          whole &&= moved;
          if (--left > 0) return;
          release(parts);
          this.underWay--;
          settle(whole ? ok() : this.byEngine(io));
          // After what it is to do again: that waits at the device when all is given back.
          this.giveBack();
        });
      }
    });
  }

  private giveBack(): void {
    if (!this.recalled || this.underWay > 0) return;
    this.recalled = false;
    this.engine.returned();
  }
}

/** What is made durable at once is the business of the engine. */
const isTransfer = (io: Io): io is Transfer =>
  io.op === 'read' || (io.op === 'write' && io.fua !== true);

function begin({ mark }: Part): void {
  if (mark) beginMarked(mark.marks, mark.start, mark.count);
}

function end({ mark }: Part): void {
  if (mark) endMarked(mark.marks, mark.start, mark.count);
}
