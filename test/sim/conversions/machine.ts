/** A machine with the real engine, from its start until it is closed or loses its power. */
import type { IoResult, Io } from '../../../core/block/device.ts';
import { mib } from '../../../core/base/units.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { DelayedDevice } from '../../../core/block/wrap/delay.ts';
import { FaultPlan, FaultyDevice } from '../../../core/block/wrap/fault.ts';
import { PowerLossDisk, PowerSupply, type Loss } from '../../../core/block/wrap/power-loss.ts';
import { Wrapper } from '../../../core/block/wrap/wrapper.ts';
import { LocalEngineApi } from '../../../core/cli/api.ts';
import type { CommandResult } from '../../../core/contract/api.ts';
import type { DiskFault } from '../../../core/contract/faults.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { MemoryBackups } from '../../../core/engine/backup-store.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { MemorySettings } from '../../../core/engine/settings-store.ts';
import { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { SimScheduler } from '../../../core/env/sim-scheduler.ts';
import { runLine, simEngine, volumeOf } from '../../support/sim-engine.ts';
import { turn } from '../../support/sim.ts';

export const DISK_SIZE = mib(8);
const NAMES = ['sda', 'sdb', 'sdc', 'sdd'];
export const PATHS = NAMES.map((name) => `/dev/${name}`);
/** The longest that a request takes. */
const SLOWEST_MICROS = 500;

const LONG_MICROS = 60_000_000;

/** What is on the disks, in their order. */
export type Platters = readonly SectorStore[];

export const blank = (): Platters => NAMES.map(() => new SectorStore());

export interface MachineHow {
  /** Power goes once so many writes and flushes were accepted. */
  readonly cutAfter?: number;
  /** Requests that fail. */
  readonly plan?: FaultPlan;
  /** Paths of the disks that are not there. */
  readonly gone?: readonly string[];
  readonly settings?: Readonly<Record<string, number | string>>;
  /** Copies that were cut short wait for somebody's word. */
  readonly asks?: boolean;
  /** Of identifiers, and of how long requests take. */
  readonly seed: number;
}

export class Machine {
  readonly scheduler = new SimScheduler(turn);
  readonly supply: PowerSupply;
  private readonly disks: readonly PowerLossDisk[];
  private readonly dark: Promise<void>;
  private engine!: Engine;
  private api!: LocalEngineApi;

  private constructor(
    platters: Platters,
    private readonly how: MachineHow,
  ) {
    this.supply = new PowerSupply(how.cutAfter);
    this.disks = NAMES.map(
      (name, at) =>
        new PowerLossDisk(name, DISK_SIZE, platters[at] ?? new SectorStore(), this.supply),
    );
    this.dark = new Promise((resolve) => {
      this.blown = resolve;
    });
  }

  private blown = (): void => undefined;

  /** @param platters are left as they are: what is on the disks later is asked for */
  static async start(platters: Platters, how: MachineHow): Promise<Machine> {
    const copies = platters.map((store) => store.copy());
    const machine = new Machine(copies, how);
    await machine.boot();
    return machine;
  }

  private async boot(): Promise<void> {
    const { scheduler, how } = this;
    const { plan = new FaultPlan({ nth: -1 }), gone = [], settings = {}, asks = false } = how;
    const random = new Prng(how.seed);
    const latency = { scheduler, random, maxMicros: SLOWEST_MICROS };
    const kept = new MemorySettings();
    for (const [path, value] of Object.entries(settings)) await kept.set(path, value);
    const starting = simEngine({
      scheduler,
      ids: new Prng(how.seed),
      devices: this.disks.map((disk) => {
        const fused = new Fused(disk, this.supply, () => {
          this.blown();
        });
        return new DelayedDevice(new FaultyDevice(fused, plan), latency);
      }),
      faults: new Map(gone.map((path) => [path, GONE])),
      backups: new MemoryBackups(),
      settings: kept,
      asks,
    });
    // Partitions are looked for before anything is started.
    this.engine = await this.scheduler.until(starting);
    this.api = new LocalEngineApi(this.engine);
    await this.until(this.engine.start());
  }

  get isOff(): boolean {
    return this.supply.off;
  }

  /** Until it has happened or power is gone; then nothing is known of it. */
  until<T>(happens: Promise<T>): Promise<T | undefined> {
    return this.scheduler.until(Promise.race([happens, this.dark.then(() => undefined)]));
  }

  /** Until nothing is due any more; what waits for a word is looked at again and again. */
  async rest(): Promise<void> {
    if (this.how.asks) await this.until(sleep(this.scheduler, LONG_MICROS, 'a long rest'));
    else await this.scheduler.drain();
  }

  run(line: string): Promise<CommandResult> {
    return runLine(this.api, line);
  }

  volume(lv: string): Promise<OpenDevice | undefined> {
    return volumeOf(this.engine, lv);
  }

  async lose(device: string): Promise<void> {
    await this.until(this.engine.changeDisks({ kind: 'break', device, faults: GONE }));
  }

  /**
   * Whether a leg on this disk has what no other one is known to have: the others are copied from
   * it, and nobody goes on without it. For a moment that is so of every mirror whose table is
   * changed: what was written last counts as not the same.
   */
  isSource(disk: string | undefined): boolean {
    const { devices, disks } = this.engine.blockDevices();
    const devno = disks.find(({ path }) => path === disk)?.devno;
    if (devno === undefined) return false;
    const isOn = (own: string | undefined): boolean => {
      const live = devices.find((one) => one.devno === own)?.live ?? [];
      // One that is a mirror itself goes on without one of its legs.
      const plain = live.filter(({ type }) => type !== 'mirror');
      return own === devno || plain.some(({ ranges }) => ranges.some((one) => isOn(one.devno)));
    };
    return this.engine['dm'].mirrors().some(({ inSync, regions, legs, primary }) => {
      return inSync < regions && isOn(legs[primary]?.devno);
    });
  }

  state() {
    return this.until(this.engine.state());
  }

  /** What waits for somebody fails, and everything is taken down. */
  async close(): Promise<void> {
    await this.until(this.engine.letGo());
    await this.until(this.engine.stop());
  }

  /** What is on the disks: with `none` as it was when power went, or as it is now. */
  left(loss: Loss): Platters {
    return this.disks.map((disk) => disk.afterCut(loss));
  }
}

const GONE: readonly DiskFault[] = [{ kind: 'gone' }];

/** Tells of the first request that finds no power. */
class Fused extends Wrapper {
  constructor(
    below: PowerLossDisk,
    private readonly supply: PowerSupply,
    private readonly blown: () => void,
  ) {
    super(below);
  }

  submit(io: Io): Promise<IoResult> {
    const done = this.below.submit(io);
    if (this.supply.off) this.blown();
    return done;
  }
}
