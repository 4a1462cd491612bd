/** A disk that can be broken and mended while it is in use. */
import { err, ok } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { DiskErrors, DiskFault } from '../../contract/faults.ts';
import { sleep, type Scheduler } from '../../env/scheduler.ts';
import { run } from '../allocation.ts';
import {
  changes,
  checkIo,
  ioFailure,
  ioSectors,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
  type Lent,
} from '../device.ts';
import { Wrapper } from './wrapper.ts';

/** The faults of one disk, whatever it is reached through. */
export class FaultSet {
  private now: readonly DiskFault[];
  private readonly loans = new Set<{ readonly recall: () => void }>();
  private allBack: (() => void)[] = [];

  constructor(faults: readonly DiskFault[] = []) {
    this.now = faults;
  }

  get list(): readonly DiskFault[] {
    return this.now;
  }

  get isEmpty(): boolean {
    return this.now.length === 0;
  }

  get isGone(): boolean {
    return this.now.some(({ kind }) => kind === 'gone');
  }

  get dropsWrites(): boolean {
    return this.now.some(({ kind }) => kind === 'drops-writes');
  }

  get delayMicros(): number {
    const slow = this.now.find((fault) => fault.kind === 'slow');
    return (slow?.millis ?? 0) * 1000;
  }

  /**
   * They hold for every request from now on. Resolves once nobody reads or writes past the disk any
   * more; requests that have reached it already end as they do.
   */
  async set(faults: readonly DiskFault[]): Promise<void> {
    this.now = faults;
    if (this.isEmpty || this.loans.size === 0) return;
    const back = new Promise<void>((resolve) => {
      this.allBack.push(resolve);
    });
    for (const { recall } of [...this.loans]) recall();
    await back;
  }

  /** Why a request fails, in a clause. */
  whyFails(io: Io): string | undefined {
    if (this.isGone) return 'the disk is gone';
    for (const fault of this.now) {
      const why = fault.kind === 'errors' ? whyErrs(fault, io) : undefined;
      if (why !== undefined) return why;
    }
    return undefined;
  }

  /** @param recall asks for it back when the disk is broken */
  lend(lent: Lent, recall: () => void): Lent {
    const loan = { recall };
    this.loans.add(loan);
    const giveBack = (): void => {
      lent.giveBack();
      this.loans.delete(loan);
      if (this.loans.size > 0) return;
      for (const told of this.allBack.splice(0)) told();
    };
    return { ...lent, giveBack };
  }
}

function whyErrs({ on, range }: DiskErrors, io: Io): string | undefined {
  if (io.op === 'discard') return undefined;
  const meant = on === 'both' || (io.op === 'read' ? on === 'reads' : on === 'writes');
  if (!meant) return undefined;
  if (io.op === 'flush') return range || on === 'reads' ? undefined : 'flushes fail';
  const start = Math.max(io.start, range?.start ?? 0);
  const end = Math.min(io.start + ioSectors(io), range ? range.start + range.count : Infinity);
  if (start >= end) return undefined;
  return `sector ${start} cannot be ${io.op === 'read' ? 'read' : 'written'}`;
}

/** Without a fault it is the disk itself. */
export class BreakableDevice extends Wrapper {
  constructor(
    below: BlockDevice,
    private readonly faults: FaultSet,
    private readonly scheduler: Scheduler,
  ) {
    super(below);
  }

  /** Who has it open may keep it open; nobody opens it anew. */
  get gone(): boolean {
    return this.faults.isGone;
  }

  submit(io: Io): Promise<IoResult> {
    return this.faults.isEmpty ? this.below.submit(io) : this.submitBroken(io);
  }

  /** Of what is broken nothing is known. */
  override async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    if (!this.faults.isEmpty) return run(start, count, 'data');
    return super.allocation(start, count);
  }

  readNow(start: Sectors, data: Uint8Array): boolean {
    return this.faults.isEmpty && this.below.readNow?.(start, data) === true;
  }

  lend(recall: () => void): Lent | undefined {
    const lent = this.faults.isEmpty ? this.below.lend?.(recall) : undefined;
    return lent && this.faults.lend(lent, recall);
  }

  private async submitBroken(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    const { delayMicros } = this.faults;
    if (delayMicros > 0 && !this.faults.isGone) {
      await sleep(this.scheduler, delayMicros, `${this.name} ${io.op} is slow`);
    }
    // It may have been mended, or broken in another way, meanwhile.
    const why = this.faults.whyFails(io);
    if (why !== undefined) return err(ioFailure(this.name, io, why));
    return this.faults.dropsWrites && changes(io) ? ok() : this.below.submit(io);
  }
}

/** What of a disk's faults a part of it has: a run of sectors of its own numbers. */
export function faultsOfPart(
  faults: readonly DiskFault[],
  part: { readonly start: Sectors; readonly count: Sectors },
): readonly DiskFault[] {
  return faults.flatMap((fault) => {
    if (fault.kind !== 'errors' || !fault.range) return [fault];
    const { start, count } = fault.range;
    const from = Math.max(start, part.start);
    const to = Math.min(start + count, part.start + part.count);
    if (from >= to) return [];
    return [{ ...fault, range: { start: sectors(from - part.start), count: sectors(to - from) } }];
  });
}
