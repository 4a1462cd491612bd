import { assert } from '../base/assert.ts';
import type { Micros, Scheduler } from './scheduler.ts';

interface Entry {
  readonly due: number;
  readonly seq: number;
  readonly label: string;
  readonly run: () => void;
}

/**
 * Simulated time. All promise continuations run before the next entry is taken, so that the order
 * of a run depends on nothing but what was scheduled.
 */
export class SimScheduler implements Scheduler {
  private readonly heap: Entry[] = [];
  private seq = 0;
  private time = 0;
  private last = 'nothing yet';

  /** @param turn resolves once every pending continuation has run (a turn of the event loop). */
  constructor(private readonly turn: () => Promise<void>) {}

  get now(): Micros {
    return this.time as Micros;
  }

  after(delayMicros: number, label: string, run: () => void): void {
    assert(delayMicros >= 0, `cannot schedule ${label} in the past`);
    this.push({ due: this.time + delayMicros, seq: this.seq++, label, run });
  }

  /** Runs until nothing is due. `limit` turns a livelock into a failure that names the culprit. */
  async drain(limit = 1_000_000): Promise<void> {
    await this.turn();
    for (let steps = 0; this.heap.length > 0; steps++) {
      assert(steps < limit, `no quiet after ${limit} steps; last: ${this.last}`);
      await this.step();
    }
  }

  /** Runs the simulation until `promise` settles; a promise that nothing can settle is a bug. */
  async until<T>(promise: Promise<T>, limit = 1_000_000): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    await this.turn();
    for (let steps = 0; !settled; steps++) {
      assert(this.heap.length > 0, `nothing is scheduled, yet it waits; last: ${this.last}`);
      assert(steps < limit, `not settled after ${limit} steps; last: ${this.last}`);
      await this.step();
    }
    return promise;
  }

  private async step(): Promise<void> {
    const next = this.pop();
    this.time = next.due;
    this.last = `${next.due} ${next.label}`;
    next.run();
    await this.turn();
  }

  private push(entry: Entry): void {
    let at = this.heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(this.at(at), this.at(parent))) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private pop(): Entry {
    const first = this.at(0);
    const last = this.heap.pop();
    assert(last !== undefined, 'the queue is empty');
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < this.heap.length && before(this.at(left), this.at(least))) least = left;
      if (right < this.heap.length && before(this.at(right), this.at(least))) least = right;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private at(index: number): Entry {
    const entry = this.heap[index];
    assert(entry !== undefined, 'the queue is shorter than that');
    return entry;
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.at(a), this.at(b)];
    this.heap[a] = y;
    this.heap[b] = x;
  }
}

const before = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.seq < b.seq);
