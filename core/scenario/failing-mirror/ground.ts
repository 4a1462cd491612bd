/** The devices of a run, the steps that both programs take on them, and who steps on whose toes. */
import { assert, must } from '../../base/assert.ts';
import { err } from '../../base/result.ts';
import { sectors } from '../../base/units.ts';
import { ioFailure, type Io, type IoResult } from '../../block/device.ts';
import { RamDisk } from '../../block/ram-disk.ts';
import { DelayedDevice } from '../../block/wrap/delay.ts';
import { Wrapper } from '../../block/wrap/wrapper.ts';
import { DeviceMapper } from '../../dm/device-mapper.ts';
import type { SuspendHow } from '../../dm/target.ts';
import type { Prng } from '../../env/prng.ts';
import { sleep, type Scheduler } from '../../env/scheduler.ts';
import type { Design, Finding } from './design.ts';

/** Sectors of the volume. */
export const SIZE = 48;
const REGION = 8;
const CHUNK = 4;
const LOG_SIZE = 16;
/** Said of a new mirror; from then on its log knows. */
const IN_SYNC = 'nosync';
/** Header, an area, and every chunk of the volume. */
const STORE_SIZE = CHUNK * 2 + SIZE;

/** The volume; the mirror once something lies above it; the store; the snapshot. */
export const [VOLUME, REAL, COW, SNAP] = ['mir', 'mir-real', 'snap-cow', 'snap'] as const;

type Program = 'snapshot' | 'repair';

/** Thrown by a program whose assumptions have been broken: what it would do next is anything. */
export class Abandoned extends Error {}

class Leg extends Wrapper {
  isGone = false;

  submit(io: Io): Promise<IoResult> {
    if (this.isGone) return Promise.resolve(err(ioFailure(this.name, io, 'the disk is gone')));
    return this.below.submit(io);
  }
}

export class Ground {
  readonly dm: DeviceMapper;
  readonly legs: readonly Leg[];
  readonly findings = new Set<Finding>();
  readonly story: string[] = [];
  /** Who has suspended a device, by its name, and has not resumed it. */
  private readonly suspendedBy = new Map<string, Program>();
  /** What a program has loaded and not resumed. */
  private readonly loaded = new Map<string, string>();
  private readonly listeners: (() => void)[] = [];
  /** The file system is frozen, or the volume suspended for the snapshot. */
  isStopped = false;
  /** The mirror was repaired, or went on without a leg, while that was so. */
  keptGoing = false;
  private lockedBy: Program | undefined;
  private readonly waiting: { readonly who: Program; readonly go: () => void }[] = [];

  constructor(
    readonly design: Design,
    readonly scheduler: Scheduler,
    readonly random: Prng,
    readonly maxMicros: number,
  ) {
    const latency = { scheduler, random, maxMicros };
    const sizes = [SIZE, SIZE, LOG_SIZE, STORE_SIZE];
    const disks = sizes.map(
      (size, at) => new Leg(new RamDisk(`sd${'abcd'[at] ?? ''}`, sectors(size))),
    );
    this.dm = new DeviceMapper(
      () => {
        this.tell();
      },
      { scheduler },
    );
    for (const [at, disk] of disks.entries()) {
      const attached = this.dm.attachDisk(
        `/dev/${disk.name}`,
        `8:${16 * at}`,
        new DelayedDevice(disk, latency),
      );
      assert(attached.ok, disk.name);
    }
    this.legs = disks.slice(0, 2);
  }

  /** The mirror, in sync; under the layer where the design has one. */
  async build(): Promise<void> {
    const features = this.design.repairsItself
      ? '2 handle_errors drop_failed_legs'
      : '1 handle_errors';
    const mirror = `0 ${SIZE} mirror disk 3 8:32 ${REGION} ${IN_SYNC} 2 8:0 0 8:16 0 ${features}`;
    if (this.design.layer) {
      await this.make(REAL, mirror);
      await this.make(VOLUME, this.above('linear', ' 0'));
    } else await this.make(VOLUME, mirror);
  }

  /** @param target that has the mirror's device as its first argument */
  above(target: string, rest = ''): string {
    const { devno } = must(this.dm.state(REAL), REAL);
    return `0 ${SIZE} ${target} ${devno}${rest}`;
  }

