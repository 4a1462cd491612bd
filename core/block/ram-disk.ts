import { err, ok } from '../base/result.ts';
import type { Sectors } from '../base/units.ts';
import { checkIo, type Allocation, type BlockDevice, type Io, type IoResult } from './device.ts';
import { elapse, type Latency } from './latency.ts';
import { SectorStore } from './sector-store.ts';

/** A sparse disk in memory. Without latency a request is done before `submit` returns. */
export class RamDisk implements BlockDevice {
  constructor(
    readonly name: string,
    readonly size: Sectors,
    readonly store = new SectorStore(),
    private readonly latency?: Latency,
    readonly readOnly = false,
  ) {}

  submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return Promise.resolve(err(refused));
    if (!this.latency) return Promise.resolve(this.perform(io));
    return elapse(this.latency, `${this.name} ${io.op}`).then(() => this.perform(io));
  }

  private perform(io: Io): IoResult {
    if (io.op === 'read') this.store.read(io.start, io.data);
    if (io.op === 'write') this.store.write(io.start, io.data);
    if (io.op === 'zero' || io.op === 'discard') this.store.clear(io.start, io.count);
    return ok();
  }

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    return Promise.resolve(this.store.allocation(start, count));
  }
}
