/**
 * Volumes upon volumes, read and written while they are suspended, moved, extended, renamed and
 * given new tables, on disks that answer out of order, fail, and lose power: no acknowledged write
 * is lost, and a failure reaches exactly the request that met it.
 */
import { must as present } from '../../core/base/assert.ts';
import { sectors } from '../../core/base/units.ts';
import { ioSectors, type DataIo } from '../../core/block/device.ts';
import { PowerSupply } from '../../core/block/wrap/power-loss.ts';
import type { DmDeviceState } from '../../core/contract/state.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import type { Prng } from '../../core/env/prng.ts';
import { sleep } from '../../core/env/scheduler.ts';
import { must } from '../support/results.ts';
import { holesIn, stamped, stampsOf } from '../support/sectors.ts';
import { simulated, type Sim } from '../support/sim.ts';
import { CELL, Cell, type SectorModel } from './dm-model.ts';
import { Disks, markOf, tableOf, Volume } from './dm-stack.ts';

/** How often each thing happened: a run in which nothing does proves nothing. */
export type DmTally = Record<
  | 'read'
  | 'write'
  | 'zero'
  | 'discard'
  | 'hole'
  | 'flush'
  | 'failed'
  | 'waited'
  | 'swapped'
  | 'moved'
  | 'extended'
  | 'cut',
  number
>;

const CLIENTS = 5;
const REQUESTS = 30;
const CHANGES = 10;
const LONGEST = 40;

const CHANGE_KINDS = ['pause', 'reload', 'move', 'extend', 'rename', 'clear', 'open'] as const;
const REQUEST_KINDS = ['read', 'write', 'fua', 'zero', 'discard', 'flush', 'ask'] as const;

/** Throws what went wrong, with the seed in front. */
export function dmRun(seed: number): Promise<DmTally> {
  return simulated(seed, async (sim) => {
    const run = new DmRun(sim);
    await run.build();
    const clients = Array.from({ length: CLIENTS }, () => run.client());
    const operators = run.volumes.map((volume) => run.operator(volume));
    await Promise.all([...clients, ...operators, run.cutter()]);
    await run.check();
    return run.tally;
  });
}

class DmRun {
  readonly tally: DmTally = {
    read: 0,
    write: 0,
    zero: 0,
    discard: 0,
    hole: 0,
    flush: 0,
    failed: 0,
    waited: 0,
    swapped: 0,
    moved: 0,
    extended: 0,
    cut: 0,
  };
  readonly volumes: Volume[] = [];
  private readonly dm = new DeviceMapper(() => undefined);
  private readonly supply = new PowerSupply();
  private readonly random: Prng;
  private readonly disks: Disks;
  private readonly handles = new Map<Volume, OpenDevice>();
  private readonly changes: Record<(typeof CHANGE_KINDS)[number], number>;
  private readonly requests: Record<(typeof REQUEST_KINDS)[number], number>;
  private stamps = 0;
  private time = 0;
  private failedFlushes = 0;

  constructor(private readonly sim: Sim) {
    this.random = sim.random;
    this.disks = new Disks(sim.scheduler, sim.random, this.supply, this.dm);
    this.changes = sim.random.weights(CHANGE_KINDS);
    this.requests = sim.random.weights(REQUEST_KINDS);
  }

  /** Two volumes on disks, one on the first of them, one on all. */
  async build(): Promise<void> {
    const low = await this.volume('low', 2, []);
    const other = await this.volume('other', 1, []);
    const middle = await this.volume('middle', 1, [low]);
    await this.volume('top', 1, [middle, other], [new Cell('zero'), new Cell('error')]);
  }

  async client(): Promise<void> {
    for (let count = 0; count < REQUESTS && !this.supply.off; count++) {
      await this.pause(200);
      const volume = this.random.pick(this.volumes);
      const kind = this.random.weighted(this.requests);
      if (kind === 'flush') await this.flush(volume);
      else await this.transfer(volume, kind);
    }
  }

  async operator(volume: Volume): Promise<void> {
    for (let count = 0; count < CHANGES; count++) {
      await this.pause(800);
      await this.change(volume, this.random.weighted(this.changes));
    }
  }

  /** In half of the runs power goes in the middle. */
  async cutter(): Promise<void> {
    if (this.random.chance(50)) return;
    await this.pause(6000);
    this.supply.cut();
    this.tally.cut++;
  }

  async check(): Promise<void> {
    for (const { name, suspended, inFlight, queued } of this.dm.list()) {
      if (suspended || inFlight + queued > 0) {
        throw new Error(`${name} is not at rest: ${inFlight} in flight, ${queued} queued`);
      }
    }
    const { flushes } = this.disks.log;
    if (this.failedFlushes > flushes || (flushes > 0 && this.failedFlushes === 0)) {
      throw new Error(`${this.failedFlushes} flushes failed, ${flushes} on the disks`);
    }
    if (this.supply.off) this.checkSurvivors();
    else await this.checkContents();
  }

