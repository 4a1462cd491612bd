/** Where a server stores nothing, as it tells by `base:allocation`. */
import { SECTOR, sectors, type Sectors } from '../../base/units.ts';
import { AllocationList, run } from '../../block/allocation.ts';
import type { Allocation } from '../../block/device.ts';
import { ALLOCATION } from '../protocol.ts';
import type { StatusRun } from './connection.ts';

/** Sectors of one question. */
const STEP = 2 ** 18;

/** @returns nothing where there is no answer */
export type AskStatus = (start: Sectors, count: Sectors) => Promise<readonly StatusRun[]>;

/** @param block sectors that questions begin and end at */
export async function allocationBy(
  ask: AskStatus,
  block: number,
  start: Sectors,
  count: Sectors,
): Promise<readonly Allocation[]> {
  const end = start + count;
  const list = new AllocationList(start);
  for (let at: number = start; at < end;) {
    const from = at - (at % block);
    const asked = Math.min(end - from, STEP);
    const runs = await ask(sectors(from), sectors(Math.ceil(asked / block) * block));
    const told = addRuns(list, runs, { from, at, end });
    // A server that has nothing to say about a sector would be asked for ever.
    if (told <= at) return [...list.all, ...run(at, end - at, 'data')];
    at = told;
  }
  return list.all;
}

/** @returns up to where the runs reach, in whole sectors */
function addRuns(
  list: AllocationList,
  runs: readonly StatusRun[],
  { from, at, end }: { readonly from: number; readonly at: number; readonly end: number },
): number {
  let byte = from * SECTOR;
  let reached = at;
  for (const { length, flags } of runs) {
    const first = Math.ceil(byte / SECTOR);
    byte += length;
    const last = Math.min(Math.floor(byte / SECTOR), end);
    const hole = (flags & HOLE) === HOLE;
    // A sector that is in two runs is data.
    if (first > reached) list.addUpTo(Math.min(first, end), 'data');
    const begin = Math.max(first, reached);
    if (last > begin) {
      list.addUpTo(begin, 'data');
      list.addUpTo(last, hole ? 'hole' : 'data');
    }
    reached = Math.max(reached, Math.min(first, end), last);
    if (reached >= end) break;
  }
  return reached;
}

const HOLE = ALLOCATION.hole | ALLOCATION.zero;
