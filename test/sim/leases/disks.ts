/**
 * Disks kept in memory as if in files: lent to others, and trusting nothing but marks and what they
 * did themselves about where their holes are, as the disks of a host do.
 */
import { err, ok } from '../../../core/base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../../core/base/units.ts';
import {
  checkIo,
  ioSectors,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
  type Lent,
} from '../../../core/block/device.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { isMarking, type WriteMarks } from '../../../core/block/write-marks.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { sleep, type Scheduler } from '../../../core/env/scheduler.ts';
import { FileLoans } from '../../../core/host/file-loans.ts';
import { stamped } from '../../support/sectors.ts';

export const DISK_SIZE = 2048;
/** Space is given out in runs of whole units. */
const UNIT = 32;

/** What sectors read as that nobody has any business with. */
export const SCRAPPED = 0xbad0bad;

export class FakeDisk implements BlockDevice {
  readonly size = sectors(DISK_SIZE);
  readonly readOnly = false;
  readonly name: string;
  readonly store = new SectorStore();
  readonly marks: WriteMarks;
  /** Leaves that are out. */
  out = 0;
  recalls = 0;
  /** Of those leaves. */
  private readonly lent = new Set<WriteMarks>();
  /** Nobody else may touch it. */
  alone = false;
  readonly loans: FileLoans;
  /** Sectors that were written past it, and not told yet. */
  private readonly untold = new Set<number>();
  /** Sectors that are no hole, as far as is known. */
  private readonly full = new Uint8Array(DISK_SIZE);
  /** Of sectors that a power cut would take away, the number of the write; else 0. */
  private readonly dirty = new Uint32Array(DISK_SIZE);
  private writes = 0;
  private readonly used = new Uint8Array(DISK_SIZE / UNIT);

  constructor(
    /** Of the open file, too. */
    readonly number: number,
    private readonly random: Prng,
    private readonly scheduler: Scheduler,
  ) {
    this.name = `disk${number}`;
    const chunk = random.pick([8, 64, 512]);
    const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
    const marks = new Uint8Array(shared(DISK_SIZE / chunk));
    this.marks = { chunk, marks, busy: new Int32Array(shared(4)) };
    this.loans = new FileLoans(
      () => this.marks,
      undefined,
      (start, count) => this.told(start, count),
    );
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    if (io.op === 'write') this.fill(io.start, ioSectors(io));
    const { writes } = this;
    await sleep(this.scheduler, this.random.below(200), this.name);
    if (io.op === 'flush') this.flushed(writes);
    if (io.op === 'read') this.store.read(io.start, io.data);
    if (io.op === 'write') {
      this.store.write(io.start, io.data);
      const number = io.fua === true ? 0 : ++this.writes;
      this.dirty.fill(number, io.start, io.start + ioSectors(io));
    }
    if (io.op === 'zero') await this.zero(io.start, io.count, io.unmap === true);
    return ok();
  }

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    this.look();
    return Promise.resolve(
      Array.from({ length: count }, (_, at): Allocation => {
        const kind = this.full[start + at] === 1 ? 'data' : 'hole';
        return { start: sectors(start + at), count: sectors(1), kind };
      }),
    );
  }

  lend(recall: () => void): Lent | undefined {
    // As one that is being closed, or is too large.
    if (this.random.chance(5)) return undefined;
    const lent = this.loans.lend(this.number, () => {
      this.recalls++;
      recall();
    });
    if (!lent) return undefined;
    this.out++;
    const { marks } = lent;
    if (marks) this.lent.add(marks);
    const giveBack = (): void => {
      this.out--;
      if (marks) this.lent.delete(marks);
      lent.giveBack();
      this.checkTold();
    };
    return { ...lent, giveBack };
  }

  /** What is a hole stays one; a large run becomes one while nobody else is there. */
  private async zero(start: number, count: number, unmap: boolean): Promise<void> {
    this.look();
    if (!unmap || count < 16) {
      for (let at = start; at < start + count; at++) {
        if (unmap && this.full[at] === 0) continue;
        this.store.clear(at, 1);
        this.full[at] = 1;
      }
      return;
    }
    await this.undisturbed(() => {
      this.store.clear(start, count);
      this.full.fill(0, start, start + count);
    });
  }

  /** Does something that takes a while and that nobody may write past. */
  undisturbed(work: () => void): Promise<void> {
    return this.loans.without(async () => {
      this.look();
      this.alone = true;
      await sleep(this.scheduler, this.random.below(150), `${this.name} alone`);
      work();
      this.alone = false;
    });
  }

  /** By a thread. */
  written(start: number, data: Uint8Array): void {
    if (!this.isMarking) throw new Error(`${this.name}: written without a word`);
    this.store.write(start, data);
    const number = ++this.writes;
    for (let at = start; at < start + data.length / SECTOR; at++) {
      this.untold.add(at);
      this.dirty[at] = number;
    }
  }

  private look(): void {
    this.loans.look();
    this.checkTold();
  }

  private get isMarking(): boolean {
    return [...this.lent].some(isMarking);
  }

  /** Every write that has ended has been told. */
  checkTold(): void {
    if (this.isMarking) return;
    const [first] = this.untold;
    if (first !== undefined) throw new Error(`${this.name}: sector ${first} was not marked`);
  }

  private told(start: number, count: number): void {
    this.fill(start, count);
    for (const at of this.untold) {
      if (at >= start && at < start + count) this.untold.delete(at);
    }
  }

  private fill(start: number, count: number): void {
    this.full.fill(1, start, start + count);
  }

  /** Fresh space, all zeros. @returns its first sector, if there is any */
  take(count: number): number | undefined {
    const units = count / UNIT;
    const starts = [...this.used.keys()].filter((at) => {
      const run = this.used.subarray(at, at + units);
      return run.length === units && run.every((used) => used === 0);
    });
    if (starts.length === 0) return undefined;
    const at = this.random.pick(starts);
    this.used.fill(1, at, at + units);
    this.overwrite(at * UNIT, stamped(0, count));
    return at * UNIT;
  }

  /** Whoever reads or writes there from now on is wrong. */
  scrap(start: number, count: number): void {
    this.overwrite(start, stamped(SCRAPPED, count));
    this.used.fill(0, start / UNIT, (start + count) / UNIT);
  }

  overwrite(start: number, data: Uint8Array): void {
    this.store.write(start, data);
    this.fill(start, data.length / SECTOR);
    this.dirty.fill(0, start, start + data.length / SECTOR);
  }

  isDirty(sector: number): boolean {
    return this.dirty[sector] !== 0;
  }

  /** @param last of the writes that had ended when the flush began */
  private flushed(last: number): void {
    for (const [at, write] of this.dirty.entries()) if (write <= last) this.dirty[at] = 0;
  }

  isUsed(sector: number): boolean {
    return this.used[Math.floor(sector / UNIT)] === 1;
  }

  /** What was given back is as it was left. */
  checkScrapped(): void {
    const data = stamped(1, 1);
    for (let sector = 0; sector < DISK_SIZE; sector++) {
      this.store.read(sector, data);
      const [stamp] = new Uint32Array(data.buffer);
      if (this.isUsed(sector) || stamp === SCRAPPED || stamp === 0) continue;
      throw new Error(`${this.name}: ${stamp} written to sector ${sector}, which is nobody's`);
    }
  }
}
