/** Requests at the closed gate of a device, in the order they arrived there first. */
import { changes, ioSectors, type Io, type IoResult } from '../block/device.ts';
import type { Span } from './target.ts';

interface Waiting {
  readonly io: Io;
  /** Place in the order of arrival. */
  readonly seq: number;
  readonly finish: (result: IoResult | Promise<IoResult>) => void;
}

export class WaitingRequests {
  private waiting: Waiting[] = [];

  get length(): number {
    return this.waiting.length;
  }

  /** One that came back takes its old place. */
  add(io: Io, seq: number): Promise<IoResult> {
    return new Promise((finish) => {
      const last = this.waiting.at(-1);
      const isLast = !last || last.seq < seq;
      const at = isLast ? this.waiting.length : this.waiting.findIndex((one) => one.seq > seq);
      this.waiting.splice(at, 0, { io, seq, finish });
    });
  }

  /** What is going to be written. */
  get writes(): readonly Span[] {
    return this.waiting.flatMap(({ io }) =>
      io.op !== 'flush' && changes(io) ? [{ start: io.start, count: ioSectors(io) }] : [],
    );
  }

  takeAll(): readonly Waiting[] {
    const all = this.waiting;
    this.waiting = [];
    return all;
  }
}
