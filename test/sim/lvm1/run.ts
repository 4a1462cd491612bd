/**
 * A volume of LVM1 that programs write past the cache and through it while pvmove moves its PEs,
 * and while somebody reads the disks below. Every write that was acknowledged must be there in the
 * end, on the PE that the map names.
 */
import { must as present } from '../../../core/base/assert.ts';
import { sectors, type Sectors } from '../../../core/base/units.ts';
import type { IoResult } from '../../../core/block/device.ts';
import { RamDisk } from '../../../core/block/ram-disk.ts';
import { SectorStore } from '../../../core/block/sector-store.ts';
import { Prng } from '../../../core/env/prng.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import { SimScheduler } from '../../../core/env/sim-scheduler.ts';
import { BufferCache } from '../../../core/historic/lvm1/buffer-cache.ts';
import { LvmDriver, type LogicalVolume } from '../../../core/historic/lvm1/driver.ts';
import { Pvmove } from '../../../core/historic/lvm1/pvmove.ts';
import type { Pe } from '../../../core/historic/lvm1/types.ts';
import { wordsOf } from '../../../core/historic/lvm1/words.ts';
import { stamped } from '../../support/sectors.ts';
import { fateOf, turn } from '../../support/sim.ts';
import { SectorModel } from '../dm-model.ts';
import { SeenDisk, Witness } from './witness.ts';

/** The three bugs that the post names. */
export const FAULTS = ['lost write', 'stale page', 'deadlock'] as const;
export type Fault = (typeof FAULTS)[number];

/** What the checker found first of a kind. */
export interface Finding {
  readonly fault: Fault;
  readonly told: string;
}

/** What happened in a run, and what was wrong with it: of each kind the first. */
export interface Outcome {
  readonly findings: readonly Finding[];
  readonly story: readonly string[];
}

const DISKS = 2;
const PES_OF_DISK = 4;
/** Sectors of a disk in front of its first PE, where LVM1 keeps its metadata. */
const PE_START = 3;
const CLIENTS = 3;
const REQUESTS = 8;
const MOVES = 4;
const KINDS = ['write', 'write-some', 'read', 'scan', 'sync'] as const;

/** How often each thing happened. */
export const emptyTally = () => ({ write: 0, read: 0, scan: 0, sync: 0, moved: 0, deferred: 0 });
export type Tally = ReturnType<typeof emptyTally>;

/**
 * @param patched with the driver that has Tweedie's ioctl
 * @returns what was found; throws what nothing explains
 */
export async function lvm1Run(
  seed: number,
  patched: boolean,
  tally = emptyTally(),
): Promise<Outcome> {
  const run = new Lvm1Run(seed, patched, tally);
  try {
    return await run.result();
  } catch (failure) {
    const told = failure instanceof Error ? failure.message : String(failure);
    const story = run.story.join('\n');
    throw new Error(`LVM1, seed ${seed}: ${told}\n${story}`, { cause: failure });
  }
}

class Lvm1Run {
  readonly story: string[] = [];
  private readonly scheduler = new SimScheduler(turn);
  private readonly random: Prng;
  private readonly peSize: Sectors;
  private readonly maxMicros: number;
  private readonly cache: BufferCache;
  private readonly driver: LvmDriver;
  private readonly witness: Witness;
  private readonly disks: readonly SeenDisk[];
  private readonly free: Pe[];
  private readonly volume: LogicalVolume;
  private readonly model: readonly SectorModel[];
  private readonly weights: Record<(typeof KINDS)[number], number>;
  /** Sectors in front of it go through the cache, the others past it (the journal, O_DIRECT). */
  private readonly border: number;
  private stamps: number;
  private readonly findings = new Map<Fault, string>();

