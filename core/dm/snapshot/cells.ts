/** How much of each part of an origin is kept, counted along as exceptions come and go. */
import type { SnapshotCell } from '../../contract/snapshots.ts';

/** More than a screen has room for. */
const MOST = 1024;

export class ExceptionCells {
  readonly perCell: number;
  private readonly kept: Uint32Array;
  private readonly newest: Float64Array;

  /** @param chunks of the origin, 1 or more */
  constructor(readonly chunks: number) {
    this.perCell = Math.ceil(chunks / MOST);
    const cells = Math.ceil(chunks / this.perCell);
    this.kept = new Uint32Array(cells);
    this.newest = new Float64Array(cells);
  }

  /** @param row how many there were before it */
  added(oldChunk: number, row: number): void {
    const cell = this.cellOf(oldChunk);
    // A spoilt store may keep chunks that the origin does not have.
    if (cell >= this.kept.length) return;
    this.kept[cell] = (this.kept[cell] ?? 0) + 1;
    this.newest[cell] = row;
  }

  /** @param row its own: those that are left are older */
  removed(oldChunk: number, row: number): void {
    const cell = this.cellOf(oldChunk);
    if (cell >= this.kept.length) return;
    this.kept[cell] = (this.kept[cell] ?? 0) - 1;
    this.newest[cell] = Math.min(this.newest[cell] ?? 0, Math.max(0, row - 1));
  }

  list(): readonly SnapshotCell[] {
    return Array.from(this.kept, (kept, index) =>
      kept === 0 ? { kept } : { kept, newest: this.newest[index] ?? 0 },
    );
  }

  private cellOf(oldChunk: number): number {
    return Math.floor(oldChunk / this.perCell);
  }
}
