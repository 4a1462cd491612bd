/** Volumes on disks that fail and lose power, and the tables that describe them. */
import { must as present } from '../../core/base/assert.ts';
import { sectors, type Sectors } from '../../core/base/units.ts';
import { allocationOf } from '../../core/block/allocation.ts';
import type { BlockDevice, DataIo, Io, IoResult } from '../../core/block/device.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { BadSectorDevice } from '../../core/block/wrap/bad-sectors.ts';
import { DelayedDevice } from '../../core/block/wrap/delay.ts';
import { FaultPlan, FaultyDevice } from '../../core/block/wrap/fault.ts';
import { PowerLossDisk, type PowerSupply } from '../../core/block/wrap/power-loss.ts';
import type { DevNo } from '../../core/contract/units.ts';
import type { DeviceMapper } from '../../core/dm/device-mapper.ts';
import type { Prng } from '../../core/env/prng.ts';
import type { Scheduler } from '../../core/env/scheduler.ts';
import { CELL, Cell } from './dm-model.ts';

const DISK_CELLS = 40;
const DISK_SIZE = sectors((DISK_CELLS + 1) * CELL);
/** Runs begin off any boundary. */
const SKEW = 3;
/** In every sector that no volume owns any more: whoever reads it used a table of the past. */
const ABANDONED = 0xbadbad;

/** What the parts of a request have in common: its memory, or where it has none a mark of it. */
export function markOf(io: DataIo & { readonly mark?: object }): object {
  return 'data' in io ? io.data.buffer : present(io.mark, 'a mark');
}

/** Sees what the disks made of each request. */
export class FailureLog {
  /** Marks of the requests that failed on some disk, in part or whole. */
  readonly marks = new Set<object>();
  flushes = 0;

  watch(below: BlockDevice): BlockDevice {
    const { name, size, readOnly } = below;
    const submit = async (io: Io): Promise<IoResult> => {
      const done = await below.submit(io);
      if (!done.ok && io.op === 'flush') this.flushes++;
      if (!done.ok && io.op !== 'flush') this.marks.add(markOf(io));
      return done;
    };
    const allocation: BlockDevice['allocation'] = (start, count) =>
      allocationOf(below, start, count);
    return { name, size, readOnly, submit, allocation };
  }
}

interface Place {
  readonly disk: number;
  readonly start: number;
}

/** Two cells on two runs: one each, or striped over both. */
export interface Unit {
  readonly cells: readonly [Cell, Cell];
  readonly places: readonly [Place, Place];
  /** Sectors; 0 where the cells are not striped. */
  readonly chunk: number;
}

type Item =
  | { readonly kind: 'unit'; unit: Unit; readonly half: 0 | 1 }
  | { readonly kind: 'below'; readonly volume: Volume; readonly index: number }
  | { readonly kind: 'virtual'; readonly cell: Cell };

export class Volume {
  readonly items: Item[] = [];

  constructor(
    public name: string,
    readonly devno: DevNo,
  ) {}

  cell(index: number): Cell {
    const item = this.items[index];
    if (!item) throw new Error(`${this.name} has no cell ${index}`);
    if (item.kind === 'unit') return item.unit.cells[item.half];
    return item.kind === 'below' ? item.volume.cell(item.index) : item.cell;
  }

  units(): readonly Unit[] {
    return this.items.flatMap((item) => (item.kind === 'unit' && item.half === 0 ? item.unit : []));
  }

  addUnit(unit: Unit): void {
    this.items.push({ kind: 'unit', unit, half: 0 }, { kind: 'unit', unit, half: 1 });
  }

  replaceUnit(old: Unit, unit: Unit): void {
    for (const item of this.items) if (item.kind === 'unit' && item.unit === old) item.unit = unit;
  }
}

/** Where sector `at` (0 to 31) of a unit lies. */
function locate({ places, chunk }: Unit, at: number): Place {
  const index = chunk === 0 ? Math.floor(at / CELL) : Math.floor(at / chunk);
  const place = places[index % 2] ?? places[0];
  const inside = chunk === 0 ? at % CELL : Math.floor(index / 2) * chunk + (at % chunk);
  return { disk: place.disk, start: place.start + inside };
}

export class Disks {
  readonly raw: readonly PowerLossDisk[];
  readonly log = new FailureLog();
  /** Off while the checker reads. */
  faults = true;
  private readonly free: Place[] = [];

  constructor(
    scheduler: Scheduler,
    private readonly random: Prng,
    supply: PowerSupply,
    dm: DeviceMapper,
  ) {
    const failPercent = random.pick([0, 0, 1, 5]);
    const leaves = random.pick(['nothing', 'half', 'all'] as const);
    const maxMicros = random.pick([1, 50, 1000]);
    this.raw = ['a', 'b', 'c'].map(
      (name) => new PowerLossDisk(name, DISK_SIZE, new SectorStore(), supply),
    );
    for (const [index, raw] of this.raw.entries()) {
      const when = (): boolean => this.faults && random.chance(failPercent);
      const faulty = new FaultyDevice(raw, new FaultPlan({ when, leaves }));
      const bad = this.badRuns(failPercent > 0);
      const slow = new DelayedDevice(new BadSectorDevice(faulty, bad), {
        scheduler,
        random,
        maxMicros,
      });
      dm.attachDisk(`/dev/sd${raw.name}`, `8:${16 * index}`, this.log.watch(slow));
      for (let cell = 0; cell < DISK_CELLS; cell++) {
        this.free.push({ disk: index, start: SKEW + cell * CELL });
      }
    }
  }

