/** A partition: a run of sectors of a disk that is a disk by itself. */
import { assert } from '../../base/assert.ts';
import { err } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import { allocationOf } from '../allocation.ts';
import {
  checkIo,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
  type Lent,
} from '../device.ts';

/**
 * Nothing outside its own run can be reached through it. Errors of the disk are told as its own,
 * at its own sectors.
 */
export class Slice implements BlockDevice {
  /** @param name for messages: `sda1` */
  constructor(
    private readonly whole: BlockDevice,
    readonly name: string,
    private readonly start: Sectors,
    readonly size: Sectors,
  ) {
    assert(start + size <= whole.size, `${name} ends behind ${whole.name}`);
  }

  get readOnly(): boolean {
    return this.whole.readOnly;
  }

  get gone(): boolean {
    return this.whole.gone === true;
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    const start = io.op === 'flush' ? undefined : sectors(io.start + this.start);
    const done = await this.whole.submit(start === undefined ? io : ({ ...io, start } as Io));
    return done.ok ? done : err(this.own(done.error));
  }

  async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    const below = await allocationOf(this.whole, sectors(this.start + start), count);
    return below.map((run) => ({ ...run, start: sectors(run.start - this.start) }));
  }

  lend(recall: () => void): Lent | undefined {
    const lent = this.whole.lend?.(recall);
    return lent && { ...lent, first: sectors(lent.first + this.start) };
  }

  private own<E extends { readonly device: string; readonly start?: number }>(error: E): E {
    const { start } = error;
    const place = start === undefined ? {} : { start: start - this.start };
    return { ...error, device: this.name, ...place };
  }
}
