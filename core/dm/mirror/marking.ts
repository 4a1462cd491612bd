/** Writes that the log has to know of first (reference 7.1). */
import type { DirtyLog } from './log.ts';
import type { MirrorWrite } from './write.ts';

export class Marking {
  private waiting: MirrorWrite[] = [];
  private going = false;

  /** @param goOn called with each write once the log knows of it, or could not be told */
  constructor(
    private readonly log: DirtyLog,
    private readonly goOn: (write: MirrorWrite, done: boolean) => void,
  ) {}

  add(write: MirrorWrite): void {
    this.waiting.push(write);
    if (!this.going) void this.markAll();
  }

  /** What comes in the same turn shares the first write of the log, as all that wait share one. */
  private async markAll(): Promise<void> {
    this.going = true;
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const writes = this.waiting;
      this.waiting = [];
      const done = await this.log.flush();
      for (const write of writes) this.goOn(write, done);
    }
    this.going = false;
  }
}
