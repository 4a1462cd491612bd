/** What of a mapped device is a hole, as the devices below tell it. */
import { must } from '../base/assert.ts';
import { sectors, type Sectors } from '../base/units.ts';
import { AllocationList, allocationOf, run } from '../block/allocation.ts';
import type { Allocation } from '../block/device.ts';
import { legRuns, placeOf, type Layout } from './layout.ts';
import type { LoadedTarget, Table } from './table.ts';

/** Runs that an answer may have from one striped target; above, what is mixed counts as data. */
const MOST_RUNS = 16_384;

/** Of a run inside the table. */
export async function tableAllocation(
  table: Table,
  start: Sectors,
  count: Sectors,
): Promise<readonly Allocation[]> {
  const parts = table.between(start, count).map((target) => {
    const from = Math.max(start, target.start);
    const to = Math.min(start + count, target.start + target.length);
    return ofTarget(table, target, sectors(from - target.start), sectors(to - from));
  });
  const list = new AllocationList(start);
  for (const part of await Promise.all(parts)) list.addAll(part);
  return list.all;
}

/** Places in the answer are of no meaning: only the lengths are looked at. */
async function ofTarget(
  table: Table,
  { target }: LoadedTarget,
  offset: Sectors,
  count: Sectors,
): Promise<readonly Allocation[]> {
  if (target.layout) return ofLegs(table, target.layout, offset, count);
  const source = target.source?.();
  if (!source) return run(offset, count, 'data');
  if (source === 'zeros') return run(offset, count, 'hole');
  return allocationOf(table.lower(source.device), sectors(source.start + offset), count);
}

async function ofLegs(
  table: Table,
  layout: Layout,
  offset: Sectors,
  count: Sectors,
): Promise<readonly Allocation[]> {
  const answers = legRuns(layout, offset, count).map(async (piece) => {
    const { device, start } = must(layout.legs[piece.leg], 'a leg');
    const place = sectors(start + piece.offset);
    const runs = await allocationOf(table.lower(device), place, piece.count);
    return [piece.leg, new LegAnswer(start, runs)] as const;
  });
  const [first, ...others] = await Promise.all(answers);
  if (others.length === 0) return must(first, 'a leg')[1].runs;
  return woven(layout, new Map([must(first, 'a leg'), ...others]), offset, count);
}

/** What one leg answered, looked through from its begin to its end. */
class LegAnswer {
  private at = 0;

  constructor(
    private readonly start: Sectors,
    readonly runs: readonly Allocation[],
  ) {}

  /** @param offset on the leg, never before the last one asked for */
  from(offset: number): { readonly kind: Allocation['kind']; readonly left: number } {
    const place = this.start + offset;
    for (;;) {
      const one = must(this.runs[this.at], 'an answer that covers what was asked');
      const left = one.start + one.count - place;
      if (left > 0) return { kind: one.kind, left };
      this.at++;
    }
  }
}

/** The answers of several legs, chunk by chunk, but over rows at once where all say the same. */
function woven(
  layout: Layout,
  legs: ReadonlyMap<number, LegAnswer>,
  offset: Sectors,
  count: Sectors,
): readonly Allocation[] {
  const list = new AllocationList(offset);
  const row = layout.chunk * layout.legs.length;
  const end = offset + count;
  for (let at: number = offset; at < end;) {
    if (list.all.length >= MOST_RUNS) break;
    const rows =
      at % row === 0 ? sameRows(layout, legs, at / row, Math.floor((end - at) / row)) : 0;
    if (rows !== 0) {
      list.add(rows.count * row, rows.kind);
      at += rows.count * row;
      continue;
    }
    const place = placeOf(layout, sectors(at));
    const found = must(legs.get(place.leg), 'a leg').from(place.offset);
    const length = Math.min(found.left, place.left, end - at);
    list.add(length, found.kind);
    at += length;
  }
  list.addUpTo(end, 'data');
  return list.all;
}

/** Whole rows from one on in which all legs are the same throughout; 0 where there is none. */
function sameRows(
  { chunk, legs: { length } }: Layout,
  legs: ReadonlyMap<number, LegAnswer>,
  row: number,
  most: number,
): { readonly kind: Allocation['kind']; readonly count: number } | 0 {
  if (most === 0 || legs.size < length) return 0;
  const answers = [...legs.values()].map((leg) => leg.from(row * chunk));
  const kind = must(answers[0], 'a leg').kind;
  if (answers.some((one) => one.kind !== kind)) return 0;
  const count = Math.min(most, ...answers.map(({ left }) => Math.floor(left / chunk)));
  return count === 0 ? 0 : { kind, count };
}
