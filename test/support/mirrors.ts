/** Mirrors on disks in memory that fail where a test says so. */
import { sectors, type Sectors } from '../../core/base/units.ts';
import { run } from '../../core/block/allocation.ts';
import {
  ioFailure,
  ioSectors,
  type Allocation,
  type BlockDevice,
  type Io,
  type IoResult,
  type Lent,
} from '../../core/block/device.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { newMarks } from '../../core/block/write-marks.ts';
import { Wrapper } from '../../core/block/wrap/wrapper.ts';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import { err } from '../../core/base/result.ts';
import { DmWorld } from './dm.ts';
import { must } from './results.ts';
import type { Sim } from './sim.ts';
import { sleep, type Scheduler } from '../../core/env/scheduler.ts';

/** A disk that fails, or waits, as a test wants it, and counts what comes. */
export class Moody extends Wrapper {
  /** Requests of these kinds fail; what writes zeros is a write. */
  fails: readonly Io['op'][] = [];
  /** Writes to this sector fail. */
  bad: number | undefined;
  /** What every request takes. */
  takesMicros = 0;
  /** What begins there takes longer. */
  slow: { readonly start: number; readonly takesMicros: number } | undefined;
  /** Requests wait for this, flushes excepted. */
  gate: Promise<void> | undefined;
  seen: Io['op'][] = [];
  /** Sector of the file that it lends where it begins. */
  first = 0;

  constructor(
    below: BlockDevice,
    readonly store: SectorStore,
    private readonly scheduler: Scheduler,
    /** Of the file that it lends. */
    private readonly number: number,
  ) {
    super(below);
  }

  lend(): Lent {
    const marks = newMarks(this.size);
    return { file: this.number, first: sectors(this.first), marks, giveBack: () => undefined };
  }

  /** What cannot be read is no hole. */
  override async allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    if (this.fails.includes('read')) return run(start, count, 'data');
    return super.allocation(start, count);
  }

  async submit(io: Io): Promise<IoResult> {
    this.seen.push(io.op);
    if (this.gate && io.op !== 'flush') await this.gate;
    const isSlow = io.op !== 'flush' && io.start === this.slow?.start;
    const takes = isSlow ? (this.slow?.takesMicros ?? 0) : this.takesMicros;
    if (takes > 0) await sleep(this.scheduler, takes, this.name);
    const op = io.op === 'zero' ? 'write' : io.op;
    if (this.fails.includes(op) || this.isBad(io))
      return err(ioFailure(this.name, io, 'a test wants it'));
    return this.below.submit(io);
  }

  private isBad(io: Io): boolean {
    const { bad } = this;
    if (io.op !== 'write' || bad === undefined) return false;
    return io.start <= bad && bad < io.start + ioSectors(io);
  }
}

/** Sectors of a mirror; its regions are 16 sectors long. */
export const LENGTH = 512;
export const REGION = 16;

export class MirrorWorld {
  readonly world: DmWorld;
  /** 8:0 to 8:48; the last is for logs. */
  readonly disks: readonly Moody[];

  constructor(readonly sim: Sim) {
    this.world = new DmWorld({ scheduler: sim.scheduler });
    this.disks = ['sda', 'sdb', 'sdc', 'sdd'].map((name, number) => {
      const store = new SectorStore();
      const disk = new Moody(new RamDisk(name, sectors(1024), store), store, sim.scheduler, number);
      this.world.disk(disk);
      return disk;
    });
  }

  disk(index: number): Moody {
    const disk = this.disks[index];
    if (!disk) throw new Error(`no disk ${index}`);
    return disk;
  }

  /** @param args behind `mirror` */
  mirror(args: string): Promise<OpenDevice> {
    return this.world.device('vol', [`0 ${LENGTH} mirror ${args}`]);
  }

  get status(): string {
    return this.world.state('vol').live?.[0]?.status ?? '';
  }

  get state(): MirrorState {
    const [state] = this.world.dm.mirrors();
    if (!state) throw new Error('no mirror');
    return state;
  }

  get events(): number {
    return this.world.state('vol').eventNumber;
  }

  /** Sector contents of a leg, the stamps of `test/support/sectors.ts`. */
  bytes(index: number, start: number, count: number): Uint8Array {
    const data = new Uint8Array(count * 512);
    this.disk(index).store.read(sectors(start), data);
    return data;
  }

  stamp(index: number, sector: number): number {
    return new DataView(this.bytes(index, sector, 1).buffer).getUint32(0, true);
  }

  put(index: number, start: number, data: Uint8Array): void {
    this.disk(index).store.write(sectors(start), data);
  }

  wait(seconds: number): Promise<void> {
    return sleep(this.sim.scheduler, seconds * 1e6, 'a test');
  }

  async suspend(inFlight: 'hold' | 'drain'): Promise<void> {
    must(await this.world.dm.suspend('vol', { inFlight, freeze: false }));
  }

  async resume(): Promise<void> {
    must(await this.world.dm.resume('vol'));
  }
}
