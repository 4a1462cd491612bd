/**
 * One script of requests and changes on one random stack, for comparing two ways through
 * device-mapper. Nothing in it depends on the order of continuations: how long a disk takes and
 * what it refuses follow from the request alone.
 */
import { SECTOR, sectors } from '../../core/base/units.ts';
import { ioSectors, type BlockDevice, type Io, type IoResult } from '../../core/block/device.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { BadSectorDevice } from '../../core/block/wrap/bad-sectors.ts';
import { DeviceMapper } from '../../core/dm/device-mapper.ts';
import type { OpenDevice } from '../../core/dm/open-device.ts';
import type { TargetType } from '../../core/dm/target.ts';
import { ALL_TARGETS } from '../../core/dm/targets/index.ts';
import { Prng } from '../../core/env/prng.ts';
import { sleep, type Scheduler } from '../../core/env/scheduler.ts';
import { must } from '../support/results.ts';
import { stamped } from '../support/sectors.ts';
import { simulated } from '../support/sim.ts';

const DISKS = 3;
const DISK_SIZE = 256;
/** Sectors of most devices; all that stripes are made of divides it. */
const LENGTH = 96;
const DEVICES = 5;
const TIME = 6000;
const REQUESTS = 150;
const CHANGES = 40;

/** Everything that can be seen from outside. */
export interface TwinRun {
  /** With the time in front; what happens at one time is sorted. */
  readonly seen: readonly string[];
  /** What reached the disks, in order. */
  readonly disks: readonly string[];
  /** Requests that a target was asked to map. */
  readonly mapped: number;
  /** Requests that had to wait at a closed gate, and that failed. */
  readonly queued: number;
  readonly failed: number;
}

export function twinRun(seed: number, fastPath: boolean): Promise<TwinRun> {
  return simulated(seed, async ({ scheduler, random }) => {
    const twin = new Twin(scheduler, random, fastPath);
    await twin.build();
    await twin.play();
    return twin.result();
  });
}

