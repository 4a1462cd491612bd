/**
 * Programs use exports through threads that read and write the disks themselves, while the devices
 * are suspended, moved, masked, cut anew and grown, disks want to be alone and threads get lost.
 */
import { must as present } from '../../../core/base/assert.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import type { ClientApart } from '../../../core/nbd/thread/engine-side.ts';
import { must } from '../../support/results.ts';
import { stampsOf } from '../../support/sectors.ts';
import { simulated, type Sim } from '../../support/sim.ts';
import { NO_REQUESTS, Program, type ClientTally } from './client.ts';
import { FakeDisk } from './disks.ts';
import { Model } from './model.ts';
import { Operator, type OperatorTally } from './operator.ts';
import { Bottom, Upper, type Volume } from './stack.ts';
import { ServingThread, type ThreadTally, type Transfer } from './thread.ts';

export type LeaseTally = ClientTally &
  ThreadTally &
  OperatorTally &
  Record<'recalled' | 'lost' | 'clients', number>;

const DISKS = 4;
const REQUESTS = 25;
/** Of each of two operators at most. */
const CHANGES = 60;

/** Throws what went wrong, with the seed in front. */
export function leaseRun(seed: number): Promise<LeaseTally> {
  return simulated(seed, async (sim) => {
    const run = new LeaseRun(sim);
    await run.all();
    return run.tally;
  });
}

class LeaseRun {
  readonly tally: LeaseTally = {
    ...NO_REQUESTS,
    ...{ now: 0, later: 0, broken: 0, recalled: 0, lost: 0, clients: 0 },
    ...{ pause: 0, nested: 0, move: 0, mirror: 0, mask: 0, recut: 0, grow: 0, alone: 0 },
  };
  private readonly dm: DeviceMapper;
  private readonly disks: readonly FakeDisk[];
  private readonly volumes: Volume[] = [];
  private readonly models: Model[] = [];
  private readonly devices = new Map<Model, OpenDevice>();
  private readonly programs = new Map<Program, ServingThread>();
  private threads: ServingThread[] = [];
  private readonly operator: Operator;
  private lastClient = 0;
  private lastStamp = 0;
  private over = false;

  constructor(private readonly sim: Sim) {
    const { scheduler, random } = sim;
    this.dm = new DeviceMapper(() => undefined, { scheduler });
    this.disks = Array.from({ length: DISKS }, (_, at) => new FakeDisk(at, random, scheduler));
    for (const disk of this.disks) {
      must(this.dm.attachDisk(`/dev/${disk.name}`, `8:${disk.number * 16}`, disk));
    }
    const underWay = (): Transfer[] => this.threads.flatMap((thread) => [...thread.underWay]);
    const { dm, disks, tally, volumes } = this;
    this.operator = new Operator({ sim, dm, disks, volumes, tally, underWay });
  }

  async all(): Promise<void> {
    const { random } = this.sim;
    const exported = 1 + random.below(2);
    for (let count = 0; count < exported; count++) await this.build(`v${count}`);
    this.threads = Array.from({ length: 1 + random.below(2) }, () => this.thread());
    const changing = [this.changes(), this.changes(), this.losses()];
    const clients = this.models.flatMap((model) =>
      Array.from({ length: 1 + random.below(3) }, () => this.clients(model)),
    );
    await Promise.all(clients);
    this.over = true;
    await Promise.all(changing);
    await this.check();
  }

  /** One to three devices deep. */
  private async build(name: string): Promise<void> {
    const { random } = this.sim;
    const depth = 1 + random.below(3);
    const width = depth === 1 ? 1 : 1 + random.below(2);
    let level: Volume[] = [];
    for (let at = 0; at < width; at++) level.push(await this.bottom(`${name}.low${at}`));
    if (depth === 3) level = await this.middles(level);
    const top = depth === 1 ? level[0] : await this.upper(`${name}.top`, level);
    const model = new Model(present(top, 'a device'));
    this.models.push(model);
    this.devices.set(model, must(this.dm.open(model.top.name)));
  }

  private async bottom(name: string): Promise<Volume> {
    const volume = new Bottom(name, must(this.dm.create(name, '')));
    for (let count = 0; count < 2; count++) {
      volume.segments.push(present(this.operator.newSegment(), 'room on the disks'));
    }
    return this.started(volume);
  }

  private async middles(level: readonly Volume[]): Promise<Volume[]> {
    const made: Volume[] = [];
    for (const one of level) {
      const name = `${one.name}.mid`;
      made.push(await this.started(new Upper(name, must(this.dm.create(name, '')), [one])));
    }
    return made;
  }

