import { err, ok } from '../../base/result.ts';
import { SECTOR, type Sectors } from '../../base/units.ts';
import type { Random } from '../../env/prng.ts';
import { run } from '../allocation.ts';
import {
  changes,
  checkIo,
  ioFailure,
  ioSectors,
  type Allocation,
  type BlockDevice,
  type DataIo,
  type Io,
  type IoResult,
} from '../device.ts';
import type { SectorStore } from '../sector-store.ts';

/** What a power cut does to writes, zeros and discards that no flush has made durable. */
export type Loss =
  /** All of them survive. */
  | { readonly kind: 'none' }
  /** None of them survives. */
  | { readonly kind: 'all' }
  /** By chance each one survives, is lost, or is torn: some of its sectors survive. */
  | { readonly kind: 'torn'; readonly random: Random };

/** One supply for all disks of a machine: they lose power at the same instant. */
export class PowerSupply {
  /** Writes, zeros, discards and flushes that had power, over all disks. */
  seen = 0;
  off = false;

  /** @param cutAfter power goes once this many of them were accepted. */
  constructor(private readonly cutAfter = Number.POSITIVE_INFINITY) {}

  cut(): void {
    this.off = true;
  }

  /** `dying`: the request that is under way at the instant of the cut. Reads are not counted. */
  draw(op: Io['op']): 'on' | 'dying' | 'off' {
    if (this.off) return 'off';
    if (op === 'read') return 'on';
    if (this.seen >= this.cutAfter) {
      this.off = true;
      return 'dying';
    }
    this.seen++;
    return 'on';
  }
}

interface Unflushed {
  readonly start: number;
  /** Sectors. */
  readonly count: number;
  /** Absent: zeros. */
  readonly data?: Uint8Array;
  /** A flush speaks for no write that was still under way when it was submitted. */
  acknowledged: boolean;
}

/** A disk with a volatile write cache. Requests complete at once. */
export class PowerLossDisk implements BlockDevice {
  readonly readOnly = false;
  private cache: Unflushed[] = [];
  private readonly seenByReaders: SectorStore;

  constructor(
    readonly name: string,
    readonly size: Sectors,
    /** What is on the platters. */
    private readonly durable: SectorStore,
    private readonly supply: PowerSupply,
  ) {
    this.seenByReaders = durable.copy();
  }

  submit(io: Io): Promise<IoResult> {
    const refused = checkIo(this, io);
    if (refused) return Promise.resolve(err(refused));
    const power = this.supply.draw(io.op);
    if (power !== 'on') {
      if (power === 'dying' && io.op !== 'flush' && changes(io)) this.remember(io);
      return Promise.resolve(err(ioFailure(this.name, io, 'power is off')));
    }
    switch (io.op) {
      case 'read':
        this.seenByReaders.read(io.start, io.data);
        return Promise.resolve(ok());
      case 'flush':
        this.writeBack();
        return Promise.resolve(ok());
      case 'write':
      case 'zero':
      case 'discard':
        return this.change(io);
    }
  }

  allocation(start: Sectors, count: Sectors): Promise<readonly Allocation[]> {
    return Promise.resolve(this.seenByReaders.allocation(start, count));
  }

  /** What is on the platters when power comes back; each call with chance throws the dice anew. */
  afterCut(loss: Loss): SectorStore {
    const left = this.durable.copy();
    for (const write of this.cache) {
      const fate = loss.kind === 'torn' ? loss.random.below(3) : loss.kind === 'none' ? KEPT : LOST;
      if (fate === LOST) continue;
      if (fate === TORN && loss.kind === 'torn') tear(left, write, loss.random);
      else put(left, write);
    }
    return left;
  }

  private async change(io: DataIo): Promise<IoResult> {
    const entry = this.remember(io);
    // The caller hears of it a turn later; a flush submitted before that does not cover it.
    await Promise.resolve();
    entry.acknowledged = true;
    if ('fua' in io && io.fua) this.makeDurable([entry]);
    return ok();
  }

  private remember(io: DataIo): Unflushed {
    const data = 'data' in io ? { data: io.data.slice() } : {};
    const entry = { start: io.start, count: ioSectors(io), ...data, acknowledged: false };
    put(this.seenByReaders, entry);
    this.cache.push(entry);
    return entry;
  }

  private writeBack(): void {
    this.makeDurable(this.cache.filter(({ acknowledged }) => acknowledged));
  }

  /** Takes older writes to the same sectors along: they must not come back over younger ones. */
  private makeDurable(entries: readonly Unflushed[]): void {
    const wanted = new Set(entries);
    const goes: Unflushed[] = [];
    const stays: Unflushed[] = [];
    for (const one of this.cache.toReversed()) {
      const covered = wanted.has(one) || goes.some((younger) => overlap(younger, one));
      (covered ? goes : stays).push(one);
    }
    for (const one of goes.reverse()) put(this.durable, one);
    this.cache = stays.reverse();
  }
}

function overlap(a: Unflushed, b: Unflushed): boolean {
  return a.start < b.start + b.count && b.start < a.start + a.count;
}

type Change = Omit<Unflushed, 'acknowledged'>;

function put(store: SectorStore, { start, count, data }: Change): void {
  if (data) store.write(start, data);
  else store.clear(start, count);
}

/** Puts some of the sectors. Where zeros meet nothing there is nothing to tear. */
function tear(store: SectorStore, { start, count, data }: Unflushed, random: Random): void {
  const runs = data ? run(start, count, 'data') : store.allocation(start, count);
  for (const { start: from, count: length, kind } of runs) {
    if (kind === 'hole') continue;
    for (let at: number = from; at < from + length; at++) {
      if (random.below(2) === 0) continue;
      const piece = data?.subarray((at - start) * SECTOR, (at - start + 1) * SECTOR);
      put(store, { start: at, count: 1, ...(piece && { data: piece }) });
    }
  }
}

const LOST = 0;
const TORN = 1;
const KEPT = 2;
