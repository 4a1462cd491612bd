/** What the original has been told to hold, and what of it a crash may show. */
import { sectors } from '../../base/units.ts';
import type { BlockDevice, IoResult } from '../../block/device.ts';
import { stamped } from '../stamps.ts';
import type { Write } from './script.ts';

/** Stamps of a store before anything was written to it begin here, those of the original at 1. */
export const STALE = 0xdead0000;

export class History {
  /** By sector: everything that may be there after a crash, the oldest first. */
  private readonly may: number[][];

  /**
   * @param durable what is in the sectors of the original
   * @param next the first stamp that nobody wrote yet
   */
  constructor(
    durable: readonly number[],
    private next = Math.max(...durable) + 1,
  ) {
    this.may = durable.map((stamp) => [stamp]);
  }

  /** One that goes on from other content, with stamps of its own. */
  from(durable: readonly number[]): History {
    return new History(durable, this.next);
  }

  /** Of an original that was never written, by its size in sectors. */
  static fresh(size: number): History {
    return new History(Array.from({ length: size }, (_, at) => at + 1));
  }

  /** What is there while power is on; nothing is under way. */
  get now(): readonly number[] {
    return this.may.map((stamps) => stamps.at(-1) ?? 0);
  }

  async write(device: BlockDevice, { start, count }: Write): Promise<IoResult> {
    const stamps = Array.from({ length: count }, () => this.next++);
    for (const [at, stamp] of stamps.entries()) this.may[start + at]?.push(stamp);
    return device.submit({ op: 'write', start: sectors(start), data: stamped(stamps) });
  }

  /** With nothing under way: a flush that succeeds makes durable all that was written. */
  async flush(device: BlockDevice): Promise<IoResult> {
    const done = await device.submit({ op: 'flush' });
    if (done.ok) for (const stamps of this.may) stamps.splice(0, stamps.length - 1);
    return done;
  }

  /** The first sector that holds what it cannot hold after a crash. */
  wrong(found: readonly number[]): number | undefined {
    const at = found.findIndex((stamp, sector) => !this.may[sector]?.includes(stamp));
    return at < 0 ? undefined : at;
  }
}
