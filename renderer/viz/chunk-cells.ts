/** What a snapshot keeps of each part of its origin, and how full its store is. */
import type { SnapshotState } from '../../core/contract/snapshots.ts';

/**
 * Of a cell of the map: `shared`: nothing was written since, the snapshot reads the origin; `kept`:
 * some of its chunks are in the store; `copying` and `recording`: one is on its way there;
 * `merging`: one goes back.
 */
export type ChunkKind = 'shared' | 'kept' | 'copying' | 'recording' | 'merging';

/** Quarters of the exceptions by the order in which they came. */
export const AGES = 4;
/** 0: the oldest quarter, AGES - 1: the newest. */
export type Age = number;

/** Chunks of a cell: first and last. */
export function chunksOf(
  { perCell, chunks }: Pick<SnapshotState, 'perCell' | 'chunks'>,
  cell: number,
): readonly [first: number, last: number] {
  const first = cell * perCell;
  return [first, Math.max(first, Math.min(chunks, first + perCell) - 1)];
}

/** Sectors of the origin that a cell stands for: first and last. */
export function sectorsOfCell(
  snapshot: SnapshotState,
  cell: number,
): readonly [first: number, last: number] {
  const [first, last] = chunksOf(snapshot, cell);
  const { start, length, chunkSize } = snapshot;
  return [start + first * chunkSize, start + Math.min(length, (last + 1) * chunkSize) - 1];
}

/** The cell that a chunk is in. */
export const cellOfChunk = (
  { perCell, cells }: Pick<SnapshotState, 'perCell' | 'cells'>,
  chunk: number,
): number => Math.min(cells.length - 1, Math.floor(chunk / perCell));

/** Cells that a run of chunks is in: first and last. */
export const cellsOfRun = (
  snapshot: SnapshotState,
  { oldChunk, count }: { readonly oldChunk: number; readonly count: number },
): readonly [first: number, last: number] => [
  cellOfChunk(snapshot, oldChunk),
  cellOfChunk(snapshot, oldChunk + count - 1),
];

/** Cells in which something moves now, and what. */
export function movingCells(snapshot: SnapshotState): ReadonlyMap<number, ChunkKind> {
  const moving = new Map<number, ChunkKind>();
  const mark = (run: { oldChunk: number; count: number }, kind: ChunkKind): void => {
    const [first, last] = cellsOfRun(snapshot, run);
    for (let cell = first; cell <= last; cell++) moving.set(cell, kind);
  };
  for (const run of snapshot.underWay) mark(run, run.stage);
  if (snapshot.merging) mark(snapshot.merging, 'merging');
  return moving;
}

export const restingKind = ({ cells }: SnapshotState, cell: number): ChunkKind =>
  (cells[cell]?.kept ?? 0) > 0 ? 'kept' : 'shared';

/** Of the newest chunk that is kept; undefined: none is. */
export function ageOf({ cells, exceptions }: SnapshotState, cell: number): Age | undefined {
  const newest = cells[cell]?.newest;
  if (newest === undefined) return undefined;
  const share = (newest + 1) / Math.max(1, exceptions);
  return Math.min(AGES - 1, Math.max(0, Math.ceil(AGES * share) - 1));
}

/** 0 to 1: how much of a cell is kept. */
export function keptShare(snapshot: SnapshotState, cell: number): number {
  const [first, last] = chunksOf(snapshot, cell);
  return (snapshot.cells[cell]?.kept ?? 0) / (last - first + 1);
}

/** Cells in a row that have the same to say of them. */
export interface ChunkRun {
  readonly first: number;
  readonly last: number;
  readonly kind: ChunkKind;
  readonly age: Age | undefined;
  /** Chunks of all of them that are kept. */
  readonly kept: number;
}

export function chunkRuns(snapshot: SnapshotState): readonly ChunkRun[] {
  const moving = movingCells(snapshot);
  const runs: ChunkRun[] = [];
  for (const [cell, { kept }] of snapshot.cells.entries()) {
    const kind = moving.get(cell) ?? restingKind(snapshot, cell);
    const age = ageOf(snapshot, cell);
    const last = runs.at(-1);
    if (last?.kind === kind && last.age === age) {
      runs[runs.length - 1] = { ...last, last: cell, kept: last.kept + kept };
    } else runs.push({ first: cell, last: cell, kind, age, kept });
  }
  return runs;
}

/** A record of an exception, in bytes (reference 6.1); a sector has 512. */
const RECORD = 16;
const SECTOR = 512;

/** Chunks of a store that hold its header and its tables, up to a chunk; none of one in memory. */
export function metadataChunks(snapshot: SnapshotState, upTo: number): readonly number[] {
  if (snapshot.kind === 'N') return [];
  const perArea = (snapshot.chunkSize * SECTOR) / RECORD;
  const areas = Math.ceil(Math.max(0, upTo - 1) / (perArea + 1));
  return [0, ...Array.from({ length: areas }, (_, area) => 1 + area * (perArea + 1))];
}

export const storeChunks = ({ total, chunkSize }: SnapshotState): number =>
  Math.floor(total / chunkSize);

/** 0 to 100, as LVM has Data%: a store with nothing but its tables is empty. */
export function fillPercent({ allocated, metadata, total }: SnapshotState): number {
  if (allocated <= metadata || total === 0) return 0;
  return Math.min(100, (100 * allocated) / total);
}
