/** A mirror's state, for a screen. */
import { sectors } from '../../base/units.ts';
import type { MirrorLogState } from '../../contract/mirrors.ts';
import type { MirrorTargetState } from '../target.ts';
import type { MirrorSet } from './mirror-set.ts';

/** Cells of a map at most. */
const CELLS = 1024;
/** The least urgent first. */
const URGENCY = ['clean', 'nosync', 'dirty', 'recovering'] as const;
const LETTERS = 'cndr';

export function stateOf(set: MirrorSet, log: MirrorLogState): MirrorTargetState {
  const { count, syncCount } = set.log;
  const perCell = Math.ceil(count / CELLS);
  const met = set.met.state;
  return {
    regionSize: sectors(set.regionSize),
    regions: count,
    inSync: syncCount,
    legs: set.legs.all.map((leg) => leg.state()),
    primary: set.legs.primary,
    log,
    cells: cellsOf(set, perCell),
    perCell,
    ...(set.reader.last ? { lastRead: set.reader.last } : {}),
    ...(met ? { met } : {}),
    held: set.heldCount,
  };
}

function cellsOf({ log, regions }: MirrorSet, perCell: number): string {
  const cells = new Uint8Array(Math.ceil(log.count / perCell));
  for (let at = log.nextOutOfSync(0); at < log.count;) {
    const cell = Math.floor(at / perCell);
    cells[cell] = 1;
    at = log.nextOutOfSync((cell + 1) * perCell);
  }
  for (const [region, state] of regions.unusual()) {
    const cell = Math.floor(region / perCell);
    cells[cell] = Math.max(cells[cell] ?? 0, URGENCY.indexOf(state));
  }
  return Array.from(cells, (urgency) => LETTERS[urgency] ?? '').join('');
}
