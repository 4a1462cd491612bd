import { err } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import { AllocationList } from '../allocation.ts';
import {
  changes,
  checkIo,
  ioFailure,
  ioSectors,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
} from '../device.ts';
import { Wrapper } from './wrapper.ts';

/** A run of sectors that cannot be read. */
export interface BadRun {
  readonly start: Sectors;
  readonly count: Sectors;
  /** fail: writing fails as well. heal: a write is taken and makes its sectors good again. */
  readonly onWrite: 'fail' | 'heal';
}

/**
 * A disk with bad places: a request that touches one fails as a whole and changes nothing. A
 * discard touches no place: it is passed on, and heals none.
 */
export class BadSectorDevice extends Wrapper {
  private readonly healed = new Set<number>();

  constructor(
    below: BlockDevice,
    private readonly runs: readonly BadRun[],
  ) {
    super(below);
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    if (io.op === 'flush' || io.op === 'discard') return this.below.submit(io);
    const end = io.start + ioSectors(io);
    for (const run of this.runs) {
      const bad = changes(io) && run.onWrite === 'heal' ? -1 : this.firstBad(run, io, end);
      if (bad >= 0) return err(ioFailure(this.name, io, `sector ${bad} is bad`));
    }
    const done = await this.below.submit(io);
    if (done.ok && changes(io)) this.heal(io.start, end);
    return done;
  }

  /** What is bad cannot be read: no hole. */
  override async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    const list = new AllocationList(start);
    const end = start + count;
    const marks = this.runs.flatMap((run) => [run.start, run.start + run.count]);
    const cuts = [...marks.filter((at) => at > start && at < end), end].sort((a, b) => a - b);
    let from: number = start;
    for (const to of new Set(cuts)) {
      const part = { start: sectors(from), count: sectors(to - from) };
      if (this.runs.some((one) => this.firstBad(one, part, to) >= 0)) list.addUpTo(to, 'data');
      else list.addAll(await super.allocation(part.start, part.count));
      from = to;
    }
    return list.all;
  }

  private firstBad(run: BadRun, io: { readonly start: Sectors }, end: number): number {
    const stop = Math.min(end, run.start + run.count);
    for (let at: number = Math.max(io.start, run.start); at < stop; at++) {
      if (!this.healed.has(at)) return at;
    }
    return -1;
  }

  private heal(start: number, end: number): void {
    for (const run of this.runs) {
      const stop = Math.min(end, run.start + run.count);
      for (let at = Math.max(start, run.start); at < stop; at++) this.healed.add(at);
    }
  }
}