  constructor(
    seed: number,
    private readonly patched: boolean,
    private readonly tally: Tally,
  ) {
    const random = new Prng(seed);
    this.random = random;
    this.peSize = sectors(random.pick([2, 4, 8]));
    this.maxMicros = random.pick([2, 20, 200]);
    this.weights = random.weights(KINDS);
    this.cache = new BufferCache(random.pick([3, 6, Infinity, Infinity]));
    this.witness = new Witness(this.peSize);
    this.driver = new LvmDriver(this.cache, {
      peSize: this.peSize,
      patched,
      tell: (event) => {
        this.story.push(wordsOf(event));
        this.witness.tell(event);
        if (event.kind === 'deferred') this.tally.deferred++;
      },
    });
    const stores = Array.from({ length: DISKS }, () => new SectorStore());
    this.disks = stores.map((store, index) => this.disk(`sd${'ab'[index] ?? ''}`, store));
    const places = this.disks.flatMap((device) => this.pesOf(device));
    this.free = [...places];
    const extents = 2 + random.below(2);
    const map = Array.from({ length: extents }, () => this.takeFree());
    this.stamps = 1000;
    for (const { device, start } of places) {
      const store = present(stores[this.disks.findIndex((one) => one === device)], 'its store');
      for (let at = 0; at < this.peSize; at++) store.write(start + at, stamped(++this.stamps, 1));
    }
    this.volume = this.driver.create('vol', map);
    this.model = Array.from({ length: this.volume.size }, (_, at) => {
      const { disk, sector } = this.place(at);
      return new SectorModel([...disk.stamps(sector, 1)]);
    });
    this.border = random.below(this.volume.size + 1);
  }

  async result(): Promise<Outcome> {
    const clients = Array.from({ length: CLIENTS }, () => this.client());
    const all = Promise.all([...clients, this.mover()]);
    all.catch(() => undefined);
    await this.scheduler.drain();
    if ((await fateOf(all)) === 'pending') this.stuck();
    else {
      await this.scheduler.until(this.cache.sync());
      await this.scheduler.drain();
      this.compare();
    }
    this.tally.moved += this.witness.moves;
    if (this.patched && this.witness.seen > 0) throw new Error('source and destination differ');
    const findings = [...this.findings].map(([fault, told]) => ({ fault, told }));
    return { findings, story: this.story };
  }

  private found(fault: Fault, told: string): void {
    if (!this.findings.has(fault)) this.findings.set(fault, told);
  }

  private disk(name: string, store: SectorStore): SeenDisk {
    const { scheduler, random, maxMicros, peSize } = this;
    const size = sectors(PE_START + PES_OF_DISK * peSize);
    return new SeenDisk(new RamDisk(name, size, store, { scheduler, random, maxMicros }), store);
  }

  private pesOf(device: SeenDisk): readonly Pe[] {
    return Array.from({ length: PES_OF_DISK }, (_, index) => ({
      device,
      start: sectors(PE_START + index * this.peSize),
    }));
  }

  /** Often the one that was left last: whatever is still under way there meets the next. */
  private takeFree(): Pe {
    const last = this.free.length - 1;
    const index = this.random.chance(50) ? last : this.random.below(last + 1);
    const [pe] = this.free.splice(index, 1);
    return present(pe, 'a free PE');
  }

  private async mover(): Promise<void> {
    const pvmove = new Pvmove(this.driver);
    for (let count = 0; count < MOVES; count++) {
      if (this.random.chance(70)) await this.pause(8);
      const from = this.random.pick(this.volume.map);
      const done = await pvmove.move(from, this.takeFree());
      if (!done.ok) throw new Error(`pvmove: ${done.error.code}`);
      // By hand nothing waits for what was under way on the old PE; whoever writes it next is late.
      if (!this.patched) await sleep(this.scheduler, this.maxMicros + 1, 'metadata');
      this.free.push(from);
    }
  }

  private async client(): Promise<void> {
    for (let count = 0; count < REQUESTS; count++) {
      await this.pause(4);
      const kind = this.random.weighted(this.weights);
      if (kind === 'scan') await this.scan();
      else if (kind === 'sync') await this.sync();
      else await this.transfer(kind === 'read');
    }
  }

