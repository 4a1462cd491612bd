/** The header and the log of a sandbox's file: which chunks it holds, durably. */
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { readSectors, writeSectors, flush, type BlockDevice, type IoResult } from '../device.ts';
import type { IoError } from '../device.ts';
import {
  HEADER_SECTORS,
  LOG_START,
  PER_RECORD,
  buildHeader,
  buildRecord,
  chunkCount,
  overlaySize,
  parseHeader,
  parseRecord,
  type OverlayHeader,
} from './format.ts';

/** A file that is no sandbox, or not the one of this image. */
export interface OverlayDamage {
  readonly code: 'overlay-damaged';
  /** A clause without a full stop. */
  readonly why: string;
}

/** Sectors of the log that are read at a time. */
const BATCH = 256;

export class Journal {
  /** Where the next record goes. */
  private tail = 0;
  /** Checksum of the newest record. */
  private newest = 0;
  /** Records of this opening carry a generation of their own. */
  private begun = false;

  private constructor(
    private readonly store: BlockDevice,
    private head: OverlayHeader,
  ) {}

  get header(): OverlayHeader {
    return this.head;
  }

  /** Begins an empty sandbox in a file of zeroes. Durable when it returns. */
  static async create(store: BlockDevice, size: Sectors, stamp: string): Promise<IoResult> {
    const header = { generation: 1, size, state: 'open', stamp } as const;
    const written = await writeSectors(store, sectors(1), buildHeader(header));
    return written.ok ? flush(store) : written;
  }

  /** @returns the journal and the chunks that the file holds */
  static async open(
    store: BlockDevice,
    size: Sectors,
  ): Promise<Result<{ journal: Journal; chunks: Set<number> }, OverlayDamage | IoError>> {
    if (store.size < HEADER_SECTORS) return damaged('it is too short');
    const read = await readSectors(store, sectors(0), sectors(HEADER_SECTORS));
    if (!read.ok) return read;
    const header = newestHeader(read.value);
    if (typeof header === 'string') return damaged(header);
    if (header.size !== size) {
      return damaged(`it is of an image of ${header.size} sectors, not ${size}`);
    }
    if (store.size < overlaySize(size)) return damaged('it is too short');
    const journal = new Journal(store, header);
    const chunks = await journal.replay();
    return chunks.ok ? ok({ journal, chunks: chunks.value }) : chunks;
  }

  /** Changes the header. The old one stays until the new one is whole. */
  async update(change: Partial<Pick<OverlayHeader, 'state' | 'stamp'>>): Promise<IoResult> {
    const next = { ...this.head, ...change, generation: this.head.generation + 1 };
    const start = sectors(next.generation % HEADER_SECTORS);
    const written = await writeSectors(this.store, start, buildHeader(next));
    const flushed = written.ok ? await flush(this.store) : written;
    if (flushed.ok) this.head = next;
    return flushed;
  }

  /** Adds chunks to the log. Their data must be durable; they are in the log when it returns. */
  async append(chunks: readonly number[]): Promise<IoResult> {
    if (!this.begun) {
      const updated = await this.update({});
      if (!updated.ok) return updated;
      this.begun = true;
    }
    const data = new Uint8Array(Math.ceil(chunks.length / PER_RECORD) * SECTOR);
    let before = this.newest;
    for (let at = 0; at * PER_RECORD < chunks.length; at++) {
      const some = chunks.slice(at * PER_RECORD, (at + 1) * PER_RECORD);
      const { generation } = this.head;
      const record = buildRecord({ before, generation, chunks: some });
      before = new DataView(record.buffer).getUint32(0, true);
      data.set(record, at * SECTOR);
    }
    const written = await writeSectors(this.store, sectors(LOG_START + this.tail), data);
    const flushed = written.ok ? await flush(this.store) : written;
    if (flushed.ok) {
      this.tail += data.length / SECTOR;
      this.newest = before;
    }
    return flushed;
  }

  private async replay(): Promise<Result<Set<number>, IoError>> {
    const chunks = new Set<number>();
    const all = chunkCount(this.head.size);
    let generation = 0;
    while (this.tail < all) {
      const count = Math.min(BATCH, all - this.tail);
      const read = await readSectors(this.store, sectors(LOG_START + this.tail), sectors(count));
      if (!read.ok) return read;
      for (let at = 0; at < count; at++) {
        const record = parseRecord(read.value.subarray(at * SECTOR, (at + 1) * SECTOR), all);
        const follows = record?.before === this.newest && record.generation >= generation;
        if (!record || !follows) return ok(chunks);
        for (const chunk of record.chunks) chunks.add(chunk);
        generation = record.generation;
        this.newest = record.checksum;
        this.tail++;
      }
    }
    return ok(chunks);
  }
}

/** The newer of the sound ones, or what is wrong. */
function newestHeader(pair: Uint8Array): OverlayHeader | string {
  const both = [parseHeader(pair.subarray(0, SECTOR)), parseHeader(pair.subarray(SECTOR))];
  const sound = both.filter((one) => typeof one !== 'string');
  const [newest] = sound.sort((a, b) => b.generation - a.generation);
  // The second is the one that every file has had from the start.
  return newest ?? both[1] ?? 'it has no header';
}

const damaged = (why: string) => err({ code: 'overlay-damaged', why } as const);
