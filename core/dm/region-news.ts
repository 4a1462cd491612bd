/** How often a screen hears of what changes faster than anyone looks. */
import type { Scheduler } from '../env/scheduler.ts';

/** Between two news of one device, in microseconds. */
const APART = 100_000;

/** Tells that the regions of a mirror, or the chunks of a snapshot, have changed. */
export class RegionNews {
  private readonly due = new Set<object>();

  constructor(private readonly scheduler: Scheduler) {}

  /** @param tell called once for everything that changes from now on until then */
  changed(device: object, tell: () => void): void {
    if (this.due.has(device)) return;
    this.due.add(device);
    this.scheduler.after(APART, 'regions or chunks', () => {
      this.due.delete(device);
      tell();
    });
  }
}
