/** Tells how many requests devices have under way: not of each, and only while somebody looks. */
import type { IoCounts } from '../contract/state.ts';
import type { Scheduler } from '../env/scheduler.ts';

/** Between two news, in microseconds: nobody reads numbers that change faster. */
const APART = 250_000;

interface Counted {
  readonly counts: IoCounts;
  readonly isRemoved: boolean;
}

export class IoNews {
  /** Whether somebody looks. */
  on = false;
  private readonly due = new Set<Counted>();
  private armed = false;

  constructor(
    private readonly scheduler: Scheduler,
    /** Those that have changed since they were told, as they are now. */
    private readonly tell: (counts: readonly IoCounts[]) => void,
  ) {}

  /** On the way of every request: it only notes which device it was. */
  readonly changed = (device: Counted): void => {
    if (!this.on) return;
    this.due.add(device);
    if (this.armed) return;
    this.armed = true;
    this.scheduler.after(APART, 'requests under way', () => {
      this.armed = false;
      const there = [...this.due].filter(({ isRemoved }) => !isRemoved);
      this.due.clear();
      if (there.length > 0) this.tell(there.map(({ counts }) => counts));
    });
  };
}