class Twin {
  private readonly dm: DeviceMapper;
  private readonly names: string[] = [];
  private readonly handles: OpenDevice[] = [];
  private readonly seen: string[] = [];
  private readonly disks: string[] = [];
  private readonly rams: RamDisk[] = [];
  private mapped = 0;
  private queued = 0;
  private failed = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Prng,
    fastPath: boolean,
  ) {
    const targets = ALL_TARGETS.map((type) => this.counted(type));
    this.dm = new DeviceMapper((change) => this.see('event', change), {
      scheduler,
      targets,
      fastPath,
    });
  }

  async build(): Promise<void> {
    for (let index = 0; index < DISKS; index++) {
      const ram = new RamDisk(`sd${index}`, sectors(DISK_SIZE));
      this.rams.push(ram);
      const [start, count] = [sectors(this.random.below(DISK_SIZE - 9)), sectors(5)];
      const onWrite = this.random.pick(['fail', 'heal'] as const);
      const bad = this.random.chance(50) ? [{ start, count, onWrite }] : [];
      const slow = this.slow(new BadSectorDevice(ram, bad));
      must(this.dm.attachDisk(`/dev/sd${index}`, `8:${16 * index}`, slow));
    }
    for (let index = 0; index < DEVICES; index++) {
      const name = `dev${index}`;
      must(this.dm.create(name, ''));
      must(this.dm.load(name, this.table(index, LENGTH), this.random.chance(5)));
      must(await this.dm.resume(name));
      this.names.push(name);
      this.handles.push(must(this.dm.open(name)));
    }
  }

  async play(): Promise<void> {
    const all: Promise<void>[] = [];
    for (let number = 1; number <= REQUESTS; number++) all.push(this.request(number));
    for (let number = 1; number <= CHANGES; number++) all.push(this.change(number));
    all.push(this.watch(), this.settle());
    await Promise.all(all);
  }

  async result(): Promise<TwinRun> {
    for (const ram of this.rams) {
      const data = new Uint8Array(DISK_SIZE * SECTOR);
      await ram.submit({ op: 'read', start: sectors(0), data });
      this.see('holds', digest(data));
    }
    const { disks, mapped, queued, failed } = this;
    return { seen: this.seen.toSorted(), disks, mapped, queued, failed };
  }

  /** Lines for a device, on disks and devices before it: mostly what only places requests. */
  private table(index: number, length: number): readonly string[] {
    const lines: string[] = [];
    for (let at = 0; at < length;) {
      const count = Math.min(length - at, this.random.pick([8, 16, 24, 48, LENGTH]));
      lines.push(`${at} ${count} ${this.target(index, count)}`);
      at += count;
    }
    return lines;
  }

  private target(index: number, count: number): string {
    const kind = this.random.below(20);
    if (kind === 0) return 'zero';
    if (kind === 1) return 'error';
    if (kind === 2) return `delay ${this.lower(index, count)} ${this.random.below(3)}`;
    if (kind === 3) return `flakey ${this.lower(index, count)} 1 1`;
    if (kind > 8) return `linear ${this.lower(index, count)}`;
    const stripes = this.random.pick([1, 2, 4]);
    const legs = Array.from({ length: stripes }, () => this.lower(index, count / stripes));
    return `striped ${stripes} ${this.random.pick([1, 2])} ${legs.join(' ')}`;
  }

  private lower(index: number, count: number): string {
    if (index > 0 && this.random.chance(75)) {
      const below = this.names[this.random.below(index)] ?? '';
      return `${below} ${this.random.below(LENGTH - count + 1)}`;
    }
    return `8:${16 * this.random.below(DISKS)} ${this.random.below(DISK_SIZE - count + 1)}`;
  }

  private async request(number: number): Promise<void> {
    const own = new Prng(number * 7919 + this.random.below(1e6));
    await this.until(own.below(TIME));
    const index = own.below(DEVICES);
    const start = sectors(own.below(LENGTH));
    const data = stamped(number, 1 + own.below(own.chance(50) ? 4 : 40));
    const op = own.pick(['read', 'read', 'write', 'write', 'zero', 'discard', 'flush'] as const);
    const fua = own.chance(20);
    const count = sectors(data.length / SECTOR);
    const io: Io =
      op === 'zero' || op === 'discard' ? { op, start, count } : { op, start, data, fua };
    const before = this.waiting();
    const pending = this.handles[index]?.submit(io);
    if (this.waiting() > before) this.queued++;
    const done = await pending;
    if (done?.ok !== true) this.failed++;
    this.see(`request ${number} to ${index}`, done, op === 'read' ? digest(data) : '');
  }

  private waiting(): number {
    return this.dm.list().reduce((sum, { queued }) => sum + queued, 0);
  }

  private async change(number: number): Promise<void> {
    const own = new Prng(number * 104_729 + this.random.below(1e6));
    const index = own.below(DEVICES);
    const longer = own.pick([LENGTH, LENGTH, LENGTH - 8, LENGTH + 8]);
    const table = this.table(index, longer);
    await this.until(own.below(TIME));
    const name = this.names[index] ?? '';
    const how = { inFlight: own.pick(['drain', 'hold'] as const), freeze: own.chance(50) };
    this.see(`change ${number} begins at ${index}`, how);
    switch (own.below(4)) {
      case 0:
        this.see(`suspended ${number}`, await this.dm.suspend(name, how));
        await this.until(own.below(900));
        break;
      case 1:
        this.see(`loaded ${number}`, this.dm.load(name, table, own.chance(5)));
        break;
      case 2:
        this.see(`renamed ${number}`, this.dm.rename(name, (this.names[index] = `n${number}`)));
        return;
      case 3:
        this.see(`cleared ${number}`, this.dm.clear(name));
    }
    const resumed = await this.dm.resume(this.names[index] ?? '');
    this.see(`resumed ${number}`, resumed);
  }

  /** What the devices tell about themselves, again and again. */
  private async watch(): Promise<void> {
    for (let time = 0; time < TIME; time += 50) {
      await sleep(this.scheduler, 50, 'watch');
      for (const state of this.dm.list()) this.see('state', state);
    }
  }

  /** A device that waits for one below goes on when that one does. */
  private async settle(): Promise<void> {
    await this.until(2 * TIME);
    for (let round = 0; round < DEVICES + 1; round++) {
      for (const name of [...this.names]) void this.dm.resume(name);
      await sleep(this.scheduler, 10_000, 'settle');
    }
    for (const { inFlight, queued, suspended } of this.dm.list()) {
      this.see('at rest', { inFlight, queued, suspended });
    }
  }

  private until(micros: number): Promise<void> {
    return sleep(this.scheduler, micros, 'script');
  }

  private see(what: string, value: unknown, more = ''): void {
    const time = String(this.scheduler.now).padStart(8, '0');
    this.seen.push(`${time} ${what} ${JSON.stringify(value)} ${more}`);
  }

  private counted(type: TargetType): TargetType {
    const construct: TargetType['construct'] = (args, host) => {
      const built = type.construct(args, host);
      if (!built.ok) return built;
      const { map } = built.value;
      return {
        ok: true,
        value: {
          ...built.value,
          map: (io) => {
            this.mapped++;
            return map(io);
          },
        },
      };
    };
    return { ...type, construct };
  }

  /** Takes 1 to 300 microseconds, which follow from the request. */
  private slow(below: BlockDevice): BlockDevice {
    const submit = async (io: Io): Promise<IoResult> => {
      const place = io.op === 'flush' ? 0 : 1 + io.start * 64 + ioSectors(io);
      this.disks.push(`${this.scheduler.now} ${below.name} ${io.op} ${place}`);
      await sleep(this.scheduler, 1 + ((place * 48_271) % 300), 'disk');
      return below.submit(io);
    };
    return { name: below.name, size: below.size, readOnly: false, submit };
  }
}

/** Stamps of a whole buffer in few characters. */
function digest(data: Uint8Array): string {
  let hash = 0;
  for (const word of new Uint32Array(data.buffer)) hash = (hash * 31 + word) % 2 ** 32;
  return hash.toString(16);
}
