/** A connection in simulated time: the server has one end, a test the other. */
import type { Prng } from '../../../core/env/prng.ts';
import type { Scheduler } from '../../../core/env/scheduler.ts';
import type { ByteStream } from '../../../core/nbd/stream.ts';

interface Outgoing {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  readonly sent: (() => void) | undefined;
}

/** Pieces are cut and delayed as chance wills, in order; without chance they come whole. */
export class Wire implements ByteStream {
  unsent = 0;
  isClosed = false;
  /** Who listens has been told, or is when it begins to. */
  private isOver = false;
  /** False: the client does not take what is sent to it. */
  private reading = true;
  private readonly incoming: Uint8Array[] = [];
  private outgoing: Outgoing[] = [];
  private data: ((data: Uint8Array) => void) | undefined;
  private room: (() => Uint8Array) | undefined;
  private closed: (() => void) | undefined;
  private paused = false;
  private ending = false;
  private deliverySet = false;
  private sendingSet = false;
  private readonly hearers: ((data: Uint8Array) => void)[] = [];
  private readonly mourners: (() => void)[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random?: Prng,
  ) {}

  // The end of the server.

  onData(listener: (data: Uint8Array) => void, room?: () => Uint8Array): void {
    this.data = listener;
    // By chance a stream that asks where to put what comes, or one that does not.
    if (this.random?.chance(50) === true) this.room = room;
    this.deliverSoon();
  }

  onClose(listener: () => void): void {
    this.closed = listener;
    if (this.isOver) listener();
  }

  write(parts: readonly Uint8Array[], sent?: () => void): void {
    if (this.ending) throw new Error('it writes after the end');
    if (this.isClosed) return this.scheduler.after(0, 'wire: lost', () => sent?.());
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.unsent += length;
    this.outgoing.push({ parts, length, sent });
    this.sendSoon();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.deliverSoon();
  }

  end(): void {
    this.ending = true;
    this.sendSoon();
  }

  destroy(): void {
    this.close();
  }

  // The end of the client.

  hear(hearer: (data: Uint8Array) => void): void {
    this.hearers.push(hearer);
  }

  mourn(mourner: () => void): void {
    this.mourners.push(mourner);
  }

  send(data: Uint8Array): void {
    if (data.length > 0) this.incoming.push(data);
    this.deliverSoon();
  }

  set taking(reading: boolean) {
    this.reading = reading;
    this.sendSoon();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const { sent, length } of this.outgoing) {
      this.unsent -= length;
      sent?.();
    }
    this.outgoing = [];
    this.scheduler.after(0, 'wire: closed', () => {
      this.isOver = true;
      this.closed?.();
      for (const mourner of this.mourners) mourner();
    });
  }

  private deliverSoon(): void {
    if (this.deliverySet || this.paused || !this.data || this.incoming.length === 0) return;
    this.deliverySet = true;
    this.scheduler.after(this.random?.below(50) ?? 0, 'wire: to the server', () => {
      this.deliverySet = false;
      const [first] = this.incoming;
      if (!first || this.paused || this.isClosed) return;
      const room = this.room?.();
      const most = Math.min(first.length, room?.length ?? Infinity);
      const cut = this.random?.chance(40) === true ? 1 + this.random.below(most) : most;
      if (cut >= first.length) this.incoming.shift();
      else this.incoming[0] = first.subarray(cut);
      // A copy: the server may keep what it gets.
      const piece = room?.subarray(0, cut) ?? new Uint8Array(cut);
      piece.set(first.subarray(0, cut));
      this.data?.(piece);
      this.deliverSoon();
    });
  }

  private sendSoon(): void {
    if (this.sendingSet || this.isClosed) return;
    if (this.outgoing.length === 0 && !this.ending) return;
    this.sendingSet = true;
    this.scheduler.after(this.random?.below(50) ?? 0, 'wire: to the client', () => {
      this.sendingSet = false;
      if (!this.reading || this.isClosed) return;
      const next = this.outgoing.shift();
      if (next) {
        // Only now: who changes the parts before they are sent is found out.
        for (const part of next.parts) for (const hear of this.hearers) hear(part.slice());
        this.unsent -= next.length;
        next.sent?.();
        this.sendSoon();
      } else if (this.ending) this.close();
    });
  }
}
