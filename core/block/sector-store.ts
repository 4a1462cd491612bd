import { SECTOR } from '../base/units.ts';

/** Sectors per chunk: small enough to stay sparse, large enough to be few. */
const CHUNK = 128;

/** A sparse row of sectors in memory; what was never written reads as zeroes. */
export class SectorStore {
  private readonly chunks = new Map<number, Uint8Array>();

  read(start: number, into: Uint8Array): void {
    this.eachPiece(start, into.length, (index, offset, at, length) => {
      const chunk = this.chunks.get(index);
      if (chunk) into.set(chunk.subarray(offset, offset + length), at);
      else into.fill(0, at, at + length);
    });
  }

  write(start: number, data: Uint8Array): void {
    this.eachPiece(start, data.length, (index, offset, at, length) => {
      const chunk = this.chunks.get(index) ?? new Uint8Array(CHUNK * SECTOR);
      chunk.set(data.subarray(at, at + length), offset);
      this.chunks.set(index, chunk);
    });
  }

  copy(): SectorStore {
    const copy = new SectorStore();
    for (const [index, chunk] of this.chunks) copy.chunks.set(index, chunk.slice());
    return copy;
  }

  private eachPiece(
    start: number,
    length: number,
    piece: (index: number, offset: number, at: number, length: number) => void,
  ): void {
    for (let at = 0; at < length;) {
      const sector = start + at / SECTOR;
      const index = Math.floor(sector / CHUNK);
      const offset = (sector % CHUNK) * SECTOR;
      const part = Math.min(length - at, CHUNK * SECTOR - offset);
      piece(index, offset, at, part);
      at += part;
    }
  }
}