  /** Fresh zeroes on a random place; undefined when the disks are full or power is off. */
  async newUnit(): Promise<Unit | undefined> {
    const unit = this.allocate([new Cell(), new Cell()]);
    return unit && (await this.put(unit, new Uint8Array(2 * CELL * 512))) ? unit : undefined;
  }

  /** Copies a unit elsewhere. Nothing may write to it meanwhile. */
  async moved(unit: Unit): Promise<Unit | undefined> {
    const data = new Uint8Array(2 * CELL * 512);
    for (let at = 0; at < 2 * CELL; at++) {
      const { disk, start } = locate(unit, at);
      const into = data.subarray(at * 512, (at + 1) * 512);
      const done = await this.raw[disk]?.submit({ op: 'read', start: sectors(start), data: into });
      if (done?.ok !== true) return undefined;
    }
    const next = this.allocate(unit.cells);
    return next && (await this.put(next, data)) ? next : undefined;
  }

  /** Gives the places of a unit back, full of what nobody may ever read. */
  async abandon(unit: Unit): Promise<void> {
    await this.put(unit, new Uint8Array(new Uint32Array(2 * CELL * 128).fill(ABANDONED).buffer));
    this.free.push(...unit.places);
  }

  /** What a power cut left of a unit, sector by sector. */
  survivors(unit: Unit, stores: readonly SectorStore[]): Uint8Array[] {
    return Array.from({ length: 2 * CELL }, (_, at) => {
      const { disk, start } = locate(unit, at);
      const data = new Uint8Array(512);
      stores[disk]?.read(start, data);
      return data;
    });
  }

  private allocate(cells: readonly [Cell, Cell]): Unit | undefined {
    if (this.free.length < 2) return undefined;
    const take = (): Place => {
      const [place] = this.free.splice(this.random.below(this.free.length), 1);
      if (!place) throw new Error('nothing is free');
      return place;
    };
    return { cells, places: [take(), take()], chunk: this.random.pick([0, 0, 1, 2, 4, 8, 16]) };
  }

  private async put(unit: Unit, data: Uint8Array): Promise<boolean> {
    for (let at = 0; at < 2 * CELL; at++) {
      const { disk, start } = locate(unit, at);
      const from = data.subarray(at * 512, (at + 1) * 512);
      const io = { op: 'write', start: sectors(start), data: from } as const;
      if ((await this.raw[disk]?.submit(io))?.ok !== true) return false;
    }
    const flushed = await Promise.all(this.raw.map((disk) => disk.submit({ op: 'flush' })));
    return flushed.every(({ ok }) => ok);
  }

  private badRuns(some: boolean) {
    if (!some || this.random.chance(50)) return [];
    const start = sectors(this.random.below(DISK_SIZE - 4));
    return [{ start, count: 3 as Sectors, onWrite: this.random.pick(['fail', 'heal'] as const) }];
  }
}

/** One of the many tables that mean the same volume. */
export function tableOf(volume: Volume, random: Prng): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  const add = (length: number, target: string): void => {
    lines.push(`${start} ${length} ${target}`);
    start += length;
  };
  for (const item of volume.items) {
    if (item.kind === 'virtual') add(CELL, item.cell.kind);
    else if (item.kind === 'unit') addUnit(item.unit, item.half, add);
    else addBelow(item.volume, item.index, random, add);
  }
  return lines;
}

type Add = (length: number, target: string) => void;

function addUnit(unit: Unit, half: 0 | 1, add: Add): void {
  const places = unit.places.map(({ disk, start }) => `8:${16 * disk} ${start}`);
  if (unit.chunk === 0) add(CELL, `linear ${places[half] ?? ''}`);
  else if (half === 0) add(2 * CELL, `striped 2 ${unit.chunk} ${places.join(' ')}`);
}

/** Through the volume itself or straight to the one below it, whole or cut in two. */
function addBelow(volume: Volume, index: number, random: Prng, add: Add): void {
  const item = volume.items[index];
  if (item?.kind === 'below' && random.chance(30)) {
    addBelow(item.volume, item.index, random, add);
    return;
  }
  const name = random.pick([volume.name, volume.devno, `/dev/mapper/${volume.name}`]);
  const first = random.chance(30) ? 1 + random.below(CELL - 1) : CELL;
  add(first, `linear ${name} ${index * CELL}`);
  if (first < CELL) add(CELL - first, `linear ${name} ${index * CELL + first}`);
}
