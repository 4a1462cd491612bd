/** Where dragged extents would land: pure arithmetic over the strips of the extent map. */
import type { DropPlace, MarkedRun } from '../state/moves.ts';
import type { Run, Strip } from './layout-extents.ts';

/** Pixels within which an end of a gap attracts. */
const SNAP = 8;

/** What a strip tells of where a pointer is over it. */
export type StripShape = Pick<Strip, 'pv' | 'runs' | 'end'>;

/**
 * Over a gap that holds all of it the run lands there, flush with an end of the gap if that is
 * near; over anything else of another PV wherever that has room.
 * @param x of the pointer, in pixels from the left of the strip
 * @param grab extents of the run before the pointer
 */
export function dropPlace(strip: StripShape, run: MarkedRun, x: number, grab: number): DropPlace {
  const { pv } = strip;
  const place = { pvId: pv.id, device: pv.device };
  const why = closed(strip);
  if (why !== undefined) return { ...place, why };
  const perPixel = pv.extentCount / Math.max(1, strip.end);
  const wanted = Math.round(x * perPixel - grab);
  const at = Math.min(pv.extentCount - 1, Math.max(0, Math.floor(x * perPixel)));
  const gap = spaceAt(strip, run, at);
  const own = pv.id === run.pvId;
  if (!gap || gap.count < run.count) {
    if (!own) return place;
    return { ...place, why: gap ? 'the gap is too small' : 'other extents are there' };
  }
  const last = gap.start + gap.count - run.count;
  const first = Math.min(last, Math.max(gap.start, wanted));
  const near = SNAP * perPixel;
  const snapped =
    Math.abs(first - gap.start) <= near ? gap.start : last - first <= near ? last : first;
  return snapped === run.first && own
    ? { ...place, why: 'they are there already' }
    : { ...place, first: snapped };
}

function closed({ pv }: StripShape): string | undefined {
  if (pv.missing) return 'its disk is missing';
  return pv.allocatable ? undefined : 'it is not allocatable';
}

/** The run of extents around one that are free, or the dragged run's own. */
function spaceAt({ runs, pv }: StripShape, run: MarkedRun, at: number) {
  const isOpen = (one: Run): boolean =>
    !one.owner ||
    (pv.id === run.pvId &&
      one.start >= run.first &&
      one.start + one.count <= run.first + run.count);
  const index = runs.findIndex(({ start, count }) => start <= at && at < start + count);
  const here = runs[index];
  if (!here || !isOpen(here)) return undefined;
  let [from, to] = [index, index];
  for (let one = runs[from - 1]; one && isOpen(one); one = runs[from - 1]) from--;
  for (let one = runs[to + 1]; one && isOpen(one); one = runs[to + 1]) to++;
  const [first, last] = [runs[from], runs[to]];
  if (!first || !last) return undefined;
  return { start: first.start, count: last.start + last.count - first.start };
}

/** `/dev/sdb:20-29`, or why not. */
export function dropWords({ device, first, why }: DropPlace, { count }: MarkedRun): string {
  if (why !== undefined) return `not on ${device}: ${why}`;
  return first === undefined
    ? `to ${device}, where there is room`
    : `to ${device}:${first}-${first + count - 1}`;
}