  /** Through every volume, cell by cell. Bad sectors stay bad and may refuse. */
  private async checkContents(): Promise<void> {
    this.disks.faults = false;
    for (const volume of this.volumes) {
      for (let index = 0; index < volume.items.length; index++) {
        await this.read(volume, index * CELL, CELL);
      }
    }
  }

  private checkSurvivors(): void {
    const loss = { kind: 'torn', random: this.random } as const;
    const stores = this.disks.raw.map((disk) => disk.afterCut(loss));
    for (const volume of this.volumes) {
      for (const unit of volume.units()) {
        const models = unit.cells.flatMap((cell) => cell.sectors);
        for (const [at, data] of this.disks.survivors(unit, stores).entries()) {
          const allowed = models[at]?.durable() ?? new Set();
          expectIn(stampsOf(data)[0] ?? 0, allowed, `${volume.name}, ${at}, after the cut`);
        }
      }
    }
  }

  private async transfer(
    volume: Volume,
    kind: Exclude<(typeof REQUEST_KINDS)[number], 'flush'>,
  ): Promise<void> {
    const size = this.handle(volume).size;
    const start = this.random.below(size);
    const count = Math.min(size - start, 1 + this.random.below(LONGEST));
    const busy = this.models(volume, start, count).some((model) => model?.writing === true);
    if (kind === 'ask') await this.ask(volume, start, count);
    else if (kind === 'read' || busy) await this.read(volume, start, count);
    else if (kind === 'zero' || kind === 'discard') await this.span(volume, kind, start, count);
    else await this.write(volume, start, count, kind === 'fua');
  }

  /** Where it says hole, a read may find zeros; a bad sector or an `error` cell is none. */
  private async ask(volume: Volume, start: number, count: number): Promise<void> {
    const models = this.models(volume, start, count);
    const expected = models.map((model) => model?.startRead());
    const runs = await this.handle(volume).allocation(sectors(start), sectors(count));
    for (const [at, model] of models.entries()) model?.endRead(expected[at] ?? new Set());
    for (const at of holesIn(runs, start, count)) {
      this.tally.hole++;
      expectIn(0, expected[at - start] ?? new Set([0]), `${volume.name}, hole at ${at}`);
      const { kind } = volume.cell(Math.floor(at / CELL));
      if (kind === 'error') throw new Error(`a hole in an error cell, sector ${at}`);
    }
  }

  private async span(
    volume: Volume,
    op: 'zero' | 'discard',
    start: number,
    count: number,
  ): Promise<void> {
    const models = this.models(volume, start, count);
    for (const model of models) {
      if (op === 'zero') model?.startWrite(0);
      else model?.startDiscard();
    }
    const fua = op === 'zero' && this.random.chance(30);
    const span = { start: sectors(start), count: sectors(count), mark: {} };
    const io = op === 'zero' ? { op, ...span, fua } : { op, ...span };
    const done = await this.submit(volume, io);
    const now = ++this.time;
    for (const model of models) model?.endWrite(done ? now : undefined, fua);
    this.tally[op]++;
  }

  private async read(volume: Volume, start: number, count: number): Promise<void> {
    const models = this.models(volume, start, count);
    const expected = models.map((model) => model?.startRead());
    const data = stamped(0xffffffff, count);
    const done = await this.submit(volume, { op: 'read', start: sectors(start), data });
    for (const [at, model] of models.entries()) model?.endRead(expected[at] ?? new Set());
    this.tally.read++;
    if (!done) return;
    for (const [at, stamp] of stampsOf(data).entries()) {
      expectIn(stamp, expected[at] ?? new Set([0]), `${volume.name}, sector ${start + at}`);
    }
  }

  private async write(volume: Volume, start: number, count: number, fua: boolean): Promise<void> {
    const stamp = ++this.stamps;
    const models = this.models(volume, start, count);
    for (const model of models) model?.startWrite(stamp);
    const data = stamped(stamp, count);
    const done = await this.submit(volume, { op: 'write', start: sectors(start), data, fua });
    const now = ++this.time;
    for (const model of models) model?.endWrite(done ? now : undefined, fua);
    this.tally.write++;
  }

  /** Fails if and only if some disk failed this very request, or it met an `error` target. */
  private async submit(volume: Volume, io: DataIo & { readonly mark?: object }): Promise<boolean> {
    const { queued } = this.state(volume);
    const pending = this.handle(volume).submit(io);
    if (this.state(volume).queued > queued) this.tally.waited++;
    const done = await pending;
    const cells = Math.ceil((io.start + ioSectors(io)) / CELL);
    let wrong = this.disks.log.marks.has(markOf(io));
    for (let index = Math.floor(io.start / CELL); index < cells; index++) {
      wrong ||= volume.cell(index).kind === 'error';
    }
    if (done.ok === wrong) {
      const told = done.ok ? 'succeeded' : JSON.stringify(done.error);
      throw new Error(`${io.op} at ${io.start} of ${volume.name}: ${told}`);
    }
    if (wrong) this.tally.failed++;
    return done.ok;
  }

