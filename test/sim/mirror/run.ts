/**
 * A mirror that is written and read while its legs and its log fail and come back, while an
 * operator suspends, repairs, extends and reduces it, and while power goes: no acknowledged write
 * is lost, no read is out of date, legs are equal where the log says that they are.
 */
import { must as present } from '../../../core/base/assert.ts';
import { sectors } from '../../../core/base/units.ts';
import type { DataIo, Io } from '../../../core/block/device.ts';
import type { SectorStore } from '../../../core/block/sector-store.ts';
import { PowerSupply } from '../../../core/block/wrap/power-loss.ts';
import type { MirrorState } from '../../../core/contract/mirrors.ts';
import { BITMAP, logSectors } from '../../../core/dm/mirror/disk-log.ts';
import { DeviceMapper } from '../../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../../core/dm/open-device.ts';
import type { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { must } from '../../support/results.ts';
import { stamped, stampsOf } from '../../support/sectors.ts';
import { simulated, type Sim } from '../../support/sim.ts';
import { SectorModel } from '../dm-model.ts';
import { makeDisks, SKEW, type SimDisk } from './disks.ts';
import { Gremlin } from './gremlin.ts';
import { Operator } from './operator.ts';
import { LogOrder } from './log-order.ts';
import { tableOf, type Setup } from './setup.ts';
import { emptyTally, type Tally } from './tally.ts';

const CLIENTS = 4;
const REQUESTS = 25;
const LONGEST = 30;
const DISKS = 6;
const REQUEST_KINDS = ['read', 'write', 'fua', 'zero', 'discard', 'flush'] as const;

/** Throws what went wrong, with the seed in front. */
export function mirrorRun(seed: number): Promise<Tally> {
  return simulated(seed, async (sim) => {
    const run = new MirrorRun(sim);
    await run.build();
    const clients = Array.from({ length: CLIENTS }, () => run.client());
    const done = Promise.all(clients).then(() => {
      run.over = true;
    });
    await Promise.all([done, run.operator.work(), run.gremlin.work(), run.cutter()]);
    await run.check();
    return run.tally;
  });
}

export class MirrorRun {
  readonly tally = emptyTally();
  readonly random: Prng;
  readonly setup: Setup;
  readonly operator: Operator;
  readonly gremlin: Gremlin;
  /** One fault at a time, each repaired before the next: then nobody may notice any. */
  readonly strict: boolean;
  /** The clients have finished. */
  over = false;
  dm = new DeviceMapper(() => undefined, {});
  disks: readonly SimDisk[] = [];
  /** Bytes 8 and on of a leg mean something: which sectors hold what. */
  private readonly model: readonly SectorModel[];
  /** Discarded on some legs and not on others. */
  private readonly loose = new Set<number>();
  private volume: OpenDevice | undefined;
  private readonly supply = new PowerSupply();
  private readonly requests: Record<(typeof REQUEST_KINDS)[number], number>;
  readonly maxMicros: number;
  /** Of the disks since power came on. */
  order: LogOrder;
  private fault: string | undefined;
  /** How long clients rest between requests at most, in microseconds. */
  readonly calm: number;
  private stamps = 0;
  private time = 0;

  constructor(readonly sim: Sim) {
    const { random } = sim;
    this.random = random;
    const kind = random.pick(['hold', 'hold', 'drop'] as const);
    this.strict = random.chance(40);
    this.maxMicros = random.pick([1, 50, 1000]);
    this.calm = random.pick([100, 2000, 200_000, 1_000_000]);
    this.requests = random.weights(REQUEST_KINDS);
    this.setup = {
      kind,
      length: 64 + random.below(200),
      regionSize: random.pick([2, 4, 8, 16, 32, 64]),
      legs: random.chance(30) ? [0, 1, 2] : [0, 1],
      isNew: true,
      log: kind === 'drop' || random.chance(70) ? 4 : undefined,
    };
    this.order = new LogOrder(this.setup, this);
    this.model = Array.from({ length: this.setup.length }, () => new SectorModel());
    this.operator = new Operator(this);
    this.gremlin = new Gremlin(this);
  }

  get state(): MirrorState | undefined {
    return this.dm.mirrors()[0];
  }

  get isOff(): boolean {
    return this.supply.off;
  }

  disk(index: number): SimDisk {
    return present(this.disks[index], 'a disk');
  }

  /** Legs that hold what nobody may ever read where they are not in sync. */
  async build(): Promise<void> {
    this.plug();
    const { length, legs } = this.setup;
    const same = this.random.chance(50);
    for (const disk of this.disks.slice(0, 4)) {
      const differs = legs[0] !== disk.index && !(same && legs.includes(disk.index));
      const stamp = differs ? 0xdead0000 + disk.index : 0;
      const data = stamped(stamp, length);
      await disk.platter.submit({ op: 'write', start: sectors(SKEW), data, fua: true });
    }
    if (this.random.chance(50)) must(this.dm.throttle(this.random.pick([5, 100, 2000])));
    must(this.dm.create('vol', ''));
    must(this.dm.load('vol', [tableOf(this.setup, same ? 'nosync' : 'sync')]));
    must(await this.dm.resume('vol'));
    this.noteLog();
    this.volume = must(this.dm.open('vol'));
  }

  /** A log that could be written speaks of this mirror. */
  noteLog(): void {
    const { state } = this;
    if (state?.log.kind === 'disk' && state.log.health === 'A') this.setup.isNew = false;
  }

  private plug(stores?: readonly SectorStore[]): void {
    const made = makeDisks(this.sim, this.supply, this, DISKS, stores);
    this.disks = made.map(({ disk }) => disk);
    this.dm = new DeviceMapper(() => undefined, { scheduler: this.sim.scheduler });
    for (const { disk, device } of made) {
      must(this.dm.attachDisk(`/dev/${disk.name}`, `8:${16 * disk.index}`, device));
    }
  }

  async client(): Promise<void> {
    for (let count = 0; count < REQUESTS && !this.isOff; count++) {
      await this.pause(this.calm);
      const kind = this.random.weighted(this.requests);
      if (kind === 'flush') await this.flush();
      else await this.transfer(kind);
    }
  }

  /** In a third of the runs power goes in the middle. */
  async cutter(): Promise<void> {
    if (!this.random.chance(35)) return;
    await this.pause((this.calm * REQUESTS) / 2);
    if (this.over) return;
    this.supply.cut();
    this.tally.cut++;
    await this.operator.letGo();
  }

  async check(): Promise<void> {
    if (this.isOff) await this.reboot();
    for (const disk of this.disks) disk.mood = 'well';
    await this.operator.makeWhole();
    await this.readAll();
    must(await this.dm.suspend('vol', { inFlight: 'drain', freeze: false }));
    this.compareLegs(() => true, 'at the end');
    this.endOrder();
    if (this.fault !== undefined) throw new Error(this.fault);
  }

  /** The same table, by who knows nothing but what is on the disks. */
  private async reboot(): Promise<void> {
    const loss = { kind: 'torn', random: this.random } as const;
    const stores = this.disks.map((disk) => disk.platter.afterCut(loss));
    this.supply.off = false;
    for (const model of this.model) model.restart();
    this.endOrder();
    this.order = new LogOrder(this.setup, this, this.logBits(stores));
    this.plug(stores);
    must(this.dm.throttle(0));
    must(this.dm.create('vol', ''));
    must(this.dm.load('vol', [tableOf(this.setup, this.setup.isNew ? 'sync' : undefined)]));
    must(await this.dm.resume('vol'));
    this.volume = must(this.dm.open('vol'));
    const { state } = this;
    if (state) {
      this.compareLegs((region) => state.cells[region] === 'c', 'after the cut');
      this.tally.cleanAfterCut += state.inSync;
      this.tally.staleAfterCut += state.regions - state.inSync;
    }
    // What was found once is found again, whichever leg is asked.
    await this.readAll();
    await this.readAll();
    must(this.dm.throttle(undefined));
  }

  private endOrder(): void {
    this.fault ??= this.order.fault;
    this.tally.markedFirst += this.order.checked;
    this.tally.calledClean += this.order.cleaned;
  }

  /** As the log on its platter has them; undefined: it is in memory. */
  private logBits(stores: readonly SectorStore[]): Uint8Array | undefined {
    const { log, length, regionSize } = this.setup;
    const store = log === undefined ? undefined : stores[log];
    if (!store) return undefined;
    const data = new Uint8Array(logSectors(Math.ceil(length / regionSize)) * 512);
    store.read(sectors(0), data);
    return data.subarray(BITMAP);
  }

  private async readAll(): Promise<void> {
    for (let at = 0; at < this.setup.length; at += 16) {
      await this.read(at, Math.min(16, this.setup.length - at), true);
    }
  }

  private compareLegs(clean: (region: number) => boolean, when: string): void {
    const { legs, length, regionSize } = this.setup;
    for (let at = 0; at < length; at++) {
      if (!clean(Math.floor(at / regionSize)) || this.loose.has(at)) continue;
      const stamps = legs.map((leg) => this.stampOn(leg, at));
      if (stamps.every((stamp) => stamp === stamps[0])) continue;
      throw new Error(`${when}, sector ${at}: legs hold ${stamps.join(' and ')}`);
    }
  }

  has(disk: number, io: Io): boolean {
    if (io.op !== 'write') return false;
    const there = new Uint8Array(io.data.length);
    void this.disk(disk).platter.submit({ op: 'read', start: io.start, data: there });
    return Buffer.compare(there, io.data) === 0;
  }

  private stampOn(leg: number, at: number): number {
    const data = new Uint8Array(512);
    // A disk that answers at once.
    void this.disk(leg).platter.submit({ op: 'read', start: sectors(SKEW + at), data });
    return stampsOf(data)[0] ?? 0;
  }

  private async transfer(kind: Exclude<(typeof REQUEST_KINDS)[number], 'flush'>): Promise<void> {
    const { length } = this.setup;
    const start = this.random.below(length);
    const count = Math.min(length - start, 1 + this.random.below(LONGEST));
    const busy = this.run(start, count).some((model) => model.writing);
    if (kind === 'read' || busy) await this.read(start, count, false);
    else await this.change(kind, start, count);
  }

  private async change(
    kind: 'write' | 'fua' | 'zero' | 'discard',
    start: number,
    count: number,
  ): Promise<void> {
    const models = this.run(start, count);
    const stamp = kind === 'write' || kind === 'fua' ? ++this.stamps : 0;
    for (const model of models) {
      if (kind === 'discard') model.startDiscard();
      else model.startWrite(stamp);
    }
    const place = { start: sectors(start) };
    const span = { ...place, count: sectors(count) };
    const io: DataIo =
      kind === 'discard'
        ? { op: kind, ...span }
        : kind === 'zero'
          ? { op: kind, ...span }
          : { op: 'write', ...place, data: stamped(stamp, count), fua: kind === 'fua' };
    const done = await this.submit(io);
    const now = ++this.time;
    for (const model of models) model.endWrite(done ? now : undefined, kind === 'fua');
    for (let at = start; at < start + count; at++) {
      if (kind === 'discard' && !done) this.loose.add(at);
      else if (kind !== 'discard' && done) this.loose.delete(at);
    }
    this.tally[kind === 'fua' ? 'write' : kind]++;
  }

  private async read(start: number, count: number, mustWork: boolean): Promise<void> {
    const models = this.run(start, count);
    const expected = models.map((model) => model.startRead());
    const data = stamped(0xffffffff, count);
    const done = await this.submit({ op: 'read', start: sectors(start), data });
    for (const [at, model] of models.entries()) model.endRead(expected[at] ?? new Set());
    this.tally.read++;
    if (!done && mustWork) throw new Error(`sector ${start} cannot be read`);
    if (!done) return;
    for (const [at, stamp] of stampsOf(data).entries()) {
      const allowed = expected[at] ?? new Set();
      if (mustWork && !this.loose.has(start + at)) models[at]?.found(stamp);
      if (allowed.has(stamp)) continue;
      const told = [...allowed].join(' ');
      throw new Error(`sector ${start + at}: found ${stamp.toString(16)}, allowed ${told}`);
    }
  }

  private async flush(): Promise<void> {
    const time = ++this.time;
    const done = await this.submit({ op: 'flush' });
    if (done) for (const model of this.model) model.flushed(time);
    this.tally.flush++;
  }

  private async submit(io: DataIo | { readonly op: 'flush' }): Promise<boolean> {
    const began = this.sim.scheduler.now;
    const done = await present(this.volume, 'an open volume').submit(io);
    if (this.sim.scheduler.now - began > 50_000) this.tally.waited++;
    if (done.ok) return true;
    this.tally.failed++;
    // A discard is advice: one that a leg refuses is refused.
    if (this.strict && !this.isOff && io.op !== 'discard') {
      throw new Error(`${io.op} failed although one thing failed at a time`);
    }
    return false;
  }

  private run(start: number, count: number): readonly SectorModel[] {
    return this.model.slice(start, start + count);
  }

  pause(maxMicros: number): Promise<void> {
    return sleep(this.sim.scheduler, this.random.below(maxMicros), 'pause');
  }
}