  private upper(name: string, lowers: readonly Volume[]): Promise<Volume> {
    const { random } = this.sim;
    const striped = lowers.length > 1 && random.chance(50);
    const chunk = striped ? random.pick([8, 16, 32, 64]) : undefined;
    return this.started(new Upper(name, must(this.dm.create(name, '')), lowers, chunk));
  }

  private async started(volume: Volume): Promise<Volume> {
    must(this.dm.load(volume.name, volume.table(this.sim.random)));
    must(await this.dm.resume(volume.name));
    volume.length = volume.wanted;
    this.volumes.push(volume);
    return volume;
  }

  private thread(): ServingThread {
    const watch = (transfer: Transfer): void => this.watch(transfer);
    return new ServingThread(this.sim, this.disks, watch, this.tally);
  }

  /** Of a thread: allowed where the sectors are those of a running stack and the disk is shared. */
  private watch({ disk, at, count }: Transfer): void {
    if (disk.alone) throw new Error(`${disk.name} is touched while it wants to be alone`);
    for (let sector = at; sector < at + count; sector++) {
      const owner = this.volumes.find((one) => one instanceof Bottom && one.owns(disk, sector));
      if (!owner) throw new Error(`${disk.name}: sector ${sector} belongs to nobody any more`);
      const quiet = owner.path.find((one) => one.quiet);
      if (quiet) throw new Error(`${disk.name}: touched while ${quiet.name} is suspended`);
    }
  }

  /** One after the other, each in one of the threads. */
  private async clients(model: Model): Promise<void> {
    const { random, scheduler } = this.sim;
    for (let count = 1 + random.below(3); count > 0; count--) {
      await sleep(scheduler, random.below(2000), 'before a client comes');
      await this.client(model);
    }
  }

  private async client(model: Model): Promise<void> {
    const { scheduler, random } = this.sim;
    const thread = random.pick(this.threads);
    const number = ++this.lastClient;
    this.tally.clients++;
    const device = present(this.devices.get(model), 'an open device');
    const served = thread.engine.serve(number, device, '', false);
    const nextStamp = (): number => ++this.lastStamp;
    const shared = { random, scheduler, tally: this.tally, nextStamp };
    const { wire, arrived } = thread.connect(number);
    const program = new Program(wire, arrived, model, shared);
    this.programs.set(program, thread);
    const cut = random.chance(20) ? this.cutShort(program, served) : Promise.resolve();
    await program.work(REQUESTS);
    if (random.chance(50)) program.leave();
    else await this.finish(program, served);
    await served.ended;
    await cut;
    this.programs.delete(program);
  }

  /** In the middle of its requests. */
  private async cutShort(program: Program, served: ClientApart): Promise<void> {
    const { scheduler, random } = this.sim;
    await sleep(scheduler, random.below(10_000), 'before a client is sent away');
    if (random.chance(50)) program.leave();
    else await this.finish(program, served);
  }

  private finish(program: Program, served: ClientApart): Promise<void> {
    program.leaving = true;
    return served.finish();
  }

  private async changes(): Promise<void> {
    const { scheduler, random } = this.sim;
    for (let count = 0; count < CHANGES && !this.over; count++) {
      await sleep(scheduler, random.below(1500), 'before a change');
      await this.operator.change(this.models);
    }
  }

  /** Another takes the place of one that is lost. */
  private async losses(): Promise<void> {
    const { scheduler, random } = this.sim;
    if (random.chance(60)) return;
    await sleep(scheduler, random.below(20_000), 'before a thread is lost');
    if (this.over) return;
    const at = random.below(this.threads.length);
    const thread = present(this.threads[at], 'a thread');
    for (const [program, its] of this.programs) if (its === thread) program.leaving = true;
    thread.lose();
    this.threads[at] = this.thread();
    this.tally.lost++;
  }

  private async check(): Promise<void> {
    for (const { name } of this.volumes) {
      must(await this.dm.suspend(name, { inFlight: 'drain', freeze: true }));
      must(await this.dm.resume(name));
      const { inFlight, queued, suspended } = present(this.dm.state(name), name);
      if (suspended || inFlight + queued > 0) throw new Error(`${name} is not at rest`);
    }
    for (const disk of this.disks) {
      if (disk.out > 0) throw new Error(`${disk.name} is lent ${disk.out} times`);
      disk.loans.look();
      disk.checkTold();
      disk.checkScrapped();
      this.tally.recalled += disk.recalls;
    }
    for (const model of this.models) {
      model.check((sector) => {
        const place = model.top.find(sector);
        const { disk, at } = place.bottom.onDisk(place.sector);
        const data = new Uint8Array(512);
        disk.store.read(at, data);
        return present(stampsOf(data)[0], 'a stamp');
      });
    }
  }
}