  /** What a tool does that looks at a disk, and what an earlier pvmove has done. */
  private async scan(): Promise<void> {
    const disk = this.random.pick(this.disks);
    const start = this.random.below(disk.size);
    const count = 1 + this.random.below(disk.size - start);
    this.tally.scan++;
    await this.cache.read(disk, sectors(start), new Uint8Array(count * 512));
  }

  private async sync(): Promise<void> {
    this.tally.sync++;
    await this.cache.sync(this.random.chance(50) ? this.volume : undefined);
  }

  private async transfer(onlyRead: boolean): Promise<void> {
    const first = this.random.below(this.volume.size);
    const cached = first < this.border;
    const end = cached ? this.border : this.volume.size;
    const count = 1 + this.random.below(Math.min(8, end - first));
    const busy = this.model.slice(first, first + count).some(({ writing }) => writing);
    if (onlyRead || busy) await this.read(first, count, cached);
    else await this.write(first, count, cached);
  }

  private async write(first: number, count: number, cached: boolean): Promise<void> {
    const models = this.model.slice(first, first + count);
    const stamp = ++this.stamps;
    for (const model of models) model.startWrite(stamp);
    const data = stamped(stamp, count);
    const start = sectors(first);
    const how = cached ? 'cached' : 'direct';
    const named = `write of ${stamp} to ${count} sectors from ${first} on`;
    this.story.push(`${how} ${named}`);
    if (cached) await this.cache.write(this.volume, start, data);
    else check(await this.volume.submit({ op: 'write', start, data }));
    this.story.push(`acknowledged: ${named}`);
    for (const model of models) model.endWrite(this.scheduler.now, false);
    this.tally.write++;
  }

  private async read(first: number, count: number, cached: boolean): Promise<void> {
    const models = this.model.slice(first, first + count);
    const expected = models.map((model) => model.startRead());
    const data = new Uint8Array(count * 512);
    const start = sectors(first);
    if (cached) check(await this.cache.read(this.volume, start, data));
    else check(await this.volume.submit({ op: 'read', start, data }));
    const words = new Uint32Array(data.buffer);
    for (const [at, model] of models.entries()) {
      const allowed = present(expected[at], 'what may be read');
      model.endRead(allowed);
      this.compareSector(first + at, words[at * 128] ?? 0, allowed);
    }
    this.tally.read++;
  }

  /** What is on the disks once all is at rest. */
  private compare(): void {
    for (const [at, model] of this.model.entries()) {
      const { disk, sector } = this.place(at);
      this.compareSector(at, disk.stamps(sector, 1)[0] ?? 0, model.readable());
    }
  }

  private compareSector(at: number, found: number, allowed: ReadonlySet<number>): void {
    if (allowed.has(found)) return;
    const told = `sector ${at} holds ${found}, not ${[...allowed].join(' or ')}`;
    const { disk, sector } = this.place(at);
    const fault = this.witness.causeAt(disk, sector);
    if (!fault) throw new Error(told);
    this.found(fault, told);
  }

  /** Nothing is due any more, and somebody still waits. */
  private stuck(): void {
    const { dirty, written, limit } = this.cache.counts();
    const told = `pvmove waits for one of ${limit} buffers; ${dirty + written} wait for its lock`;
    if (dirty + written < limit - 1) throw new Error(told);
    this.found('deadlock', told);
  }

  private place(at: number): { readonly disk: SeenDisk; readonly sector: number } {
    const pe = present(this.volume.map[Math.floor(at / this.peSize)], 'a logical extent');
    const disk = present(
      this.disks.find((one) => one === pe.device),
      'its disk',
    );
    return { disk, sector: pe.start + (at % this.peSize) };
  }

  private pause(most: number): Promise<void> {
    return sleep(this.scheduler, this.random.below(most * this.maxMicros), 'pause');
  }
}

function check(done: IoResult): void {
  if (!done.ok) throw new Error(done.error.code);
}
