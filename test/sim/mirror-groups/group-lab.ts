/** The engine on disks of one machine, which may lose its power and is started again. */
import { must as present } from '../../../core/base/assert.ts';
import { mib } from '../../../core/base/units.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { DelayedDevice } from '../../../core/block/wrap/delay.ts';
import { PowerLossDisk, PowerSupply } from '../../../core/block/wrap/power-loss.ts';
import { LocalEngineApi } from '../../../core/cli/api.ts';
import type { CommandResult } from '../../../core/contract/api.ts';
import type { DiskFault } from '../../../core/contract/faults.ts';
import type { MirrorState } from '../../../core/contract/mirrors.ts';
import type { VgState } from '../../../core/contract/state.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { MemoryBackups } from '../../../core/engine/backup-store.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { MemorySettings } from '../../../core/engine/settings-store.ts';
import { Prng } from '../../../core/env/prng.ts';
import { runLine, simEngine, volumeOf } from '../../support/sim-engine.ts';
import type { Sim } from '../../support/sim.ts';

export const DISK_SIZE = mib(3);

/** What the engine tells while it runs. */
export interface Told {
  monitor(message: string): void;
  command(said: string): void;
  /** The title of what it belongs to. */
  step(title: string): void;
}

/** Of devices in the place of a PV that is missing. */
export const STAND_IN = /-missing_\d+_\d+$/;

export class GroupLab {
  readonly settings = new MemorySettings();
  readonly faults = new Map<string, readonly DiskFault[]>();
  disks: readonly PowerLossDisk[] = [];
  supply = new PowerSupply();
  /** The group as the engine saw it last. */
  group: VgState | undefined;
  /** The highest number of a version that any engine saw. */
  newest = 0;
  private readonly backups = new MemoryBackups();
  private readonly ids: Prng;
  private unsubscribe = (): void => undefined;
  private running: { engine: Engine; api: LocalEngineApi } | undefined;

  constructor(
    private readonly sim: Sim,
    count: number,
    private readonly maxMicros: number,
    private readonly told: Told,
  ) {
    this.ids = new Prng(sim.random.below(2 ** 32));
    this.plug(Array.from({ length: count }, () => new SectorStore()));
  }

  static path(index: number): string {
    return `/dev/sd${String.fromCharCode(97 + index)}`;
  }

  private plug(stores: readonly SectorStore[]): void {
    this.supply = new PowerSupply();
    this.disks = stores.map((store, index) => {
      const name = GroupLab.path(index).slice('/dev/'.length);
      return new PowerLossDisk(name, DISK_SIZE, store, this.supply);
    });
  }

  get isOff(): boolean {
    return this.supply.off;
  }

  get mirrors(): readonly MirrorState[] {
    return this.running?.engine['dm'].mirrors() ?? [];
  }

  /** Requests to the volume wait at its gate. */
  /** Something stands in for a PV below a volume. */
  hasStandIn(): boolean {
    const names = this.running?.engine['dm'].list() ?? [];
    return names.some(({ name, openCount }) => openCount > 0 && STAND_IN.test(name));
  }

  get isSuspended(): boolean {
    return this.engine['dm'].state('vg-a')?.suspended ?? false;
  }

  get engine(): Engine {
    return present(this.running, 'an open lab').engine;
  }

  get api(): LocalEngineApi {
    return present(this.running, 'an open lab').api;
  }

  async open(): Promise<void> {
    const { scheduler, random } = this.sim;
    const latency = { scheduler, random, maxMicros: this.maxMicros };
    const engine = await simEngine({
      scheduler,
      ids: this.ids,
      devices: this.disks.map((disk) => new DelayedDevice(disk, latency)),
      faults: this.faults,
      backups: this.backups,
      settings: this.settings,
    });
    this.running = { engine, api: new LocalEngineApi(engine) };
    this.unsubscribe = engine.subscribe(({ body }) => {
      if (body.kind === 'vg') {
        this.group = body.vg;
        this.newest = Math.max(this.newest, body.vg.seqno);
      }
      if (body.kind === 'monitor') this.told.monitor(body.message);
      if (body.kind === 'command') this.told.command(body.output.map(({ text }) => text).join());
      if (body.kind === 'step' && body.index === 0) this.told.step(body.title);
    });
    await engine.start();
  }

  /** Whatever waits for somebody ends. */
  async close(): Promise<void> {
    const { engine } = this;
    await engine.letGo();
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    this.unsubscribe();
    this.running = undefined;
  }

  /** What was written without a flush may be lost, or be there in part. */
  powerOn(): void {
    const loss = { kind: 'torn', random: this.sim.random } as const;
    this.plug(this.disks.map((disk) => disk.afterCut(loss)));
  }

  async run(line: string): Promise<CommandResult> {
    return runLine(this.api, line);
  }

  openVolume(lv: string): Promise<OpenDevice | undefined> {
    return volumeOf(this.engine, lv);
  }

  /** Without any: the disk is mended. */
  async setFaults(index: number, faults: readonly DiskFault[]): Promise<void> {
    const device = GroupLab.path(index);
    await this.engine.changeDisks({ kind: 'mend', device, faults: [] });
    if (faults.length > 0) await this.engine.changeDisks({ kind: 'break', device, faults });
  }

  faultsOf(index: number): readonly DiskFault[] {
    return this.faults.get(GroupLab.path(index)) ?? [];
  }

  /** Indices of the disks with faults. */
  get broken(): readonly number[] {
    return this.disks.flatMap((_, index) => (this.faultsOf(index).length > 0 ? [index] : []));
  }
}
