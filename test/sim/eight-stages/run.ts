/**
 * The eight stages of seeds/003 at random: programs read and write the volume through all of them,
 * copies begin and pause, disks take their time. Every write that was acknowledged is there, and
 * PV2 and PV4 hold the same when the copy is said to be complete.
 */
import { must as present } from '../../../core/base/assert.ts';
import { sectors } from '../../../core/base/units.ts';
import { DelayedDevice } from '../../../core/block/wrap/delay.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { drawStage } from '../../../core/report/stage-drawing.ts';
import { must } from '../../support/results.ts';
import { stamped, stampsOf } from '../../support/sectors.ts';
import { simulated, type Sim } from '../../support/sim.ts';
import { SectorModel } from '../dm-model.ts';
import { mirrorTable, newTable, OLD, oldTable, pvName, VOLUME, type Plan } from './tables.ts';

const MAJOR = 254;
const CLIENTS = 4;
const LONGEST = 12;

/** Throws what went wrong, with the seed and the drawing of the devices. */
export const eightStagesRun = (seed: number): Promise<void> =>
  simulated(seed, async (sim) => {
    const run = new EightStagesRun(sim);
    try {
      await run.play();
    } catch (failure) {
      const told = failure instanceof Error ? failure.message : String(failure);
      throw new Error(`${told}\n${run.drawing()}`, { cause: failure });
    }
  });

class EightStagesRun {
  private readonly plan: Plan;
  private readonly dm: DeviceMapper;
  private readonly stores = Array.from({ length: 4 }, () => new SectorStore());
  private readonly model: readonly SectorModel[];
  private readonly calm: number;
  private volume: OpenDevice | undefined;
  private stamps = 0;
  private time = 0;
  private over = false;

  constructor(private readonly sim: Sim) {
    const { random, scheduler } = sim;
    // A region is no longer than what is mirrored.
    const length = (): number => 16 + random.below(45);
    const regionSize = random.pick([2, 8, 16]);
    const peStart = random.below(9);
    this.plan = { lengths: [length(), length(), length()], peStart, regionSize, major: MAJOR };
    this.calm = random.pick([10, 300, 3000]);
    this.dm = new DeviceMapper(() => undefined, { scheduler, major: MAJOR });
    const maxMicros = random.pick([1, 100, 1000]);
    for (const [index, store] of this.stores.entries()) {
      const name = `sd${'abcd'[index] ?? ''}`;
      const disk = new RamDisk(name, sectors(peStart + 64), store);
      const device = new DelayedDevice(disk, { scheduler, random, maxMicros });
      must(this.dm.attachDisk(`/dev/${name}`, `8:${16 * index}`, device));
    }
    const size = this.plan.lengths.reduce((sum, one) => sum + one, 0);
    this.model = Array.from({ length: size }, () => new SectorModel());
  }

  drawing(): string {
    const devices = this.dm.list();
    const tops = ['vol', 'old'].flatMap((name) => devices.filter((one) => one.name === name));
    return drawStage(tops, devices, pvName).join('\n');
  }

  async play(): Promise<void> {
    must(this.dm.create('vol', '', VOLUME));
    await this.swap('vol', oldTable(this.plan));
    this.volume = must(this.dm.open('vol'));
    const clients = Promise.all(Array.from({ length: CLIENTS }, () => this.client()));
    await this.pause();
    await this.stages();
    await this.pause();
    this.over = true;
    await clients;
    await this.read(0, this.model.length);
  }

  private async stages(): Promise<void> {
    const { dm, plan } = this;
    await this.suspend();
    must(dm.create('old', '', OLD));
    await this.swap('old', oldTable(plan));
    if (this.sim.random.chance(50)) must(dm.throttle(0, 'vol'));
    await this.swap('vol', mirrorTable(plan));
    await this.copied();
    await this.suspend();
    this.compareLegs();
    must(dm.remove('old', true));
    await this.pause();
    await this.swap('vol', newTable(plan));
    if (dm.state('old')) throw new Error('254:4 was not taken down');
  }

  private async suspend(): Promise<void> {
    must(await this.dm.suspend('vol', { inFlight: 'drain', freeze: false }));
    await this.pause();
  }

  private async swap(name: string, table: readonly string[]): Promise<void> {
    must(this.dm.load(name, table));
    await this.pause();
    must(await this.dm.resume(name));
  }

  /** Waits for the end of the copy; meanwhile somebody changes its rate. */
  private async copied(): Promise<void> {
    const isDone = (): boolean => this.dm.mirrors('vol').every((one) => one.inSync === one.regions);
    for (let turns = 0; !isDone(); turns++) {
      const rate = this.sim.random.pick([0, 100, 5000]);
      must(this.dm.throttle(turns < 8 ? rate : undefined, 'vol'));
      await this.pause();
    }
  }

  /** What was moved is the same on both sides. */
  private compareLegs(): void {
    const { lengths, peStart } = this.plan;
    const sides = [1, 3].map((index) => {
      const data = new Uint8Array(lengths[1] * 512);
      present(this.stores[index], 'a disk').read(peStart, data);
      return stampsOf(data).join(' ');
    });
    if (sides[0] !== sides[1]) throw new Error(`PV2 and PV4 differ:\n${sides.join('\n')}`);
  }

  private async client(): Promise<void> {
    while (!this.over) {
      await this.pause();
      const start = this.sim.random.below(this.model.length);
      const most = Math.min(LONGEST, this.model.length - start);
      const count = 1 + this.sim.random.below(most);
      const busy = this.run(start, count).some(({ writing }) => writing);
      if (busy || this.sim.random.chance(30)) await this.read(start, count);
      else await this.write(start, count);
    }
  }

  private async write(start: number, count: number): Promise<void> {
    const models = this.run(start, count);
    const stamp = ++this.stamps;
    for (const model of models) model.startWrite(stamp);
    const io = { op: 'write', start: sectors(start), data: stamped(stamp, count) } as const;
    const done = await present(this.volume, 'the volume').submit(io);
    if (!done.ok) throw new Error(`a write at sector ${start} failed`);
    const now = ++this.time;
    for (const model of models) model.endWrite(now, false);
  }

  private async read(start: number, count: number): Promise<void> {
    const models = this.run(start, count);
    const expected = models.map((model) => model.startRead());
    const data = new Uint8Array(count * 512);
    const io = { op: 'read', start: sectors(start), data } as const;
    const done = await present(this.volume, 'the volume').submit(io);
    if (!done.ok) throw new Error(`a read at sector ${start} failed`);
    for (const [at, stamp] of stampsOf(data).entries()) {
      const allowed = present(expected[at], 'what may be read');
      models[at]?.endRead(allowed);
      if (allowed.has(stamp)) continue;
      throw new Error(`sector ${start + at} holds ${stamp}, not ${[...allowed].join(' or ')}`);
    }
  }

  private run(start: number, count: number): readonly SectorModel[] {
    return this.model.slice(start, start + count);
  }

  private pause(): Promise<void> {
    return sleep(this.sim.scheduler, this.sim.random.below(this.calm), 'pause');
  }
}
