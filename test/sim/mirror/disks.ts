/** Disks of a simulated mirror: they go away, come back, have bad places and lose power. */
import { err } from '../../../core/base/result.ts';
import { sectors, type Sectors } from '../../../core/base/units.ts';
import { run } from '../../../core/block/allocation.ts';
import {
  changes,
  ioFailure,
  ioSectors,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
} from '../../../core/block/device.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { DelayedDevice } from '../../../core/block/wrap/delay.ts';
import { PowerLossDisk, type PowerSupply } from '../../../core/block/wrap/power-loss.ts';
import { Wrapper } from '../../../core/block/wrap/wrapper.ts';
import type { Sim } from '../../support/sim.ts';
import type { LogOrder } from './log-order.ts';

/** Sectors of a disk; mirrors begin off any boundary. */
export const DISK_SIZE = 320;
export const SKEW = 5;

/** What is wrong with a disk at the moment. */
export type Mood = 'well' | 'gone' | 'writes' | 'reads' | 'flushes' | 'place';

export class SimDisk extends Wrapper {
  mood: Mood = 'well';
  /** The bad place. */
  bad = { start: 0, count: 0 };
  failures = 0;

  constructor(
    readonly index: number,
    readonly platter: PowerLossDisk,
  ) {
    super(platter);
  }

  /** Of what fails nothing is known. */
  override async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    if (this.mood !== 'well') return run(start, count, 'data');
    return super.allocation(start, count);
  }

  async submit(io: Io): Promise<IoResult> {
    if (!this.fails(io)) return this.below.submit(io);
    this.failures++;
    // Some of it may have been done.
    if (io.op === 'write' && this.mood !== 'gone' && io.data.length > 512) {
      await this.below.submit({ ...io, data: io.data.subarray(0, 512), fua: false });
    }
    return err(ioFailure(this.name, io, `its mood: ${this.mood}`));
  }

  private fails(io: Io): boolean {
    switch (this.mood) {
      case 'well':
        return false;
      case 'gone':
        return true;
      case 'writes':
        return changes(io);
      case 'reads':
        return io.op === 'read';
      case 'flushes':
        return io.op === 'flush';
      case 'place': {
        if (io.op === 'flush') return false;
        const { start, count } = this.bad;
        return io.start < start + count && start < io.start + ioSectors(io);
      }
    }
  }
}

/** Tells of every request when it is made, and when it has ended. */
class Watched extends Wrapper {
  constructor(
    below: BlockDevice,
    private readonly began: (io: Io) => (ok: boolean) => void,
  ) {
    super(below);
  }

  async submit(io: Io): Promise<IoResult> {
    const ended = this.began(io);
    const done = await this.below.submit(io);
    ended(done.ok);
    return done;
  }
}

/** @param stores what is on the platters; default: nothing yet */
export function makeDisks(
  { scheduler, random }: Sim,
  supply: PowerSupply,
  { maxMicros, order }: { readonly maxMicros: number; readonly order: LogOrder },
  count: number,
  stores: readonly SectorStore[] = [],
) {
  return Array.from({ length: count }, (_, index) => {
    const store = stores[index] ?? new SectorStore();
    const name = `sd${String.fromCharCode(97 + index)}`;
    const disk = new SimDisk(index, new PowerLossDisk(name, sectors(DISK_SIZE), store, supply));
    const delayed = new DelayedDevice(disk, { scheduler, random, maxMicros });
    return { disk, device: new Watched(delayed, (io) => order.began(index, io)) };
  });
}
