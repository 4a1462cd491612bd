/** What moves in a group at this moment, and between which disks. */
import type { AreaState, LvState, VgState } from '../../../core/contract/state.ts';
import type { Prng } from '../../../core/env/prng.ts';

/** Sectors of a volume. */
export interface MovingSpan {
  readonly start: number;
  readonly count: number;
}

const layersOf = ({ lvs }: VgState): readonly LvState[] =>
  lvs.filter(({ attr }) => attr.startsWith('p'));

/** Of a volume, or of the images that it is a mirror of. */
export function movingSpans(vg: VgState, volume: string): readonly MovingSpan[] {
  const layers = layersOf(vg).map(({ name }) => name);
  const parts = vg.lvs.filter(
    ({ name }) => name === volume || name.startsWith(`${volume}_mimage_`),
  );
  const moving = parts.flatMap(({ segments }) =>
    segments.filter(({ areas }) => areas.some(({ device }) => layers.includes(device))),
  );
  const { extentSize } = vg;
  return moving.map(({ start, count }) => ({
    start: start * extentSize,
    count: count * extentSize,
  }));
}

/** Mostly, where something of the volume moves; undefined: anywhere. */
export function startWhereItMoves(
  vg: VgState,
  volume: string,
  limit: number,
  random: Prng,
): number | undefined {
  const spans = movingSpans(vg, volume);
  if (spans.length === 0 || !random.chance(60)) return undefined;
  const { start, count } = random.pick(spans);
  return Math.min(limit - 1, start + random.below(count));
}

/** Paths of the disks. */
export interface Sides {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export function sidesOf(vg: VgState, layers = layersOf(vg)): Sides {
  const segments = layers.flatMap((lv) => lv.segments);
  const under = (index: number): readonly string[] =>
    segments.flatMap(({ areas }) => areas.slice(index, index + 1)).flatMap((at) => below(vg, at));
  return { from: under(0), to: under(1) };
}

/** Paths of the PVs that moves leave whose devices are down. */
export function sourcesDown(vg: VgState): readonly string[] {
  const down = layersOf(vg).filter(({ attr }) => attr[4] === '-');
  return down.flatMap((lv) => sidesOf(vg, [lv]).from.slice(0, 1));
}

function below(vg: VgState, { on, device }: AreaState): readonly string[] {
  if (on === 'pv') return [device];
  const found = vg.lvs.find(({ name }) => name === device);
  return (found?.segments ?? []).flatMap(({ areas }) => areas.flatMap((one) => below(vg, one)));
}
