/** The block devices below device-mapper: disks by path and number. */
import type { Sectors } from '../base/units.ts';
import { allocationOf } from '../block/allocation.ts';
import type { Allocation, BlockDevice, Io, IoError, IoResult, Lent } from '../block/device.ts';
import type { DevNo } from '../contract/units.ts';
import { onDisk, type DiskPiece } from './flat.ts';
import type { Lower } from './lower.ts';

/** A disk that knows how many mapped devices hold it and tells when it fails. */
export class Disk implements Lower {
  openCount = 0;

  constructor(
    /** `/dev/sda`. */
    readonly path: string,
    readonly devno: DevNo,
    private readonly below: BlockDevice,
    private readonly failed: (disk: string, error: IoError, op: Io['op']) => void,
    /** Number of the disk that this is a partition of. */
    readonly whole?: DevNo,
  ) {}

  /** Two that hold the same sectors: a disk and its partition are never held both. */
  isPartOf({ devno }: Disk): boolean {
    return this.whole === devno;
  }

  get name(): string {
    return this.path;
  }

  get kernelName(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  get size(): Sectors {
    return this.below.size;
  }

  get readOnly(): boolean {
    return this.below.readOnly;
  }

  get gone(): boolean {
    return this.below.gone === true;
  }

  submit(io: Io): Promise<IoResult> {
    return this.below.submit(io).then((done) => {
      if (!done.ok) this.failed(this.path, done.error, io.op);
      return done;
    });
  }

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    return allocationOf(this.below, start, count);
  }

  lend(recall: () => void): Lent | undefined {
    return this.below.lend?.(recall);
  }

  pieces(start: number, count: number): readonly DiskPiece[] {
    return onDisk(this, start, count);
  }
}
