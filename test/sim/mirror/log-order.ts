/**
 * What a mirror with a log on disk owes to who opens it after a crash, seen at its disks request by
 * request: nothing is written to a leg while the log on its platter may call the region clean, and
 * no region is called clean before what was written to it is safe on every leg.
 */
import { BITMAP } from '../../../core/dm/mirror/disk-log.ts';
import { changes, ioSectors, type Io } from '../../../core/block/device.ts';
import { SKEW } from './disks.ts';
import type { Setup } from './setup.ts';

/** Versions of the log that may be on the platter. */
interface LogDisk {
  /** Of sector 1024 bytes on; a later one replaces it once it is safe. */
  possible: { readonly bits: Uint8Array; ended?: number }[];
}

interface Leg {
  /** Writes that have not ended, by region. */
  readonly running: Map<number, number>;
  /** When the last write of a region ended that no flush has covered yet. */
  readonly unsafe: Map<number, number>;
}

interface World {
  /** Without power nothing reaches a platter. */
  readonly isOff: boolean;
  /** What is written is on the platter of this disk already. */
  has(disk: number, io: Io): boolean;
}

const has = (bits: Uint8Array, region: number): boolean =>
  (((bits[region >> 3] ?? 0) >> (region & 7)) & 1) === 1;

export class LogOrder {
  private readonly logs = new Map<number, LogDisk>();
  private readonly legs = new Map<number, Leg>();
  private time = 0;
  /** Writes that were looked at, and regions that were called clean. */
  checked = 0;
  cleaned = 0;
  /** The first that was wrong. */
  fault: string | undefined;

  /** @param bits of the log on its platter, if there is one */
  constructor(
    private readonly setup: Setup,
    private readonly world: World,
    bits?: Uint8Array,
  ) {
    const { log } = setup;
    if (log !== undefined && bits) this.logs.set(log, { possible: [{ bits, ended: 0 }] });
  }

  /** A single leg has no regions. */
  private get log(): number | undefined {
    return this.setup.legs.length > 1 ? this.setup.log : undefined;
  }

  /** @returns what is to be called when the request has ended */
  began(disk: number, io: Io): (ok: boolean) => void {
    const time = ++this.time;
    const { legs } = this.setup;
    const { log } = this;
    if (io.op === 'flush') return (ok) => ok && this.flushed(disk, time);
    if (!changes(io)) return () => undefined;
    if (disk === log && io.op === 'write' && io.start === 0) return this.logging(disk, io);
    return legs.includes(disk) ? this.writing(disk, io) : () => undefined;
  }

  private flushed(disk: number, began: number): void {
    const { unsafe } = this.leg(disk);
    for (const [region, ended] of unsafe) if (ended < began) unsafe.delete(region);
    const log = this.logs.get(disk);
    const last = log?.possible.findLastIndex(({ ended = Infinity }) => ended < began) ?? -1;
    if (log && last > 0) log.possible.splice(0, last);
  }

  private logging(disk: number, io: Extract<Io, { op: 'write' }>): (ok: boolean) => void {
    const log = this.logs.get(disk) ?? { possible: [] };
    this.logs.set(disk, log);
    const version: LogDisk['possible'][number] = { bits: io.data.slice(BITMAP) };
    const before = log.possible.at(-1);
    // The first version of a table says what somebody said of the mirror.
    if (before && !this.setup.isNew) this.checkClean(before.bits, version.bits);
    log.possible.push(version);
    return (ok) => {
      if (!ok) return;
      version.ended = ++this.time;
      if (io.fua) log.possible.splice(0, log.possible.indexOf(version));
    };
  }

  private checkClean(before: Uint8Array, now: Uint8Array): void {
    for (let region = 0; region < now.length * 8; region++) {
      if (!has(now, region) || has(before, region)) continue;
      this.cleaned++;
      for (const disk of this.setup.legs) {
        const { running, unsafe } = this.leg(disk);
        if (running.has(region)) this.blame(`region ${region} is clean, and written on ${disk}`);
        if (unsafe.has(region)) this.blame(`region ${region} is clean, and not safe on ${disk}`);
      }
    }
  }

  private writing(disk: number, io: Exclude<Io, { op: 'flush' }>): (ok: boolean) => void {
    const { regionSize } = this.setup;
    const { log } = this;
    const first = Math.floor((io.start - SKEW) / regionSize);
    const last = Math.floor((io.start - SKEW + ioSectors(io) - 1) / regionSize);
    const regions = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const { running, unsafe } = this.leg(disk);
    // Whoever opens a mirror whose log could not be told what it is about has to say it once more;
    // and to copy what a leg has already spoils nothing.
    const counts = log !== undefined && !this.setup.isNew && !this.world.has(disk, io);
    const versions = counts ? (this.logs.get(log)?.possible ?? []) : [];
    for (const region of regions) {
      this.checked++;
      if (versions.some(({ bits }) => has(bits, region))) {
        this.blame(`region ${region} is written on ${disk}, and the log may call it clean`);
      }
      running.set(region, (running.get(region) ?? 0) + 1);
    }
    return () => {
      const ended = ++this.time;
      for (const region of regions) {
        const left = (running.get(region) ?? 1) - 1;
        if (left > 0) running.set(region, left);
        else running.delete(region);
        if (!(io.op === 'write' && io.fua)) unsafe.set(region, ended);
      }
    };
  }

  private blame(why: string): void {
    if (!this.world.isOff) this.fault ??= why;
  }

  private leg(disk: number): Leg {
    const known = this.legs.get(disk) ?? { running: new Map(), unsafe: new Map() };
    this.legs.set(disk, known);
    return known;
  }
}
