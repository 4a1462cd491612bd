/** What is stored and what is a hole, as devices tell it (`BlockDevice.allocation`). */
import { assert } from '../base/assert.ts';
import { sectors, type Sectors } from '../base/units.ts';
import type { Allocation, BlockDevice } from './device.ts';

/** Asks a device. All is data where it cannot tell; the run must lie inside the device. */
export async function allocationOf(
  device: Pick<BlockDevice, 'size' | 'allocation'>,
  start: Sectors,
  count: Sectors,
): Promise<readonly Allocation[]> {
  if (!device.allocation || start + count > device.size) return run(start, count, 'data');
  return device.allocation(start, count);
}

/** One run of one kind; of nothing there is none. */
export const run = (
  start: number,
  count: number,
  kind: Allocation['kind'],
): readonly Allocation[] =>
  count === 0 ? [] : [{ start: sectors(start), count: sectors(count), kind }];

/** Puts runs together that come in order; neighbours of one kind become one. */
export class AllocationList {
  private readonly runs: { start: Sectors; count: Sectors; kind: Allocation['kind'] }[] = [];

  /** @param place sector where the first run begins */
  constructor(private place: number) {}

  /** Where the next run begins. */
  get end(): number {
    return this.place;
  }

  /** Goes on where the last one ended. */
  add(count: number, kind: Allocation['kind']): void {
    if (count === 0) return;
    const last = this.runs.at(-1);
    if (last?.kind === kind) last.count = sectors(last.count + count);
    else this.runs.push({ start: sectors(this.place), count: sectors(count), kind });
    this.place += count;
  }

  addAll(runs: readonly Allocation[]): void {
    for (const { count, kind } of runs) this.add(count, kind);
  }

  /** Up to a sector that is not before the end of the last one. */
  addUpTo(sector: number, kind: Allocation['kind']): void {
    assert(sector >= this.place, 'runs come in order');
    this.add(sector - this.place, kind);
  }

  get all(): readonly Allocation[] {
    return this.runs;
  }
}
