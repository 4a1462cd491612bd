/** The disks of a run on one power supply, and what was under way when it failed. */
import { sectors } from '../../base/units.ts';
import type { BlockDevice, Io, IoResult } from '../../block/device.ts';
import type { Latency } from '../../block/latency.ts';
import { SectorStore } from '../../block/sector-store.ts';
import { DelayedDevice } from '../../block/wrap/delay.ts';
import { PowerLossDisk, PowerSupply, type Loss } from '../../block/wrap/power-loss.ts';
import { Wrapper } from '../../block/wrap/wrapper.ts';
import { RamDisk } from '../../block/ram-disk.ts';
import { STALE } from './history.ts';
import { stamped } from '../stamps.ts';
import type { Disks, Mode, Point, Sizes } from './types.ts';

export type Contents = Readonly<Record<keyof Disks, SectorStore>>;

export interface RigOptions {
  /** Default: of disks that were never used by a snapshot. */
  readonly contents?: Contents;
  /** Power goes once so many writes and flushes were accepted from `arm` on. */
  readonly cutAfter: number;
  /** Absent: every request is done at once. */
  readonly latency?: Latency;
}

export class Rig implements Disks {
  readonly supply: PowerSupply;
  readonly origin: BlockDevice;
  readonly store: BlockDevice;
  /** What the request was for that did not get power any more. */
  dying: Point | undefined;
  private readonly platters: Readonly<Record<keyof Disks, PowerLossDisk>>;

  constructor(
    private readonly mode: Mode,
    private readonly sizes: Sizes,
    { contents = freshContents(mode, sizes), cutAfter, latency }: RigOptions,
  ) {
    this.supply = new PowerSupply(cutAfter);
    this.supply.seen = -Infinity;
    const disk = (name: keyof Disks): PowerLossDisk => {
      const size = sectors(sizeOf(name, mode, sizes));
      return new PowerLossDisk(name, size, contents[name].copy(), this.supply);
    };
    this.platters = { origin: disk('origin'), store: disk('store') };
    const seen = (name: keyof Disks): BlockDevice => {
      const disk = new Seen(this.platters[name], (io) => {
        this.see(name, io);
      });
      return latency ? new DelayedDevice(disk, latency) : disk;
    };
    this.origin = seen('origin');
    this.store = seen('store');
  }

  get isOff(): boolean {
    return this.supply.off;
  }

  /** From here on writes and flushes count. */
  arm(): void {
    this.supply.seen = Math.max(this.supply.seen, 0);
  }

  /** What is on the disks when power is back. */
  contents(loss: Loss): Contents {
    const { origin, store } = this.platters;
    return { origin: origin.afterCut(loss), store: store.afterCut(loss) };
  }

  /** The same as disks that never fail. */
  after(loss: Loss): Disks {
    const contents = this.contents(loss);
    const disk = (name: keyof Disks): RamDisk =>
      new RamDisk(name, this.platters[name].size, contents[name]);
    return { origin: disk('origin'), store: disk('store') };
  }

  private see(disk: keyof Disks, io: Io): void {
    if (this.dying !== undefined || !this.supply.off) return;
    if (io.op === 'flush') this.dying = `flush of the ${disk === 'store' ? 'store' : 'original'}`;
    else if (io.op !== 'read') {
      this.dying = disk === 'store' ? this.mode.pointOf(io, this.sizes) : 'write to the original';
    }
  }
}

const sizeOf = (name: keyof Disks, mode: Mode, sizes: Sizes): number =>
  name === 'store' ? mode.storeSize(sizes) : sizes.chunks * sizes.chunkSize;

function freshContents(mode: Mode, sizes: Sizes): Contents {
  const filled = (name: keyof Disks, first: number): SectorStore => {
    const content = new SectorStore();
    const length = sizeOf(name, mode, sizes);
    content.write(0, stamped(Array.from({ length }, (_, at) => first + at)));
    return content;
  };
  return { origin: filled('origin', 1), store: filled('store', STALE) };
}

/** Tells of a request once the disk below has taken it. */
class Seen extends Wrapper {
  constructor(
    below: BlockDevice,
    private readonly taken: (io: Io) => void,
  ) {
    super(below);
  }

  submit(io: Io): Promise<IoResult> {
    const done = this.below.submit(io);
    this.taken(io);
    return done;
  }
}
