import type { BlockDevice, Io, IoResult } from '../device.ts';
import { elapse, type Latency } from '../latency.ts';
import { Wrapper } from './wrapper.ts';

/** Keeps every request waiting before the device below sees it. */
export class DelayedDevice extends Wrapper {
  constructor(
    below: BlockDevice,
    private readonly latency: Latency,
  ) {
    super(below);
  }

  async submit(io: Io): Promise<IoResult> {
    await elapse(this.latency, `${this.name} ${io.op} delayed`);
    return this.below.submit(io);
  }
}
