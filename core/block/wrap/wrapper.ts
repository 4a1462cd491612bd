import type { Sectors } from '../../base/units.ts';
import { allocationOf } from '../allocation.ts';
import type { Allocation, BlockDevice, Io, IoResult } from '../device.ts';

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

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    return allocationOf(this.below, start, count);
  }

  abstract submit(io: Io): Promise<IoResult>;
}
