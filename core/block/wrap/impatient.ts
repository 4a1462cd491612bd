import { err } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { Scheduler } from '../../env/scheduler.ts';
import { ioFailure, type BlockDevice, type Io, type IoResult } from '../device.ts';

/**
 * Reads that take too long fail. The device below goes on with them, into memory of their own: a
 * late answer changes nothing any more. It can only be read.
 */
export class ImpatientDevice implements BlockDevice {
  readonly readOnly = true;

  constructor(
    private readonly below: BlockDevice,
    private readonly scheduler: Scheduler,
    private readonly limitMicros: number,
  ) {}

  get name(): string {
    return this.below.name;
  }

  get size(): Sectors {
    return this.below.size;
  }

  submit(io: Io): Promise<IoResult> {
    if (io.op !== 'read') return Promise.resolve(err({ code: 'read-only', device: this.name }));
    const data = new Uint8Array(io.data.length);
    return new Promise((resolve) => {
      let late = false;
      this.scheduler.after(this.limitMicros, `${this.name} patience`, () => {
        late = true;
        resolve(err(ioFailure(this.name, io, 'does not answer')));
      });
      void this.below.submit({ ...io, data }).then((done) => {
        if (late) return;
        io.data.set(data);
        resolve(done);
      });
    });
  }
}
