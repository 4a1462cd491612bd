/** Two ends of a connection in memory. What is sent arrives later, cut anywhere. */
import type { Prng } from '../../core/env/prng.ts';
import type { Scheduler } from '../../core/env/scheduler.ts';
import type { ByteStream } from '../../core/nbd/stream.ts';

export interface PipeHow {
  readonly scheduler: Scheduler;
  /** Absent: whole, after a microsecond. */
  readonly random?: Prng;
  /** Of one piece, at most. */
  readonly delayMicros?: number;
}

class End implements ByteStream {
  unsent = 0;
  peer: End | undefined;
  private listener: ((data: Uint8Array) => void) | undefined;
  private closeListener: (() => void) | undefined;
  private arrived: Uint8Array[] = [];
  private paused = false;
  private over = false;
  /** Pieces keep their order. */
  private lastArrival = 0;

  constructor(private readonly how: PipeHow) {}

  onData(listener: (data: Uint8Array) => void): void {
    this.listener = listener;
    this.deliver();
  }

  onClose(listener: () => void): void {
    this.closeListener = listener;
  }

  write(parts: readonly Uint8Array[], sent?: () => void): void {
    for (const part of parts) this.send(part.slice());
    sent?.();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.deliver();
  }

  end(): void {
    this.over = true;
    this.later(() => this.peer?.closed());
  }

  destroy(): void {
    if (this.over) return;
    this.over = true;
    this.later(() => this.peer?.closed());
    this.how.scheduler.after(0, 'closed', () => this.closeListener?.());
  }

  /** What is on its way still comes or does not, as when a cable is cut. */
  closed(): void {
    if (this.over) return;
    this.over = true;
    this.closeListener?.();
  }

  private send(data: Uint8Array): void {
    const { random } = this.how;
    for (let at = 0; at < data.length;) {
      const left = data.length - at;
      const count = random && random.below(4) === 0 ? 1 + random.below(left) : left;
      const piece = data.subarray(at, at + count);
      this.later(() => this.peer?.take(piece));
      at += count;
    }
  }

  private later(run: () => void): void {
    const { scheduler, random, delayMicros = 1 } = this.how;
    const due = scheduler.now + 1 + (random?.below(delayMicros) ?? 0);
    this.lastArrival = Math.max(this.lastArrival, due);
    scheduler.after(this.lastArrival - scheduler.now, 'bytes', run);
  }

  private take(data: Uint8Array): void {
    if (this.over) return;
    this.arrived.push(data);
    this.deliver();
  }

  private deliver(): void {
    while (this.listener && !this.paused && !this.over) {
      const data = this.arrived.shift();
      if (!data) return;
      this.listener(data);
    }
  }
}

export function bytePipe(how: PipeHow): readonly [ByteStream, ByteStream] {
  const [one, other] = [new End(how), new End(how)];
  one.peer = other;
  other.peer = one;
  return [one, other];
}
