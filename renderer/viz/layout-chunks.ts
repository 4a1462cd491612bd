/** Where the chunks of an origin and of a store lie on the map of a snapshot, in pixels. */
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import { cellOfChunk, chunksOf, storeChunks } from './chunk-cells.ts';
import { cellsPerBand, LEFT, type RegionLayout } from './layout-regions.ts';

/** Rows of cells of the origin, and below them the store to scale. */
export interface ChunkLayout extends Pick<
  RegionLayout,
  'bands' | 'cellWidth' | 'laneHeight' | 'laneStep' | 'left' | 'width' | 'height'
> {
  /** One, so that a spot is found here as on a map with many. */
  readonly lanes: readonly ['origin'];
  /** The first chunk of every row, printed before it. */
  readonly numbers: readonly { readonly chunk: number; readonly y: number }[];
  readonly store: { readonly y: number; readonly height: number; readonly width: number };
  /** Pixels of a chunk of the store. */
  readonly perChunk: number;
}

const WIDEST = 26;
const LOWEST = 14;
const HIGHEST = 20;
const ROW_GAP = 2;
const HEAD = 18;
/** Between origin and store: room for what goes from one to the other. */
const BETWEEN = 62;
const STORE = 26;
/** Below the store: its numbers. */
const FOOT = 16;

export function layoutChunks(snapshot: SnapshotState, widthPx: number): ChunkLayout {
  const count = Math.max(1, snapshot.cells.length);
  const { perBand, cellWidth } = cellsPerBand(count, widthPx, WIDEST);
  const laneHeight = Math.min(HIGHEST, Math.max(LOWEST, cellWidth));
  const laneStep = laneHeight + ROW_GAP;
  const bands = Array.from({ length: Math.ceil(count / perBand) }, (_, row) => ({
    from: row * perBand,
    to: Math.min(count, (row + 1) * perBand),
    y: HEAD + row * laneStep,
  }));
  // As wide as the room, not as the cells: it has another scale of its own.
  const wide = Math.max(perBand * cellWidth, widthPx - LEFT);
  const y = HEAD + bands.length * laneStep + BETWEEN;
  return {
    lanes: ['origin'],
    bands,
    cellWidth,
    laneHeight,
    laneStep,
    left: LEFT,
    width: LEFT + wide,
    height: y + STORE + FOOT,
    numbers: bands.map(({ from, y: top }) => ({ chunk: chunksOf(snapshot, from)[0], y: top })),
    store: { y, height: STORE, width: wide },
    perChunk: wide / Math.max(1, storeChunks(snapshot)),
  };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of the cell that a chunk of the origin is in. */
export function originPoint(
  layout: ChunkLayout,
  snapshot: SnapshotState,
  oldChunk: number,
): Point | undefined {
  const cell = cellOfChunk(snapshot, oldChunk);
  const band = layout.bands.find(({ from, to }) => cell >= from && cell < to);
  return (
    band && {
      x: layout.left + (cell - band.from + 0.5) * layout.cellWidth - 0.5,
      y: band.y + layout.laneHeight / 2,
    }
  );
}

/** The upper edge of a chunk of the store, in its middle. */
export const storePoint = (layout: ChunkLayout, newChunk: number): Point => ({
  x: layout.left + Math.min(layout.store.width, (newChunk + 0.5) * layout.perChunk),
  y: layout.store.y,
});