  private async flush(volume: Volume): Promise<void> {
    const handle = this.handle(volume);
    const models = this.models(volume, 0, handle.size);
    const time = ++this.time;
    const done = await handle.submit({ op: 'flush' });
    this.tally.flush++;
    if (done.ok) for (const model of models) model?.flushed(time);
    else this.failedFlushes++;
  }

  private async change(volume: Volume, kind: (typeof CHANGE_KINDS)[number]): Promise<void> {
    switch (kind) {
      case 'pause':
        return this.whileSuspended(volume, () => this.pause(1500));
      case 'reload':
        if (this.random.chance(50)) return this.swap(volume);
        return this.whileSuspended(volume, () => Promise.resolve(this.load(volume)));
      case 'move':
        return this.move(volume);
      case 'extend':
        return this.extend(volume);
      case 'rename': {
        const name = `${volume.name.split('.')[0] ?? ''}.${++this.stamps}`;
        must(this.dm.rename(volume.name, name));
        volume.name = name;
        return;
      }
      case 'clear':
        must(this.dm.load(volume.name, ['0 8 error']));
        await this.pause(100);
        must(this.dm.clear(volume.name));
        return;
      case 'open': {
        const more = must(this.dm.open(volume.name));
        await this.pause(300);
        more.close();
      }
    }
  }

  private async move(volume: Volume): Promise<void> {
    const units = volume.units();
    if (units.length === 0) return;
    const old = this.random.pick(units);
    await this.whileSuspended(volume, async () => {
      const next = await this.disks.moved(old);
      if (!next) return;
      volume.replaceUnit(old, next);
      this.load(volume);
      await this.disks.abandon(old);
      this.tally.moved++;
    });
  }

  private async extend(volume: Volume): Promise<void> {
    const lower = this.volumes.slice(0, this.volumes.indexOf(volume));
    const spare = lower.find((one) => this.spareCell(volume, one) !== undefined);
    if (spare && this.random.chance(50)) {
      const index = this.spareCell(volume, spare) ?? 0;
      volume.items.push({ kind: 'below', volume: spare, index });
    } else {
      const unit = await this.disks.newUnit();
      if (!unit) return;
      volume.addUnit(unit);
    }
    await this.swap(volume);
    this.tally.extended++;
  }

  /** A live cell of `below` that `volume` does not show yet. */
  private spareCell(volume: Volume, below: Volume): number | undefined {
    const shown = new Set(volume.items.map((_, index) => volume.cell(index)));
    const live = this.handle(below).size / CELL;
    for (let index = 0; index < live; index++) {
      const cell = below.cell(index);
      if (cell.kind === 'data' && !shown.has(cell)) return index;
    }
    return undefined;
  }

  private async whileSuspended(volume: Volume, act: () => Promise<void>): Promise<void> {
    const inFlight = this.random.pick(['drain', 'hold'] as const);
    must(await this.dm.suspend(volume.name, { inFlight, freeze: this.random.chance(50) }));
    const { inFlight: left, suspended } = this.state(volume);
    if (left > 0 || !suspended) throw new Error(`${volume.name} was not quiet when suspended`);
    await act();
    must(await this.dm.resume(volume.name));
  }

  private async swap(volume: Volume): Promise<void> {
    this.load(volume);
    must(await this.dm.resume(volume.name));
  }

  private load(volume: Volume): void {
    must(this.dm.load(volume.name, tableOf(volume, this.random)));
    this.tally.swapped++;
  }

  private async volume(
    name: string,
    units: number,
    below: readonly Volume[],
    virtual: readonly Cell[] = [],
  ): Promise<Volume> {
    const volume = new Volume(name, must(this.dm.create(name, '')));
    for (const lower of below) {
      for (const index of lower.items.keys()) {
        volume.items.push({ kind: 'below', volume: lower, index });
      }
    }
    for (const cell of virtual) volume.items.push({ kind: 'virtual', cell });
    for (let count = 0; count < units; count++) {
      volume.addUnit(present(await this.disks.newUnit(), 'room for a unit'));
    }
    await this.swap(volume);
    this.handles.set(volume, must(this.dm.open(name)));
    this.volumes.push(volume);
    return volume;
  }

  private models(volume: Volume, start: number, count: number): (SectorModel | undefined)[] {
    return Array.from({ length: count }, (_, at) => {
      const sector = start + at;
      const cell = volume.cell(Math.floor(sector / CELL));
      return cell.kind === 'data' ? cell.sectors[sector % CELL] : undefined;
    });
  }

  private handle(volume: Volume): OpenDevice {
    return present(this.handles.get(volume), 'an open volume');
  }

  private state(volume: Volume): DmDeviceState {
    return present(this.dm.state(volume.name), volume.name);
  }

  private pause(maxMicros: number): Promise<void> {
    return sleep(this.sim.scheduler, this.random.below(maxMicros), 'pause');
  }
}

function expectIn(stamp: number, allowed: ReadonlySet<number>, where: string): void {
  if (allowed.has(stamp)) return;
  throw new Error(`${where}: found ${stamp}, allowed ${[...allowed].join(' ')}`);
}
