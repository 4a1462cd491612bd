/**
 * The disks of a lab with their partitions behind them, which are disks like others. What lies on a
 * disk is looked at when it is opened, as Linux does, and below nothing but its image: a sandbox
 * holds what is written to its partitions.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { BlockDevice } from '../block/device.ts';
import { readPartitionTable, type TableFound } from '../block/partition/read-table.ts';
import { faultsOfPart } from '../block/wrap/breakable.ts';
import { Slice } from '../block/partition/slice.ts';
import type { Partition } from '../block/partition/types.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { UnfitReason } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';
import { LEAST_SIZE } from '../lvm/ops/pv-layout.ts';
import { tableNote } from '../report/partition-words.ts';
import { isGone } from './disk-keeper.ts';
import type { DiskChange, DiskFinding, DiskKeeper, EngineDisk } from './disk-keeper.ts';
import {
  ExtendedNumbers,
  isNumberedByDisk,
  isPartitionOf,
  numberByDisk,
  partitionPath,
} from './partition-names.ts';

/** What is known of the table of an open disk. */
interface Looked {
  readonly found: TableFound;
  readonly slices: ReadonlyMap<Partition, Pick<EngineDisk, 'device' | 'prompt'>>;
  /** A clause about the image. */
  readonly note?: string;
  /** The table could not be read: it is tried again. */
  readonly failed?: true;
}

type Done<T> = Result<T, VolumeError>;

export class PartitionedDisks implements DiskKeeper {
  private readonly looked = new WeakMap<BlockDevice, Looked>();
  private readonly shown = new WeakMap<EngineDisk, readonly EngineDisk[]>();
  private readonly further: ExtendedNumbers;
  private looking: Promise<void> = Promise.resolve();

  private constructor(private readonly keeper: DiskKeeper) {
    this.further = new ExtendedNumbers(keeper.numbers);
  }

  static async over(keeper: DiskKeeper): Promise<PartitionedDisks> {
    const disks = new PartitionedDisks(keeper);
    await disks.look();
    await disks.keepNumbers();
    return disks;
  }

  /** Each with its partitions right behind it. */
  get disks(): readonly EngineDisk[] {
    return this.keeper.disks.flatMap((disk) => this.withPartitions(disk));
  }

  async check(): Promise<readonly DiskFinding[]> {
    const found = await this.keeper.check();
    await this.look();
    return found;
  }

  async change(change: DiskChange): Promise<Done<readonly EngineDisk[]>> {
    const part = 'device' in change && partitionNamed(this.disks, change.device);
    if (part) return err(part);
    const changed = await this.keeper.change(change);
    await this.look();
    await this.keepNumbers();
    return changed.ok ? ok(changed.value.flatMap((disk) => this.withPartitions(disk))) : changed;
  }

  /** Who comes back finds its number; what is not there any more gives it to others. */
  private async keepNumbers(): Promise<void> {
    const { disks, keeper, further } = this;
    const there = new Set(disks.map(({ path }) => path));
    const unread = keeper.disks.filter(({ device }) => {
      const looked = this.looked.get(device);
      return !looked || looked.failed;
    });
    further.keepOnly(
      (path) => there.has(path) || unread.some((disk) => isPartitionOf(path, disk.path)),
    );
    const { all } = further;
    const { numbers: known = new Map<string, DevNo>() } = keeper;
    const same =
      all.size === known.size && [...all].every(([path, one]) => known.get(path) === one);
    if (!same) await keeper.remember?.(all);
  }

  /** At disks that were not looked at yet; one look after the other. */
  private look(): Promise<void> {
    this.looking = this.looking.then(async () => {
      const fresh = this.keeper.disks.filter((disk) => {
        const { device, problem } = disk;
        const known = this.looked.get(device);
        if (isGone(disk)) return false;
        return problem === undefined && device.size > 0 && (!known || known.failed === true);
      });
      await Promise.all(fresh.map((disk) => this.lookAt(disk)));
    });
    return this.looking;
  }

  private async lookAt(disk: EngineDisk): Promise<void> {
    const { device, prompt } = disk;
    const read = await readPartitionTable(prompt ?? device);
    this.shown.delete(disk);
    if (!read.ok) {
      const found = { barred: false };
      const note = 'whether it has partitions cannot be read';
      this.looked.set(device, { found, slices: new Map(), note, failed: true });
      return;
    }
    const { partitions = [] } = read.value.table ?? {};
    const slices = partitions.map((one) => {
      const name = partitionPath(device.name, one.number);
      const cut = (whole: BlockDevice): Slice => new Slice(whole, name, one.start, one.size);
      return [one, { device: cut(device), ...(prompt && { prompt: cut(prompt) }) }] as const;
    });
    const note = read.value.table && tableNote(read.value.table);
    const noted = note === undefined ? {} : { note };
    this.looked.set(device, { found: read.value, slices: new Map(slices), ...noted });
  }

  private withPartitions(disk: EngineDisk): readonly EngineDisk[] {
    let shown = this.shown.get(disk);
    if (!shown) {
      const looked = this.looked.get(disk.device);
      shown = [wholeOf(disk, looked), ...this.partitionsOf(disk, looked)];
      if (looked || disk.problem !== undefined) this.shown.set(disk, shown);
    }
    return shown;
  }

  private partitionsOf(disk: EngineDisk, looked: Looked | undefined): readonly EngineDisk[] {
    const { path: whole, mode, image, problem, faults } = disk;
    return [...(looked?.slices ?? [])].map(([{ number, start, size, extended }, devices]) => {
      const path = partitionPath(whole, number);
      const own = faultsOfPart(faults ?? [], { start, count: size });
      const unfit = tooSmall(devices.device);
      return {
        path,
        devno: isNumberedByDisk(number) ? numberByDisk(disk.devno, number) : this.numberOf(path),
        ...devices,
        mode,
        image,
        partitionOf: { disk: whole, number, start, ...(extended && { extended }) },
        ...(unfit && { unfit }),
        ...(problem !== undefined && { problem }),
        ...(own.length > 0 && { faults: own }),
      };
    });
  }

  private numberOf(path: string): DevNo {
    const { disks } = this.keeper;
    return this.further.of(
      path,
      disks.map(({ devno }) => devno),
    );
  }
}

function wholeOf(disk: EngineDisk, looked: Looked | undefined): EngineDisk {
  const { found, note } = looked ?? {};
  const { table, barred = false } = found ?? {};
  const partitioned = barred || (table?.partitions.length ?? 0) > 0;
  const unfit = partitioned ? 'partitioned' : tooSmall(disk.device);
  const notes = [disk.note, note].filter((one) => one !== undefined).join('; ');
  return {
    ...disk,
    ...(table && { table: table.kind }),
    ...(unfit && { unfit }),
    ...(notes !== '' && { note: disk.note === undefined ? `${disk.image}: ${notes}` : notes }),
  };
}

/** What LVM does not look at (`devices/pv_min_size`); one that cannot be opened has no size. */
const tooSmall = ({ size }: BlockDevice): UnfitReason | undefined =>
  size > 0 && size < LEAST_SIZE ? 'too-small' : undefined;

/** What concerns an image concerns all of the disk. */
export function partitionNamed(
  disks: readonly Pick<EngineDisk, 'path' | 'partitionOf'>[],
  device: string,
): VolumeError | undefined {
  const path = device.startsWith('/') ? device : `/dev/${device}`;
  const part = disks.find((one) => one.path === path)?.partitionOf;
  return part && { code: 'disk-is-partition', device: path, disk: part.disk };
}
