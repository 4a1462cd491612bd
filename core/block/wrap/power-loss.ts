import { err, ok } from '../../base/result.ts';
import { SECTOR, type Sectors } from '../../base/units.ts';
import type { Random } from '../../env/prng.ts';
import { checkIo, type BlockDevice, type Io, type IoResult } from '../device.ts';
import type { SectorStore } from '../sector-store.ts';

/** What a power cut does to writes that no flush has made durable. */
export type Loss =
  /** All of them survive. */
  | { readonly kind: 'none' }
  /** None of them survives. */
  | { readonly kind: 'all' }
  /** Each sector of each write survives or not, by chance: writes are lost and torn. */
  | { readonly kind: 'torn'; readonly random: Random };

/** One supply for all disks of a machine: they lose power at the same instant. */
export class PowerSupply {
  /** Writes and flushes seen so far, over all disks. */
  seen = 0;
  off = false;

  /** @param cutAfter power goes once this many writes and flushes were accepted. */
  constructor(private readonly cutAfter = Number.POSITIVE_INFINITY) {}

  /** Counts one write or flush; answers whether there is power for it. */
  draw(): boolean {
    if (this.seen >= this.cutAfter) this.off = true;
    if (!this.off) this.seen++;
    return !this.off;
  }
}

interface Unflushed {
  readonly start: number;
  readonly data: Uint8Array;
}

/** A disk with a volatile write cache. */
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
    const powered = io.op === 'read' ? !this.supply.off : this.supply.draw();
    if (!powered) {
      const why = 'power is off';
      return Promise.resolve(err({ code: 'io-failed', device: this.name, op: io.op, why }));
    }
    if (io.op === 'read') this.seenByReaders.read(io.start, io.data);
    if (io.op === 'flush') this.writeBack();
    if (io.op === 'write') this.write(io.start, io.data, io.fua === true);
    return Promise.resolve(ok());
  }

  /** What is on the platters when power comes back. */
  afterCut(loss: Loss): SectorStore {
    const left = this.durable.copy();
    for (const write of this.cache) {
      for (let at = 0; at < write.data.length; at += SECTOR) {
        const survives = loss.kind === 'torn' ? loss.random.below(2) === 0 : loss.kind === 'none';
        if (survives) left.write(write.start + at / SECTOR, write.data.subarray(at, at + SECTOR));
      }
    }
    return left;
  }

  private write(start: number, data: Uint8Array, fua: boolean): void {
    const copy = data.slice();
    this.seenByReaders.write(start, copy);
    if (fua) this.durable.write(start, copy);
    else this.cache.push({ start, data: copy });
  }

  private writeBack(): void {
    for (const { start, data } of this.cache) this.durable.write(start, data);
    this.cache = [];
  }
}
