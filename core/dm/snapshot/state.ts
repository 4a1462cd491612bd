/** A snapshot as a screen draws it. */
import type { SnapshotTargetState } from '../target.ts';
import type { Snapshot } from './snapshot.ts';

/** Of what came last, and of what is under way: as many as can be told apart. */
const MOST = 16;

export function stateOf(
  snapshot: Snapshot,
): Omit<SnapshotTargetState, 'role' | 'origin' | 'store' | 'condition'> {
  const { store, exceptions, cells, pending } = snapshot;
  const { count } = exceptions;
  const newest = Math.min(MOST, count);
  return {
    kind: store.kind,
    chunkSize: store.chunkSize,
    ...store.usage(),
    exceptions: count,
    chunks: cells.chunks,
    cells: cells.list(),
    perCell: cells.perCell,
    recent: Array.from({ length: newest }, (_, back) => exceptions.at(count - 1 - back)),
    underWay: pending
      .list(MOST)
      .map(({ oldChunk, newChunk, count, stage }) => ({ oldChunk, newChunk, count, stage })),
  };
}
