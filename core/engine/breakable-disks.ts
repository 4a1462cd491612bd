/** The disks of a lab, each of which can be broken and mended while it is in use. */
import { same } from '../base/same.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { BlockDevice } from '../block/device.ts';
import { BreakableDevice, FaultSet } from '../block/wrap/breakable.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskFault, FaultChoice } from '../contract/faults.ts';
import type { DevNo } from '../contract/units.ts';
import type { Scheduler } from '../env/scheduler.ts';
import {
  isFaultChange,
  type DiskChange,
  type DiskFinding,
  type DiskKeeper,
  type EngineDisk,
  type FaultChange,
  type ImageKeeper,
} from './disk-keeper.ts';

/** Of one disk. */
export const MOST_FAULTS = 64;
/** Milliseconds of a slow disk. */
export const SLOWEST = 60_000;

type Done<T> = Result<T, VolumeError>;

export class BreakableDisks implements DiskKeeper {
  private readonly sets = new Map<string, FaultSet>();
  private readonly wrapped = new WeakMap<BlockDevice, BreakableDevice>();
  private readonly shown = new WeakMap<EngineDisk, EngineDisk>();

  constructor(
    private readonly keeper: ImageKeeper,
    private readonly scheduler: Scheduler,
  ) {
    for (const [path, faults] of keeper.faults ?? []) this.sets.set(path, new FaultSet(faults));
  }

  get disks(): readonly EngineDisk[] {
    return this.keeper.disks.map((disk) => this.breakable(disk));
  }

  get numbers(): ReadonlyMap<string, DevNo> {
    return this.keeper.numbers ?? new Map();
  }

  async remember(numbers: ReadonlyMap<string, DevNo>): Promise<void> {
    await this.keeper.remember?.(numbers);
  }

  /**
   * Nothing is read or written any more, by whomever, and nobody remembers it: the next to open the
   * lab find the images as they are at this moment.
   */
  async cutOff(): Promise<void> {
    const all = this.keeper.disks.map(({ path }) => this.setOf(path).set([{ kind: 'gone' }]));
    await Promise.all(all);
  }

  check(): Promise<readonly DiskFinding[]> {
    return this.keeper.check();
  }

  async change(change: DiskChange): Promise<Done<readonly EngineDisk[]>> {
    if (isFaultChange(change)) return this.changeFaults(change);
    const changed = await this.keeper.change(change);
    if (!changed.ok) return changed;
    const paths = this.keeper.disks.map(({ path }) => path);
    for (const path of this.sets.keys()) if (!paths.includes(path)) this.sets.delete(path);
    return ok(changed.value.map((disk) => this.breakable(disk)));
  }

  private async changeFaults(change: FaultChange): Promise<Done<readonly EngineDisk[]>> {
    const { device } = change;
    const path = device.startsWith('/') ? device : `/dev/${device}`;
    const disk = this.keeper.disks.find((one) => one.path === path);
    const refuse = (why: string): Done<never> => err({ code: 'fault-refused', device: path, why });
    if (!disk) return refuse('there is no such disk');
    const before = this.setOf(path).list;
    const after = change.kind === 'break' ? broken(before, change, disk) : mended(before, change);
    if (!after.ok) return refuse(after.error);
    const kept = await this.keeper.rememberFaults?.(path, after.value);
    if (kept?.ok === false) return kept;
    await this.setOf(path).set(after.value);
    return ok([this.breakable(disk)]);
  }

  private breakable(disk: EngineDisk): EngineDisk {
    const set = this.setOf(disk.path);
    const known = this.shown.get(disk);
    if (known && known.faults === (set.isEmpty ? undefined : set.list)) return known;
    const { device, prompt } = disk;
    const shown = {
      ...disk,
      device: this.wrap(device, set),
      ...(prompt && { prompt: this.wrap(prompt, set) }),
      ...(!set.isEmpty && { faults: set.list }),
    };
    this.shown.set(disk, shown);
    return shown;
  }

  /** The same one each time: whoever has it open has to feel what is broken later. */
  private wrap(device: BlockDevice, set: FaultSet): BreakableDevice {
    const known = this.wrapped.get(device);
    if (known) return known;
    const wrapped = new BreakableDevice(device, set, this.scheduler);
    this.wrapped.set(device, wrapped);
    return wrapped;
  }

  private setOf(path: string): FaultSet {
    const known = this.sets.get(path);
    if (known) return known;
    const set = new FaultSet();
    this.sets.set(path, set);
    return set;
  }
}

/** A disk is as slow as was said last; whatever else is said twice is said once. */
function broken(
  before: readonly DiskFault[],
  { faults }: { readonly faults: readonly DiskFault[] },
  disk: EngineDisk,
): Result<readonly DiskFault[], string> {
  const [why] = faults.flatMap((fault) => whyNot(fault, disk) ?? []);
  if (why !== undefined) return err(why);
  let all = before;
  for (const fault of faults) {
    const rest = fault.kind === 'slow' ? all.filter(({ kind }) => kind !== 'slow') : all;
    all = rest.some((one) => same(one, fault)) ? rest : [...rest, fault];
  }
  return all.length <= MOST_FAULTS ? ok(all) : err(`a disk has at most ${MOST_FAULTS} faults`);
}

function mended(
  before: readonly DiskFault[],
  { faults }: { readonly faults: readonly FaultChoice[] },
): Result<readonly DiskFault[], string> {
  if (before.length === 0) return err('nothing is broken on it');
  const absent = faults.find((choice) => !before.some((one) => isMeant(one, choice)));
  if (absent) return err('it has no such fault');
  return ok(
    before.filter((one) => faults.length > 0 && !faults.some((choice) => isMeant(one, choice))),
  );
}

const isMeant = (fault: DiskFault, choice: FaultChoice): boolean =>
  choice.kind === 'errors' ? same(fault, choice) : fault.kind === choice.kind;

/** Why a disk cannot have a fault, in a clause. */
function whyNot(fault: DiskFault, { device }: EngineDisk): string | undefined {
  if (fault.kind === 'slow' && !(fault.millis >= 1 && fault.millis <= SLOWEST)) {
    return `a request is delayed by 1 to ${SLOWEST} ms`;
  }
  if (fault.kind !== 'errors' || !fault.range) return undefined;
  const { start, count } = fault.range;
  if (count >= 1 && start + count <= device.size) return undefined;
  return `sectors ${start}:${count} do not lie inside its ${device.size} sectors`;
}
