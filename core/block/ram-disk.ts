import { err, ok } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import type { Random } from '../env/prng.ts';
import { sleep, type Scheduler } from '../env/scheduler.ts';
import { checkIo, type BlockDevice, type Io, type IoResult } from './device.ts';
import { SectorStore } from './sector-store.ts';

/** Time that requests take; without it they complete at once. */
export interface Latency {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Each request takes from 1 to this many microseconds, so that they overtake one another. */
  readonly maxMicros: number;
}

/** A sparse disk in memory. */
export class RamDisk implements BlockDevice {
  constructor(
    readonly name: string,
    readonly size: Sectors,
    readonly store = new SectorStore(),
    private readonly latency?: Latency,
    readonly readOnly = false,
  ) {}

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    if (this.latency) {
      const { scheduler, random, maxMicros } = this.latency;
      await sleep(scheduler, 1 + random.below(maxMicros), `${this.name} ${io.op}`);
    }
    if (io.op === 'read') this.store.read(io.start, io.data);
    if (io.op === 'write') this.store.write(io.start, io.data);
    return ok();
  }
}
