import { SECTOR } from '../base/units.ts';

/** Sectors per chunk: small enough to stay sparse, large enough to be few. */
const CHUNK = 128;
const CHUNK_BYTES = CHUNK * SECTOR;

/** A sparse row of sectors in memory; what was never written reads as zeroes. */
export class SectorStore {
  private readonly chunks = new Map<number, Uint8Array>();

  /** @param start a sector; `into` is a whole number of sectors. */
  read(start: number, into: Uint8Array): void {
    for (let at = 0; at < into.length;) {
      const { index, offset, length } = piece(start, at, into.length);
      const chunk = this.chunks.get(index);
      if (chunk) into.set(chunk.subarray(offset, offset + length), at);
      else into.fill(0, at, at + length);
      at += length;
    }
  }

  /** Zeroes take no memory where nothing else was written before. */
  write(start: number, data: Uint8Array): void {
    for (let at = 0; at < data.length;) {
      const { index, offset, length } = piece(start, at, data.length);
      this.writePiece(index, offset, data.subarray(at, at + length));
      at += length;
    }
  }

  copy(): SectorStore {
    const copy = new SectorStore();
    for (const [index, chunk] of this.chunks) copy.chunks.set(index, chunk.slice());
    return copy;
  }

  /** Memory in use, in bytes. */
  get allocated(): number {
    return this.chunks.size * CHUNK_BYTES;
  }

  private writePiece(index: number, offset: number, data: Uint8Array): void {
    const chunk = this.chunks.get(index);
    if (chunk) {
      chunk.set(data, offset);
      return;
    }
    if (!hasContent(data)) return;
    const fresh = new Uint8Array(CHUNK_BYTES);
    fresh.set(data, offset);
    this.chunks.set(index, fresh);
  }
}

/** How much of a transfer, from byte `at` of it on, lies in one chunk, and where there. */
function piece(start: number, at: number, total: number) {
  const sector = start + at / SECTOR;
  const index = Math.floor(sector / CHUNK);
  const offset = (sector - index * CHUNK) * SECTOR;
  return { index, offset, length: Math.min(total - at, CHUNK_BYTES - offset) };
}

function hasContent(data: Uint8Array): boolean {
  for (const byte of data) if (byte !== 0) return true;
  return false;
}
