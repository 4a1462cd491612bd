import type { Scheduler } from '../env/scheduler.ts';

/** Between two news of one mirror, in microseconds: its regions change faster than anyone looks. */
const APART = 100_000;

/** Tells that the regions of a mirror have changed, not more often than a screen can show it. */
export class RegionNews {
  private readonly due = new Set<object>();

  constructor(private readonly scheduler: Scheduler) {}

  /** @param tell called once for everything that changes from now on until then */
  changed(device: object, tell: () => void): void {
    if (this.due.has(device)) return;
    this.due.add(device);
    this.scheduler.after(APART, 'regions of a mirror', () => {
      this.due.delete(device);
      tell();
    });
  }
}
