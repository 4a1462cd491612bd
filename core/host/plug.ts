/**
 * Joins requests that come together and lie end to end, as a plug of the kernel does: a striped
 * volume cuts one request into many, of which every other goes on where the last one ended, and a
 * call costs as much as moving 64 KiB.
 */
import { SECTOR, type Sectors } from '../base/units.ts';
import type { Done, FileAccess } from './file-access.ts';

/** Bytes of a joined call. Above, several calls at once are faster than one. */
const LIMIT = 2 ** 20;

interface Part {
  readonly data: Uint8Array;
  readonly start: Sectors;
  readonly done: Done;
}

interface Joined {
  readonly op: 'read' | 'write';
  readonly parts: Part[];
  bytes: number;
  /** The sector right behind them. */
  end: number;
}

/** A disk has a leg or two of a volume: what goes on is among the last few. */
const LOOK_BACK = 4;

/** Requests of one turn go out at its end; none waits for a request that has yet to come. */
export class Plug {
  private pending: Joined[] = [];

  constructor(private readonly access: FileAccess) {}

  add(op: 'read' | 'write', data: Uint8Array, start: Sectors, done: Done): void {
    // Too large to be joined with another.
    if (data.length > LIMIT / 2) return this.access[op](data, start, done);
    if (this.pending.length === 0) queueMicrotask(() => this.pull());
    const before = this.endingAt(op, start);
    const end = start + data.length / SECTOR;
    if (before && before.bytes + data.length <= LIMIT) {
      before.parts.push({ data, start, done });
      before.bytes += data.length;
      before.end = end;
    } else {
      this.pending.push({ op, parts: [{ data, start, done }], bytes: data.length, end });
    }
  }

  private endingAt(op: Joined['op'], start: number): Joined | undefined {
    const { pending } = this;
    for (let at = pending.length - 1; at >= 0 && at >= pending.length - LOOK_BACK; at--) {
      const one = pending[at];
      if (one?.op === op && one.end === start) return one;
    }
    return undefined;
  }

  private pull(): void {
    const { pending } = this;
    this.pending = [];
    for (const joined of pending) this.send(joined);
  }

  private send({ op, parts }: Joined): void {
    const [first] = parts;
    const apart = (): void => {
      for (const { data, start, done } of parts) this.access[op](data, start, done);
    };
    if (!first || parts.length === 1) return apart();
    const all = parts.map(({ data }) => data);
    this.access.together(op, all, first.start, (whole) => {
      // Which of them failed, and why, only each one alone can tell.
      if (!whole) return apart();
      for (const { done } of parts) done();
    });
  }
}
