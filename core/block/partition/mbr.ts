/**
 * The table in the first sector of a disk, and the chain of logical partitions in an extended one:
 * what Linux makes of both (block/partitions/msdos.c). All numbers are little-endian.
 *
 * | bytes | what |
 * | --- | --- |
 * | 446 | four entries of 16: 0 boot flag, 4 type, 8 first sector, 12 sectors |
 * | 510 | 55 AA |
 */
import { view } from '../../base/bytes.ts';
import { sectors } from '../../base/units.ts';
import { readSectors, type BlockDevice } from '../device.ts';
import { HIGHEST_NUMBER, type PartitionOddity } from './types.ts';

const ENTRIES_AT = 446;
const ENTRY_SIZE = 16;
const SIGNATURE_AT = 510;
const SIGNATURE = 0xaa55;

/** A partition of this type stands for a GPT. */
export const PROTECTIVE = 0xee;
const EXTENDED: readonly number[] = [0x05, 0x0f, 0x85];
/** Room for a boot loader, and nothing else: what Linux lets be seen of an extended partition. */
const SHOWN_OF_EXTENDED = 2;
const FIRST_LOGICAL = 5;
/** Tables without a partition that Linux follows in a row. */
const EMPTY_LINKS = 100;
/** Tables in a chain altogether. No real one has more than a few dozen; each costs a read. */
const LINKS = 1000;

export interface MbrEntry {
  readonly bootFlag: number;
  readonly type: number;
  /** Counted from where the table says; 0 to 2^32 - 1 sectors, as the size. */
  readonly start: number;
  readonly size: number;
}

/** A partition as it stands in a table, not yet compared with the disk. */
export interface RawPartition {
  readonly number: number;
  readonly start: number;
  readonly size: number;
  readonly extended?: true;
}

/** The four entries; undefined where the sector has no signature. */
export function mbrEntries(sector: Uint8Array): readonly MbrEntry[] | undefined {
  const data = view(sector);
  if (data.getUint16(SIGNATURE_AT, true) !== SIGNATURE) return undefined;
  return [0, 1, 2, 3].map((index) => {
    const at = ENTRIES_AT + index * ENTRY_SIZE;
    return {
      bootFlag: data.getUint8(at),
      type: data.getUint8(at + 4),
      start: data.getUint32(at + 8, true),
      size: data.getUint32(at + 12, true),
    };
  });
}

/** The signature is also that of a boot sector: then something else stands where the flags are. */
export const flagsHold = (entries: readonly MbrEntry[]): boolean =>
  entries.every(({ bootFlag }) => (bootFlag & 0x7f) === 0);

const isExtended = ({ type, size }: MbrEntry): boolean => size > 0 && EXTENDED.includes(type);

/** What a table and its chains hold, in the order found. */
export interface RawTable {
  readonly found: readonly RawPartition[];
  readonly oddities: readonly PartitionOddity[];
}

/** @param entries of the disk's first sector */
export async function readMbr(
  device: BlockDevice,
  entries: readonly MbrEntry[],
): Promise<RawTable> {
  const found: RawPartition[] = [];
  const chains = new Chains(device);
  for (const [index, entry] of entries.entries()) {
    const { start, size } = entry;
    if (size === 0) continue;
    const number = index + 1;
    if (!isExtended(entry)) {
      found.push({ number, start, size });
      continue;
    }
    found.push({ number, start, size: Math.min(size, SHOWN_OF_EXTENDED), extended: true });
    await chains.follow(start, size);
  }
  return { found: [...found, ...chains.found], oddities: chains.oddities };
}

/** The logical partitions of all extended ones are counted through. */
class Chains {
  readonly found: RawPartition[] = [];
  readonly oddities: PartitionOddity[] = [];
  private readonly seen = new Set<number>();

  constructor(private readonly device: BlockDevice) {}

  /** @param first sector of the extended partition, from which its links are counted */
  async follow(first: number, size: number): Promise<void> {
    let [at, room, empty] = [first, size, 0];
    for (;;) {
      if (this.seen.has(at)) return this.tell({ kind: 'chain-loop', at });
      if (++empty > EMPTY_LINKS || this.seen.size >= LINKS) {
        return this.tell({ kind: 'chain-too-long' });
      }
      this.seen.add(at);
      const entries = await this.tableAt(at);
      if (!entries) return;
      const before = this.found.length;
      if (!this.take(entries, { at, room, first, size })) return this.tell({ kind: 'too-many' });
      if (this.found.length > before) empty = 0;
      const next = entries.find(isExtended);
      if (!next) return;
      [at, room] = [first + next.start, next.size];
    }
  }

  private async tableAt(at: number): Promise<readonly MbrEntry[] | undefined> {
    const inside = at < this.device.size;
    const sector = inside ? await readSectors(this.device, sectors(at), sectors(1)) : undefined;
    const entries = sector?.ok ? mbrEntries(sector.value) : undefined;
    if (!entries) this.tell({ kind: 'chain-unreadable', at });
    return entries;
  }

  /** @returns false where no number is left */
  private take(
    entries: readonly MbrEntry[],
    table: { at: number; room: number; first: number; size: number },
  ): boolean {
    for (const [index, entry] of entries.entries()) {
      if (entry.size === 0 || isExtended(entry)) continue;
      const start = table.at + entry.start;
      const end = start + entry.size;
      // The third and fourth are often garbage: they count only where they fit.
      const inTable = entry.start + entry.size <= table.room;
      const inAll = start >= table.first && end <= table.first + table.size;
      if (index >= 2 && !(inTable && inAll)) continue;
      const number = FIRST_LOGICAL + this.found.length;
      if (number > HIGHEST_NUMBER) return false;
      this.found.push({ number, start, size: entry.size });
    }
    return true;
  }

  private tell(oddity: PartitionOddity): void {
    this.oddities.push(oddity);
  }
}
