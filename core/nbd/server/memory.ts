/**
 * The memory of requests in flight, of all connections together, and who waits for some. A request
 * has its part from before its payload is received until its reply has been sent.
 */
import { assert } from '../../base/assert.ts';
import { view } from '../../base/bytes.ts';
import type { Scheduler } from '../../env/scheduler.ts';
import { MAX_REQUEST } from './limits.ts';

/** Bytes before the data, where the header of the reply is put: both are sent as one. */
export const HEAD = 64;
/** Bytes that every request counts for at least: it is more than its payload. */
const LEAST = 4096;
/** Of the memory, what one connection has at most for more than one request. */
const SHARE = 1 / 16;
/** Larger ones are not kept. */
const LARGEST_KEPT = 4 * 2 ** 20;
/** Bytes that are kept for the next requests. */
const KEPT = 16 * 2 ** 20;
/** Bytes that a client must move within the time that others wait, or it counts as stalled. */
const PROGRESS = 64 * 1024;

/** A buffer for the payload of a request and for the header of its reply. */
export interface Slot {
  /** `HEAD` bytes, then the data. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** What it counts for. */
  readonly size: number;
}

/** A connection, as the memory sees it. */
export interface Holder {
  /** Bytes that it has; only the memory changes this. */
  held: number;
  /** What it waited for, when it is not closed. */
  granted(slot: Slot): void;
  /** It has memory because the client does not take or send what it is for. */
  readonly stuck: boolean;
  /** How often that ended. */
  readonly cleared: number;
  /** Bytes that have gone to the client and come from it. */
  readonly moved: number;
  /** Its memory is needed elsewhere. */
  evict(): void;
}

interface Waiter {
  readonly holder: Holder;
  readonly size: number;
}

export class Memory {
  /** Bytes in flight; never above `limit`. */
  used = 0;
  /** The largest payload that is accepted, in bytes: a power of 2. */
  readonly largest: number;
  private readonly spare = new Map<number, Slot[]>();
  private kept = 0;
  /** In the order they came. */
  private waiting: Waiter[] = [];
  private watching = false;

  /** @param limit in bytes, at least 8 KiB. A request has half of it at most. */
  constructor(
    readonly limit: number,
    private readonly scheduler: Scheduler,
    /** Microseconds. */
    private readonly stall: number,
    private readonly holders: () => Iterable<Holder>,
  ) {
    assert(limit >= 2 * LEAST, `${limit} bytes are too few for a server`);
    this.largest = Math.min(MAX_REQUEST, floorPower(limit / 2));
  }

  /**
   * @param bytes of data, up to `largest`
   * @returns undefined where there is not enough: the holder will be granted it later
   */
  take(holder: Holder, bytes: number): Slot | undefined {
    const waiter = { holder, size: sizeOf(bytes) };
    // Nobody overtakes, except those who wait for themselves alone.
    const next = this.waiting.length === 0 || !this.waiting.some((one) => this.fitsOwn(one));
    if (next && this.fitsOwn(waiter) && this.fits(waiter)) return this.grant(waiter);
    this.waiting.push(waiter);
    this.watch();
    return undefined;
  }

  giveBack(holder: Holder, slot: Slot): void {
    this.used -= slot.size;
    holder.held -= slot.size;
    this.keep(slot);
    this.wake();
  }

  /** It does not wait any more. */
  forget(holder: Holder): void {
    if (this.waiting.length === 0) return;
    this.waiting = this.waiting.filter((waiter) => waiter.holder !== holder);
    this.wake();
  }

  /** Whether it is waiting here. */
  awaits(holder: Holder): boolean {
    return this.waiting.some((waiter) => waiter.holder === holder);
  }

  private keep(slot: Slot): void {
    if (slot.size > LARGEST_KEPT || this.kept + slot.size > KEPT) return;
    const spare = this.spare.get(slot.size);
    if (spare) spare.push(slot);
    else this.spare.set(slot.size, [slot]);
    this.kept += slot.size;
  }

  private fits({ size }: Waiter): boolean {
    return this.used + size <= this.limit;
  }

  /**
   * A connection has a small part, or one request, however large. More would leave the others less,
   * and gain nothing: data that lies around leaves the processor's cache.
   */
  private fitsOwn({ holder, size }: Waiter): boolean {
    return holder.held === 0 || holder.held + size <= this.limit * SHARE;
  }

  private grant({ holder, size }: Waiter): Slot {
    this.used += size;
    holder.held += size;
    const spare = this.spare.get(size)?.pop();
    if (!spare) return newSlot(size);
    this.kept -= size;
    return spare;
  }

  private wake(): void {
    while (this.waiting.length > 0) {
      const first = this.waiting.find((waiter) => this.fitsOwn(waiter));
      if (!first) return;
      if (!this.fits(first)) return this.watch();
      this.waiting = this.waiting.filter((waiter) => waiter !== first);
      first.holder.granted(this.grant(first));
    }
  }

  private get isShort(): boolean {
    return this.waiting.some((waiter) => this.fitsOwn(waiter) && !this.fits(waiter));
  }

  /** As long as others wait, those are disconnected who keep memory and let nothing move. */
  private watch(): void {
    if (this.watching || !this.isShort) return;
    this.watching = true;
    const before = [...this.holders()].filter(({ stuck }) => stuck);
    const marks = before.map(({ moved, cleared }) => ({ moved, cleared }));
    this.scheduler.after(this.stall, 'nbd: look for stalled clients', () => {
      this.watching = false;
      if (!this.isShort) return;
      for (const [index, holder] of before.entries()) {
        const mark = marks[index];
        const stuck = holder.stuck && holder.cleared === mark?.cleared;
        if (stuck && holder.moved - mark.moved < PROGRESS) holder.evict();
      }
      this.watch();
    });
  }
}

/** In classes, so that one request's buffer serves the next. */
function sizeOf(bytes: number): number {
  if (bytes <= LEAST) return LEAST;
  return bytes > LARGEST_KEPT ? bytes : 2 ** Math.ceil(Math.log2(bytes));
}

const floorPower = (value: number): number => 2 ** Math.floor(Math.log2(value));

/** Shared: what another thread has to write for the client it takes from here, not from a copy. */
function newSlot(size: number): Slot {
  const bytes = new Uint8Array(new SharedArrayBuffer(HEAD + size));
  return { bytes, view: view(bytes), size };
}
