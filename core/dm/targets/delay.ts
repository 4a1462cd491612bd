import { ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { DevNo } from '../../contract/units.ts';
import type { Scheduler } from '../../env/scheduler.ts';
import {
  invalid,
  parseSector,
  parseU32,
  type Refusal,
  type TargetHost,
  type TargetType,
} from '../target.ts';

/** Sends reads, writes and flushes on after a time of their own each (reference 5.6). */
export const delay: TargetType = {
  name: 'delay',
  version: [1, 3, 0],
  usage:
    '<device> <start sector> <ms> ' +
    '[<write device> <start sector> <ms> [<flush device> <start sector> <ms>]]',

  construct(args, host) {
    if (![3, 6, 9].includes(args.length)) return invalid('Requires exactly 3, 6 or 9 arguments');
    const legs: Leg[] = [];
    for (let at = 0; at < args.length; at += 3) {
      const leg = openLeg(args.slice(at, at + 3), host);
      if (!leg.ok) return leg;
      legs.push(leg.value);
    }
    const [reads, writes = reads, flushes = writes] = legs as [Leg, Leg?, Leg?];
    const queues = {
      read: new Waiting(host.scheduler, reads.ms),
      write: new Waiting(host.scheduler, writes.ms),
      flush: new Waiting(host.scheduler, flushes.ms),
    };
    const all = Object.values(queues);
    return ok({
      map({ op, offset }) {
        const { device, start } = op === 'read' ? reads : writes;
        const after = queues[op === 'read' ? 'read' : 'write'].wait();
        const to = { kind: 'remap', device, start: sectors(start + offset) } as const;
        return after ? { ...to, after } : to;
      },
      source: () => reads,
      beforeFlush: () => queues.flush.wait(),
      ranges: () => legs.map(({ device, start }) => ({ device, start, count: host.length })),
      table: () => legs.map(({ device, start, ms }) => `${device} ${start} ${ms}`).join(' '),
      status: () => all.map(({ count }) => count).join(' '),
      // What waits goes on at once: a suspend would wait for it otherwise.
      presuspend: () => {
        for (const queue of all) queue.close();
        return undefined;
      },
      resume: () => {
        for (const queue of all) queue.open();
        return undefined;
      },
    });
  },
};

interface Leg {
  readonly device: DevNo;
  readonly start: Sectors;
  readonly ms: number;
}

function openLeg(args: readonly string[], host: TargetHost): Result<Leg, Refusal> {
  const start = parseSector(args[1]);
  if (start === undefined) return invalid('Invalid device sector');
  const ms = parseU32(args[2]);
  if (ms === undefined) return invalid('Invalid delay');
  const device = host.open(args[0] ?? '');
  return device.ok ? ok({ device: device.value, start, ms }) : device;
}

/** The I/O of one kind that waits. */
class Waiting {
  private readonly pending = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly ms: number,
  ) {}

  get count(): number {
    return this.pending.size;
  }

  /** Undefined where there is nothing to wait for. */
  wait(): Promise<void> | undefined {
    if (this.ms === 0 || this.closed) return undefined;
    return new Promise((resolve) => {
      const go = (): void => {
        if (this.pending.delete(go)) resolve();
      };
      this.pending.add(go);
      this.scheduler.after(this.ms * 1000, 'delay target', go);
    });
  }

  close(): void {
    this.closed = true;
    for (const go of [...this.pending]) go();
  }

  open(): void {
    this.closed = false;
  }
}
