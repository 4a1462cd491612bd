/** A disk in whose queue requests stay as long as they are told to. */
import type { Io, IoResult } from '../../core/block/device.ts';
import { Wrapper } from '../../core/block/wrap/wrapper.ts';
import { turn } from './sim.ts';

export class BusyDisk extends Wrapper {
  private held: Io['op'] | undefined;
  private waiting: (() => void)[] = [];

  async submit(io: Io): Promise<IoResult> {
    if (io.op === this.held) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    return this.below.submit(io);
  }

  /** Requests of this kind from now on. */
  hold(op: Io['op']): void {
    this.held = op;
  }

  /** All of them go on; done once what follows at once has happened. */
  async letGo(): Promise<void> {
    this.held = undefined;
    for (const resolve of this.waiting.splice(0)) resolve();
    await turn();
  }
}