  snapshotTable(): string {
    const { devno } = must(this.dm.state(COW), COW);
    return `${this.above('snapshot')} ${devno} P ${CHUNK}`;
  }

  storeTable = `0 ${STORE_SIZE} linear 8:48 0`;

  async make(name: string, table: string): Promise<void> {
    await this.preload(name, table);
    assert((await this.dm.resume(name)).ok, `${name} is resumed`);
  }

  async preload(name: string, table: string): Promise<void> {
    assert(this.dm.create(name, '').ok, `${name} is made`);
    assert((await this.dm.reload(name, [table])).ok, `${name} gets its table`);
  }

  tableOf(name: string, which: 'live' | 'inactive' = 'live'): string {
    const targets = this.dm.state(name)?.[which] ?? [];
    return targets
      .map(({ start, length, type, params }) => `${start} ${length} ${type} ${params}`)
      .join('\n');
  }

  /** What the device of the mirror has, for another one that takes its place. */
  movedTable(name: string): string {
    return this.tableOf(name).replace(
      `disk 3 8:32 ${REGION} ${IN_SYNC} `,
      `disk 2 8:32 ${REGION} `,
    );
  }

  /** Into a slot that is taken for one's own until it goes live. */
  async load(who: Program, name: string, table: string): Promise<void> {
    this.story.push(`${who} loads ${table} for ${name}`);
    const done = await this.dm.reload(name, [table]);
    if (!done.ok) this.race(who, `the table of ${name} is refused: ${done.error.reason}`);
    this.loaded.set(`${who} ${name}`, this.tableOf(name, 'inactive'));
  }

  async suspend(who: Program, name: string, how: SuspendHow): Promise<void> {
    this.story.push(`${who} suspends ${name}`);
    if (this.suspendedBy.has(name)) this.race(who, `${name} is suspended by somebody else`);
    const done = await this.dm.suspend(name, how);
    if (!done.ok) this.race(who, `${name} is being changed by somebody else`);
    if (this.suspendedBy.has(name)) this.race(who, `${name} was suspended by somebody else`);
    this.suspendedBy.set(name, who);
  }

  /** What has been suspended is to be so still, and the table that goes live the loaded one. */
  async resume(who: Program, name: string): Promise<void> {
    this.story.push(`${who} resumes ${name}`);
    if (this.suspendedBy.get(name) !== who || this.dm.state(name)?.suspended !== true) {
      this.race(who, `${name} was resumed by somebody else`);
    }
    const loaded = this.loaded.get(`${who} ${name}`);
    if (loaded !== undefined && this.tableOf(name, 'inactive') !== loaded) {
      this.race(who, `${name} was given another table by somebody else`);
    }
    this.suspendedBy.delete(name);
    this.loaded.delete(`${who} ${name}`);
    const done = await this.dm.resume(name);
    if (!done.ok) this.race(who, `${name} does not go on: ${done.error.reason}`);
  }

  race(who: Program, told: string): never {
    this.story.push(`${who}: ${told}`);
    this.findings.add('race');
    throw new Abandoned();
  }

  async lock(who: Program): Promise<void> {
    if (this.design.lock === 'none') return;
    if (this.lockedBy) {
      await new Promise<void>((go) => {
        this.waiting.push({ who, go });
      });
    }
    this.lockedBy = who;
  }

  unlock(): void {
    if (this.design.lock === 'none') return;
    this.lockedBy = undefined;
    this.waiting.shift()?.go();
  }

  /** Who waits for the lock, if anybody does, and who has it. */
  get lockWaits(): string | undefined {
    const [first] = this.waiting;
    return first && `${first.who} waits for the lock of ${this.lockedBy ?? 'nobody'}`;
  }

  /** Resolves once device-mapper has told something new. */
  news(): Promise<void> {
    return new Promise((go) => {
      this.listeners.push(go);
    });
  }

  tell(): void {
    for (const go of this.listeners.splice(0)) go();
  }

  pause(most: number): Promise<void> {
    return sleep(this.scheduler, this.random.below(most * this.maxMicros + 1), 'pause');
  }
}
