/** What each leg, and the log, has of each region of a mirror. */
import type { MirrorHealth, MirrorState } from '../../core/contract/mirrors.ts';

/**
 * Of a leg, in one cell of the map:
 * `clean` the same as on all legs; `dirty` written, and not yet marked clean; `only` the one leg
 * that has the data; `lacking` out of sync; `source` read to be copied; `target` being written by
 * the copy; `gone` the leg takes part no more. Of a log: `clean` or `dirty` is its mark for the
 * region; `gone` the log failed.
 */
export type CellKind = 'clean' | 'dirty' | 'only' | 'lacking' | 'source' | 'target' | 'gone';

/** A row of the map. */
export type Lane = { readonly kind: 'leg'; readonly leg: number } | { readonly kind: 'log' };

export const lanesOf = ({ legs }: MirrorState): readonly Lane[] => [
  ...legs.map((_, leg) => ({ kind: 'leg', leg }) as const),
  { kind: 'log' },
];

export function cellKind(mirror: MirrorState, lane: Lane, cell: number): CellKind {
  const letter = mirror.cells[cell] ?? 'n';
  if (lane.kind === 'log') return logCell(mirror, letter);
  const { leg } = lane;
  if (mirror.legs[leg]?.dropped) return 'gone';
  const primary = leg === mirror.primary;
  switch (letter) {
    case 'c':
      return 'clean';
    case 'd':
      return 'dirty';
    case 'r':
      return primary ? 'source' : 'target';
    default:
      return primary ? 'only' : 'lacking';
  }
}

/** A bit that is set says that a crash leaves nothing to copy (reference 6.2). */
function logCell({ log }: MirrorState, letter: string): CellKind {
  if (log.kind === 'disk' && hasFailed(log.health)) return 'gone';
  return letter === 'c' ? 'clean' : 'dirty';
}

export const hasFailed = (health: MirrorHealth): boolean => health !== 'A';

/** Regions of a cell: first and last. */
export function regionsOf(
  { perCell, regions }: MirrorState,
  cell: number,
): readonly [first: number, last: number] {
  const first = cell * perCell;
  return [first, Math.max(first, Math.min(regions, first + perCell) - 1)];
}

/** Sectors of the device that a cell stands for: first and last. */
export function sectorsOf(
  mirror: MirrorState,
  cell: number,
): readonly [first: number, last: number] {
  const [first, last] = regionsOf(mirror, cell);
  const { start, length, regionSize } = mirror;
  return [start + first * regionSize, start + Math.min(length, (last + 1) * regionSize) - 1];
}

/** The cell that a region is in. */
export const cellOfRegion = ({ perCell, cells }: MirrorState, region: number): number =>
  Math.min(cells.length - 1, Math.floor(region / perCell));

/** Cells in a row that have one letter. */
export interface CellRun {
  readonly letter: string;
  /** First and last cell. */
  readonly first: number;
  readonly last: number;
}

export function cellRuns(cells: string): readonly CellRun[] {
  const runs: CellRun[] = [];
  for (const match of cells.matchAll(/(.)\1*/g)) {
    const { index } = match;
    runs.push({ letter: match[1] ?? '', first: index, last: index + match[0].length - 1 });
  }
  return runs;
}

/** 0 to 1; a mirror without regions has nothing to sync. */
export const syncShare = ({ inSync, regions }: MirrorState): number =>
  regions === 0 ? 1 : inSync / regions;

/** As LVM prints Cpy%Sync, without decimals: 100 only when nothing is left. */
export const syncPercent = (mirror: MirrorState): number => Math.floor(100 * syncShare(mirror));
