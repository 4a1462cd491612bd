/**
 * Clients of an origin whose writes may be answered before they are done, while snapshots of it
 * come and go and it is suspended: nobody ever sees what was answered missing, no snapshot lacks
 * it or has more, threads find nothing old past the target, and a flush makes it last.
 */
import { isDeepStrictEqual } from 'node:util';
import { must as present } from '../../core/base/assert.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { PowerLossDisk, PowerSupply } from '../../core/block/wrap/power-loss.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import type { SuspendHow } from '../../core/dm/target.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { DmWorld } from '../support/dm.ts';
import { Moody } from '../support/mirrors.ts';
import { must } from '../support/results.ts';
import { read, stampsOf, write, zero } from '../support/sectors.ts';
import { simulated, type Sim } from '../support/sim.ts';
import { PastThread } from './write-behind-thread.ts';

const ORIGIN = 512;
const STORE = 2048;
const CLIENTS = 4;
const REQUESTS = 60;
/** A client has every fourth run of so many sectors: chunks are shared, sectors are not. */
const OWN = 5;

const REQUESTED = ['write', 'write', 'write', 'read', 'read', 'fua', 'zero', 'flush'] as const;

/** How often each thing happened: a run in which nothing does proves nothing. */
export const KINDS = [
  'early',
  'late',
  'past',
  'snapshot',
  'live',
  'removed',
  'paused',
  'stopped',
] as const;
export type BehindTally = Record<(typeof KINDS)[number], number>;

interface Taken {
  readonly device: OpenDevice;
  readonly store: number;
  /** What the origin had. */
  readonly content: readonly number[];
}

class BehindRun {
  readonly tally = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as BehindTally;
  private readonly world: DmWorld;
  private readonly supply = new PowerSupply();
  private readonly base: PowerLossDisk;
  private readonly raw: Moody;
  private readonly content = Array.from({ length: ORIGIN }, () => 0);
  private readonly taken: Taken[] = [];
  private org: OpenDevice | undefined;
  private threads: readonly PastThread[] = [];
  /** Of each client. */
  private readonly last: { readonly start: number; readonly count: number }[] = [];
  private stamp = 0;
  private names = 0;
  private clients = 0;
  /** Clients wait for it between requests, so that it is known what a snapshot has to have. */
  private barrier: Promise<void> | undefined;
  private atWork = 0;

  constructor(private readonly sim: Sim) {
    const { scheduler, random } = sim;
    const options = { scheduler, writeBehind: random.pick([8, 64, 1024]) * 1024 };
    this.world = new DmWorld(options);
    this.base = new PowerLossDisk('sda', sectors(ORIGIN), new SectorStore(), this.supply);
    this.raw = new Moody(this.base, new SectorStore(), scheduler, 0);
    this.world.disk(this.raw);
    for (const name of ['sdb', 'sdc', 'sdd']) {
      const store = new SectorStore();
      const disk = new Moody(new RamDisk(name, sectors(STORE), store), store, scheduler, 1);
      disk.takesMicros = 200 + random.below(3000);
      this.world.disk(disk);
    }
    this.raw.takesMicros = 100 + random.below(2000);
  }

  private get device(): OpenDevice {
    return present(this.org, 'the origin');
  }

  async all(): Promise<void> {
    this.org = await this.world.device('org', [`0 ${ORIGIN} snapshot-origin 8:0`]);
    await this.snapshot(true);
    const { sim, base, tally, world } = this;
    const opened = [1, 2].map(() => must(world.dm.open('org')));
    this.threads = opened.map((device) => new PastThread(sim, base, tally, device));
    this.clients = CLIENTS;
    const clients = Array.from({ length: CLIENTS }, (_, at) => this.client(at));
    await Promise.all([...clients, this.operator()]);
    for (const thread of this.threads) thread.close();
    for (const one of this.taken) await this.compare(one);
    await this.cut();
  }

  /** What a flush was answered for is there when power comes back. */
  private async cut(): Promise<void> {
    must(await this.device.submit({ op: 'flush' }));
    const data = new Uint8Array(ORIGIN * SECTOR);
    this.base.afterCut({ kind: 'all' }).read(sectors(0), data);
    same(stampsOf(data), this.content, 'after a flush and a loss of power');
  }

  /** The device itself, or as threads that serve exports have it. */
  private get door(): BlockDevice {
    const { device, threads, sim } = this;
    return sim.random.pick([device, ...threads.flatMap(({ served }) => served ?? [])]);
  }

  private async client(number: number): Promise<void> {
    for (let request = 0; request < REQUESTS; request++) {
      await sleep(this.sim.scheduler, this.sim.random.below(900), 'a client rests');
      while (this.barrier) await this.barrier;
      this.atWork++;
      await this.request(number);
      this.atWork--;
    }
    this.clients--;
  }

