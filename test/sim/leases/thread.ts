/** The two threads: messages that take their time, and file transfers that are watched. */
import { SECTOR } from '../../../core/base/units.ts';
import { sleep, type Micros, type Scheduler } from '../../../core/env/scheduler.ts';
import { EngineSide } from '../../../core/nbd/thread/engine-side.ts';
import type { FileTransfers } from '../../../core/nbd/thread/leased-device.ts';
import type { Channel, FromThread, ToThread } from '../../../core/nbd/thread/messages.ts';
import { ServerSide } from '../../../core/nbd/thread/server-side.ts';
import { stamped } from '../../support/sectors.ts';
import { Wire } from '../../support/nbd/wire.ts';
import type { Sim } from '../../support/sim.ts';
import type { FakeDisk } from './disks.ts';

type Op = 'read' | 'write';

/** A transfer of a thread, from its beginning to its end. */
export interface Transfer {
  readonly disk: FakeDisk;
  readonly at: number;
  readonly count: number;
  readonly op: Op;
}

/** Whether a transfer is allowed now; throws why not. */
export type Watch = (transfer: Transfer) => void;

/** Microseconds that a message is under way at most. */
export const SLOWEST = 800;

export type ThreadTally = Record<'now' | 'later' | 'broken', number>;

class Transfers implements FileTransfers {
  readonly underWay = new Map<Transfer, () => void>();
  private waited = 0;
  private readonly slow: number;
  private readonly broken: number;
  dead = false;

  constructor(
    private readonly sim: Sim,
    private readonly disks: readonly FakeDisk[],
    private readonly watch: Watch,
    private readonly tally: ThreadTally,
  ) {
    this.slow = sim.random.pick([0, 10, 90]);
    this.broken = sim.random.pick([0, 5]);
  }

  readonly clock = (): number => this.sim.scheduler.now + this.waited;

  now(op: Op, file: number, data: Uint8Array, position: number): boolean {
    if (this.dead) return false;
    const { random } = this.sim;
    const transfer = this.begin(op, file, data, position);
    this.tally.now++;
    this.waited += random.chance(this.slow) ? 5000 : random.below(20);
    return this.move(op, transfer, data);
  }

  later(
    op: Op,
    file: number,
    data: Uint8Array,
    position: number,
    done: (whole: boolean) => void,
  ): void {
    if (this.dead) return;
    const { random, scheduler } = this.sim;
    const transfer = this.begin(op, file, data, position);
    this.tally.later++;
    const act = (): boolean => this.move(op, transfer, data);
    this.underWay.set(transfer, act);
    scheduler.after(random.below(600), `transfer: ${op}`, () => {
      if (!this.underWay.delete(transfer)) return;
      // Still allowed: nothing has become quiet around it.
      this.watch(transfer);
      done(act());
    });
  }

  /** What was under way has been done or has not. */
  die(): void {
    this.dead = true;
    for (const [, act] of this.underWay) {
      if (this.sim.random.chance(50)) act();
    }
    this.underWay.clear();
  }

  private begin(op: Op, file: number, data: Uint8Array, position: number): Transfer {
    const disk = this.disks[file];
    if (!disk || position % SECTOR !== 0) throw new Error(`a transfer at ${position} of ${file}`);
    const transfer = { op, disk, at: position / SECTOR, count: data.length / SECTOR };
    this.watch(transfer);
    return transfer;
  }

  /** @returns whether all of it was moved */
  private move(op: Op, { disk, at, count }: Transfer, data: Uint8Array): boolean {
    const whole = !this.sim.random.chance(this.broken);
    const part = whole ? count : this.sim.random.below(count);
    if (!whole) this.tally.broken++;
    if (part === 0) return whole;
    if (op === 'write') disk.written(at, data.slice(0, part * SECTOR));
    else {
      const read = stamped(0, part);
      disk.store.read(at, read);
      data.set(read);
    }
    return whole;
  }
}

/** In order, each message later than it was sent. */
export class Way<Message> {
  private listener: ((message: Message) => void) | undefined;
  private due = 0;
  cut = false;

  constructor(
    private readonly sim: Sim,
    private readonly slowest: number,
  ) {}

  post(message: Message): void {
    const { scheduler, random } = this.sim;
    // Only plain data gets through; what is in shared memory stays there.
    const copy = structuredClone(message);
    this.due = Math.max(this.due, scheduler.now + random.below(this.slowest));
    scheduler.after(this.due - scheduler.now, 'message', () => {
      if (!this.cut) this.listener?.(copy);
    });
  }

  onMessage(listener: (message: Message) => void): void {
    this.listener = listener;
  }
}

/** A thread that serves clients, and the half of the engine that belongs to it. */
export class ServingThread {
  readonly engine: EngineSide;
  private readonly server: ServerSide;
  private readonly transfers: Transfers;
  private readonly to: Way<ToThread>;
  private readonly from: Way<FromThread>;
  private readonly wires = new Set<Wire>();
  isLost = false;

  constructor(
    private readonly sim: Sim,
    disks: readonly FakeDisk[],
    watch: Watch,
    tally: ThreadTally,
  ) {
    const { random } = sim;
    this.to = new Way(sim, random.pick([1, 50, SLOWEST]));
    this.from = new Way(sim, random.pick([1, 50, SLOWEST]));
    this.transfers = new Transfers(sim, disks, watch, tally);
    const { to, from } = this;
    this.engine = new EngineSide(channel(to, from));
    this.server = new ServerSide(channel(from, to), this.clock(), this.transfers);
  }

  get underWay(): Iterable<Transfer> {
    return this.transfers.underWay.keys();
  }

  /** `arrived` resolves when the thread has it. */
  connect(client: number): { wire: Wire; arrived: Promise<void> } {
    const { scheduler, random } = this.sim;
    const wire = new Wire(scheduler, random);
    this.wires.add(wire);
    const arrived = sleep(scheduler, random.below(500), 'a connection').then(() => {
      if (!this.isLost) this.server.connected(client, wire);
    });
    return { wire, arrived };
  }

  lose(): void {
    this.isLost = true;
    this.to.cut = true;
    this.from.cut = true;
    this.transfers.die();
    for (const wire of this.wires) wire.close();
    this.engine.lost();
  }

  private clock(): Scheduler {
    const { scheduler } = this.sim;
    return {
      get now(): Micros {
        return scheduler.now;
      },
      after: (delay, label, run) =>
        scheduler.after(delay, label, () => {
          if (!this.isLost) run();
        }),
    };
  }
}

export const channel = <Out, In>(out: Way<Out>, back: Way<In>): Channel<Out, In> => ({
  post: (message) => out.post(message),
  onMessage: (listener) => back.onMessage(listener),
});
