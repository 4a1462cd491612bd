/** The exceptions of an EVMS snapshot in memory, and sector by sector as they go to the store. */
import { err, ok, type Result } from '../../base/result.ts';
import { view } from '../../base/bytes.ts';
import { SECTOR } from '../../base/units.ts';
import { ENTRIES } from './layout.ts';

const WORD = BigUint64Array.BYTES_PER_ELEMENT;

export class ExceptionTable {
  /** Index of the entry by chunk of the original. */
  private readonly byChunk = new Map<number, number>();
  /** The chunk by index; undefined: taken, but not to be written out yet, or never used. */
  private readonly recorded: (number | undefined)[] = [];
  private next = 0;

  /** @param chunks copies that the store has room for */
  constructor(readonly chunks: number) {}

  get used(): number {
    return this.next;
  }

  find(chunk: number): number | undefined {
    return this.byChunk.get(chunk);
  }

  /** The next entry; undefined: the store is full. It is not on record yet. */
  take(): number | undefined {
    return this.next < this.chunks ? this.next++ : undefined;
  }

  /** From now on the entry is written out with its sector. */
  record(index: number, chunk: number): void {
    this.byChunk.set(chunk, index);
    this.recorded[index] = chunk;
  }

  /** Whether no more entries go to the sector of this one. */
  endsSector(index: number): boolean {
    return index % ENTRIES === ENTRIES - 1;
  }

  /** Entries on record in a sector of the table. */
  entriesIn(sector: number): number {
    const first = sector * ENTRIES;
    return this.recorded.slice(first, first + ENTRIES).filter((chunk) => chunk !== undefined)
      .length;
  }

  bytesOf(sector: number): Uint8Array {
    const data = new Uint8Array(SECTOR);
    const words = view(data);
    for (let at = 0; at < ENTRIES; at++) {
      const chunk = this.recorded[sector * ENTRIES + at];
      if (chunk !== undefined) words.setBigUint64(at * WORD, BigInt(chunk) + 1n, true);
    }
    return data;
  }

  /**
   * Takes up what a store says. Entries may be missing anywhere; no later one uses their place.
   * @param originalChunks chunks of the original
   * @returns the index of an entry that cannot be
   */
  load(data: Uint8Array, originalChunks: number): Result<void, number> {
    const words = view(data);
    for (let index = 0; index * WORD < data.length; index++) {
      const entry = words.getBigUint64(index * WORD, true);
      if (entry === 0n) continue;
      const chunk = Number(entry - 1n);
      const fits = index < this.chunks && chunk < originalChunks && !this.byChunk.has(chunk);
      if (!fits) return err(index);
      this.record(index, chunk);
      this.next = index + 1;
    }
    return ok();
  }
}
