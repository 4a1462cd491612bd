import { assert } from '../base/assert.ts';
import type { Sectors } from '../base/units.ts';
import type { Allocation, BlockDevice, Io, IoResult } from '../block/device.ts';
import { yieldWith } from './below.ts';
import type { Lease } from './lease.ts';
import type { MappedDevice } from './mapped-device.ts';

/** A handle that keeps the device open until it is closed. */
export class OpenDevice implements BlockDevice {
  private closed = false;

  constructor(private readonly device: MappedDevice) {
    device.openCount++;
  }

  get name(): string {
    return this.device.name;
  }

  /** Follows the live table. */
  get size(): Sectors {
    return this.device.size;
  }

  get readOnly(): boolean {
    return this.device.readOnly;
  }

  /** Whether another handle is of the same device. */
  same(other: OpenDevice): boolean {
    return this.device === other.device;
  }

  submit(io: Io): Promise<IoResult> {
    assert(!this.closed, () => `${this.name} was closed`);
    return this.device.submit(io);
  }

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    return this.device.allocation(start, count);
  }

  /** See lease.ts. */
  lease(recall: () => void): Lease | undefined {
    return this.device.lease(recall);
  }

  /**
   * Mirrors fail what they would hold until somebody repairs them: for whoever is in the way of
   * that repair. @returns what ends it
   */
  waitForNobody(): () => void {
    return yieldWith(this.device);
  }

  /** @returns what ends it */
  onChange(listener: () => void): () => void {
    return this.device.onChange(listener);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.device.openCount--;
  }
}
