/** Extents on their way to other PVs, as the metadata of a group has them (reference 2.6.5). */
import type { AreaState, LvState, SegmentState, VgState } from '../../core/contract/state.ts';

/** Where extents lie. */
export interface MovePlace {
  readonly pvId: string;
  /** Path of the PV. */
  readonly device: string;
  /** First physical extent. */
  readonly start: number;
}

/** Whose extents they are, while they move and before and after. */
export interface MoveOwner {
  readonly lv: string;
  readonly segment: number;
  readonly type: string;
}

/** Extents of one owner that lie side by side before the move, and after it. */
export interface Flight {
  /** First logical extent of the volume through which they move. */
  readonly at: number;
  readonly count: number;
  readonly from: MovePlace;
  readonly to: MovePlace;
  readonly owner: MoveOwner;
  /** Index into `pieces`. */
  readonly piece: number;
}

/** What is copied at a time. */
export interface MovePiece {
  readonly start: number;
  readonly count: number;
  readonly done: boolean;
}

export interface Move {
  /** `pvmove0`. */
  readonly layer: string;
  readonly dmName: string;
  /** Path of the PV that is left. */
  readonly source: string;
  readonly pieces: readonly MovePiece[];
  /** Index of the piece that is copied now; `pieces.length`: all are done. */
  readonly running: number;
  /** In the order of `at`, without gaps inside a piece. */
  readonly flights: readonly Flight[];
}

const made = new WeakMap<VgState, readonly Move[]>();

/** Worked out once for a state of a group: views ask for it several times a second. */
export function movesOf(vg: VgState): readonly Move[] {
  const known = made.get(vg) ?? vg.lvs.filter(isLayer).map((layer) => moveOf(vg, layer));
  made.set(vg, known);
  return known;
}

/** As `lvs` prints it: the first letter is the type. */
const isLayer = ({ attr }: LvState): boolean => attr.startsWith('p');

/** Names of the volumes that are there for moves alone: they own no extents. */
export function layersOf(vg: VgState): ReadonlySet<string> {
  const layers = vg.lvs.filter(isLayer);
  const below = layers.flatMap(({ segments }) => segments.flatMap(({ areas }) => areas));
  const images = below.filter(({ on }) => on === 'lv').map(({ device }) => device);
  return new Set([...layers.map(({ name }) => name), ...images]);
}

function moveOf(vg: VgState, layer: LvState): Move {
  const mirrors = layer.segments.filter(({ type }) => type === 'mirror');
  const pieces = mirrors.map(({ start, count, moved = 0 }) => ({
    ...{ start, count },
    done: moved >= count,
  }));
  const next = pieces.findIndex(({ done }) => !done);
  const owners = ownersOf(vg, layer);
  const flights = mirrors.flatMap((segment, piece) => flightsOf(vg, segment, piece, owners));
  return {
    layer: layer.name,
    dmName: layer.dmName,
    source: flights[0]?.from.device ?? '',
    pieces,
    running: next < 0 ? pieces.length : next,
    flights,
  };
}

/** Something about a run of logical extents. */
interface Span<T> {
  readonly at: number;
  readonly count: number;
  readonly value: T;
}

/** Who lies on the layer, extent by extent; where nobody does, the layer itself. */
function ownersOf(vg: VgState, layer: LvState): readonly Span<MoveOwner>[] {
  const found = vg.lvs.flatMap((lv) =>
    lv.segments.flatMap(({ areas, type }, segment) =>
      areas
        .filter(({ on, device }) => on === 'lv' && device === layer.name)
        .map(({ start, count }) => ({ at: start, count, value: { lv: lv.name, segment, type } })),
    ),
  );
  const whole: Span<MoveOwner>[] = [];
  const own = { lv: layer.name, segment: 0, type: 'mirror' };
  let at = 0;
  for (const span of found.sort((a, b) => a.at - b.at)) {
    if (span.at > at) whole.push({ at, count: span.at - at, value: own });
    whole.push(span);
    at = span.at + span.count;
  }
  if (layer.extentCount > at) whole.push({ at, count: layer.extentCount - at, value: own });
  return whole;
}

function flightsOf(
  vg: VgState,
  { start, areas }: SegmentState,
  piece: number,
  owners: readonly Span<MoveOwner>[],
): readonly Flight[] {
  const [source, target] = areas;
  if (!source || !target) return [];
  const [from, to] = [placesOf(vg, source, start), placesOf(vg, target, start)];
  const flights: Flight[] = [];
  let [f, t] = [0, 0];
  let o = firstAfter(owners, start);
  let at: number = start;
  for (;;) {
    const [one, other, owner] = [from[f], to[t], owners[o]];
    if (!one || !other || !owner) return flights;
    const ends = [one, other, owner].map((span) => span.at + span.count);
    const end = Math.min(...ends);
    flights.push({
      ...{ at, count: end - at, piece, owner: owner.value },
      from: moved(one, at),
      to: moved(other, at),
    });
    at = end;
    if (ends[0] === end) f++;
    if (ends[1] === end) t++;
    if (ends[2] === end) o++;
  }
}

const moved = ({ at: first, value }: Span<MovePlace>, at: number): MovePlace => ({
  ...value,
  start: value.start + at - first,
});

/** Index of the span that an extent is in. */
function firstAfter(spans: readonly Span<unknown>[], at: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span && span.at + span.count <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where an area lies on PVs, through the volumes that it is in. */
function placesOf(vg: VgState, area: AreaState, at: number, depth = 0): Span<MovePlace>[] {
  if (area.on === 'pv') {
    const { id, device, start, count } = area;
    return [{ at, count, value: { pvId: id, device, start } }];
  }
  const below = vg.lvs.find(({ name }) => name === area.device);
  if (!below || depth > vg.lvs.length) return [];
  return below.segments.flatMap(({ start, areas: [inner] }) =>
    inner ? placesOf(vg, inner, at + start - area.start, depth + 1) : [],
  );
}

export type FlightState = 'waits' | 'runs' | 'done';

export const stateOf = ({ running }: Move, { piece }: Flight): FlightState =>
  piece < running ? 'done' : piece === running ? 'runs' : 'waits';

/** Extents of a move, or of the flights that are meant, and how many of them have arrived. */
export interface MoveCount {
  readonly moved: number;
  readonly total: number;
}

/** @param front logical extent of the layer up to which the running piece has arrived */
export function countOf(
  move: Move,
  front: number,
  meant: (flight: Flight) => boolean = () => true,
): MoveCount {
  let [arrived, total] = [0, 0];
  for (const flight of move.flights) {
    if (!meant(flight)) continue;
    total += flight.count;
    const state = stateOf(move, flight);
    if (state === 'done') arrived += flight.count;
    if (state === 'runs') {
      arrived += Math.min(flight.count, Math.max(0, Math.floor(front) - flight.at));
    }
  }
  return { moved: arrived, total };
}
