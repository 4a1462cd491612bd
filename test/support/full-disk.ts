import { err } from '../../core/base/result.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import {
  checkIo,
  ioFailure,
  ioSectors,
  readSectors,
  type BlockDevice,
  type Io,
  type IoResult,
} from '../../core/block/device.ts';
import { Wrapper } from '../../core/block/wrap/wrapper.ts';

/** Sectors that a file system gives out together. */
const BLOCK = 2;

/** What is left on a file system; shared by all images on it. */
export class FreeSpace {
  /** Writes that found none. */
  refused = 0;

  /** @param blocks of 1 KiB, the smallest of ext4 */
  constructor(public blocks: number) {}

  take(): boolean {
    if (this.blocks === 0) return false;
    this.blocks--;
    return true;
  }
}

/**
 * A sparse image on a file system that fills up. What has a place is written as ever; what needs a
 * new one fails when there is none, and leaves what came before it in the same write.
 */
export class FullDisk extends Wrapper {
  private readonly allocated = new Set<number>();

  constructor(
    below: BlockDevice,
    private readonly space: FreeSpace,
  ) {
    super(below);
  }

  async submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return err(refused);
    if (io.op !== 'write') return this.below.submit(io);
    const end = io.start + ioSectors(io);
    let done: number = io.start;
    while (done < end && (await this.hasPlace(Math.floor(done / BLOCK)))) {
      done = Math.min(end, (Math.floor(done / BLOCK) + 1) * BLOCK);
    }
    if (done >= end) return this.below.submit(io);
    if (done > io.start) {
      const data = io.data.subarray(0, (done - io.start) * SECTOR);
      const part = await this.below.submit({ op: 'write', start: io.start, data });
      if (!part.ok) return part;
    }
    this.space.refused++;
    return err(ioFailure(this.name, io, 'no space left on device'));
  }

  private async hasPlace(block: number): Promise<boolean> {
    if (this.allocated.has(block)) return true;
    const start = sectors(block * BLOCK);
    const count = sectors(Math.min(BLOCK, this.size - start));
    const there = await readSectors(this.below, start, count);
    const hole = there.ok && there.value.every((byte) => byte === 0);
    if (hole && !this.space.take()) return false;
    this.allocated.add(block);
    return true;
  }
}
