import type { Sectors } from '../../base/units.ts';
import type { BlockDevice, Io, IoResult } from '../device.ts';

/** A device that looks like the one below it and does something to its requests. */
export abstract class Wrapper implements BlockDevice {
  constructor(protected readonly below: BlockDevice) {}

  get name(): string {
    return this.below.name;
  }

  get size(): Sectors {
    return this.below.size;
  }

  get readOnly(): boolean {
    return this.below.readOnly;
  }

  abstract submit(io: Io): Promise<IoResult>;
}