  private async request(number: number): Promise<void> {
    const { random } = this.sim;
    const run = random.below(Math.floor(ORIGIN / OWN / CLIENTS)) * CLIENTS + number;
    const count = 1 + random.below(OWN);
    const start = run * OWN + random.below(OWN - count + 1);
    const kind = random.pick(REQUESTED);
    const last = this.last[number];
    // What was written last may be anywhere.
    if (kind === 'read' && last && random.chance(70)) return this.read(last.start, last.count);
    if (kind !== 'read') this.last[number] = { start, count };
    switch (kind) {
      case 'read':
        return this.read(start, count);
      case 'flush':
        return must(await this.door.submit({ op: 'flush' }));
      case 'zero':
        must(await zero(this.door, start, count));
        return this.put(start, count, 0);
      default:
        return this.write(start, count, kind === 'fua');
    }
  }

  private async write(start: number, count: number, fua: boolean): Promise<void> {
    const stamp = ++this.stamp;
    const before = this.sim.scheduler.now;
    must(await write(this.door, start, stamp, count, fua));
    this.tally[this.sim.scheduler.now === before ? 'early' : 'late']++;
    this.put(start, count, stamp);
  }

  private put(start: number, count: number, stamp: number): void {
    this.content.fill(stamp, start, start + count);
  }

  private async read(start: number, count: number): Promise<void> {
    const expected = this.content.slice(start, start + count);
    same(await read(this.door, start, count), expected, `at ${start}`);
  }

  private async operator(): Promise<void> {
    const { random, scheduler } = this.sim;
    while (this.clients > 0) {
      await sleep(scheduler, 2000 + random.below(9000), 'an operator rests');
      const act = random.pick(['snapshot', 'live', 'remove', 'pause', 'stop', 'compare'] as const);
      if (act === 'snapshot' || act === 'live') await this.snapshot(act === 'live');
      if (act === 'remove') await this.remove();
      if (act === 'pause') await this.pause();
      const some = this.taken[0];
      if (act === 'stop' && some) await this.stop(some);
      if (act === 'compare' && some) await this.compare(some);
    }
  }

  /** Of a snapshot alone: what is put off goes on meanwhile. */
  private async stop({ device }: Taken): Promise<void> {
    must(await this.world.dm.suspend(device.name, { inFlight: 'drain', freeze: false }));
    await sleep(this.sim.scheduler, 500, 'a snapshot is suspended');
    must(await this.world.dm.resume(device.name));
    this.tally.stopped++;
  }

  private async pause(): Promise<void> {
    const how: SuspendHow = { inFlight: this.sim.random.pick(['drain', 'hold']), freeze: false };
    must(await this.world.dm.suspend('org', how));
    await sleep(this.sim.scheduler, 500, 'the origin is suspended');
    if (this.sim.random.chance(50)) {
      await this.world.swap('org', [`0 ${ORIGIN} snapshot-origin 8:0`]);
    } else must(await this.world.dm.resume('org'));
    this.tally.paused++;
  }

  /** @param live the origin is not suspended for it */
  private async snapshot(live: boolean): Promise<void> {
    const store = [16, 32, 48].find((one) => this.taken.every((other) => other.store !== one));
    if (store === undefined) return;
    let letGo = (): void => undefined;
    this.barrier = new Promise((resolve) => {
      letGo = resolve;
    });
    while (this.atWork > 0) await sleep(this.sim.scheduler, 100, 'clients end');
    const content = [...this.content];
    if (!live) must(await this.world.dm.suspend('org', { inFlight: 'drain', freeze: true }));
    const chunk = this.sim.random.pick([8, 16, 64]);
    await this.empty(store);
    const table = `0 ${ORIGIN} snapshot 8:0 8:${store} P ${chunk}`;
    const device = await this.world.device(`s${++this.names}`, [table]);
    if (!live) must(await this.world.dm.resume('org'));
    this.taken.push({ device, store, content });
    this.tally[live ? 'live' : 'snapshot']++;
    this.barrier = undefined;
    letGo();
  }

  /** A store begins with an empty header. */
  private async empty(store: number): Promise<void> {
    const disk = await this.world.device('empty', [`0 ${STORE} linear 8:${store} 0`]);
    must(await zero(disk, 0, 8));
    disk.close();
    must(this.world.dm.remove('empty'));
  }

  private async remove(): Promise<void> {
    const one = this.taken.shift();
    if (!one) return;
    await this.compare(one);
    one.device.close();
    must(await this.world.dm.retire(one.device.name));
    this.tally.removed++;
  }

  private async compare({ device, content }: Taken): Promise<void> {
    same(await read(device, 0, ORIGIN), content, device.name);
  }
}

/** Throws what went wrong, with the seed in front. */
export function behindRun(seed: number): Promise<BehindTally> {
  return simulated(seed, async (sim) => {
    const run = new BehindRun(sim);
    await run.all();
    return run.tally;
  });
}

function same(found: Awaited<ReturnType<typeof read>>, expected: readonly number[], where: string) {
  if (isDeepStrictEqual(found, expected)) return;
  const at = expected.findIndex((stamp, sector) => stamp !== found[sector]);
  throw new Error(`${where}, sector ${at}: ${found[at]} and not ${expected[at]}`);
}
