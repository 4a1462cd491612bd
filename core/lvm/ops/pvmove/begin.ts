/** The first version of a move: the layer, and what moves on it. */
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, extentsToSectors, type Sectors } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { Step } from '../../../contract/plan.ts';
import type { LogicalVolume, PhysicalVolume, Segment, VolumeGroup } from '../../format/model.ts';
import { moversOf } from '../../format/pvmove.ts';
import { fittingRegion } from '../../format/region-size.ts';
import { hiddenLv, imageName, mirrorSegment, withLvs } from '../mirror/parts.ts';
import { readRanges } from '../pv-places.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { placePieces, roomBeside, type Destinations, type Placed } from './destination.ts';
import { cutAlong, layerName, moveSegments, reloadAll, runsOf } from './layer.ts';
import { holderOf, layerBelow } from './source.ts';

export interface MoveWish {
  readonly pv: PhysicalVolume;
  /** `/dev/sda`, and the ranges behind it as typed: `:0-9`. */
  readonly device: string;
  readonly ranges: string;
  readonly only: LogicalVolume | undefined;
  readonly atomic: boolean;
  readonly regionSize: Sectors;
  readonly to: Destinations;
}

interface BegunMove {
  /** Name of the volume through which it moves. */
  readonly layer: string;
  readonly said: readonly Notice[];
}

export function beginMove(stages: Stages, wish: MoveWish): Result<BegunMove, VolumeError> {
  const { pv, only, to } = wish;
  const ranges = readRanges([], wish.ranges, pv, wish.device);
  if (!ranges.ok) return ranges;
  const room = roomBeside(stages.scanned, pv.id, to);
  if (!room.ok) return room;
  const layer = layerName(stages.vg);
  const layered = layerBelow(stages.vg, { pvId: pv.id, ranges: ranges.value }, layer, only);
  if (!layered.ok) return layered;
  const { said } = layered.value;
  const placed = placePieces(room.value, pv.id, layered.value, to, layer);
  if (!placed.ok) return placed;
  const volumes = layerVolumes(stages, wish, layer, placed.value);
  const cut = wish.atomic
    ? layered.value.vg
    : cutAlong(layered.value.vg, layer, moveSegments(placed.value, wish.regionSize));
  const refused = start(stages, withLvs(cut, ...volumes), layer, wish.device);
  return refused ? err(refused) : ok({ layer, said: [...room.value.notices, ...said] });
}

/** The layer, and its two images where all moves as one. */
function layerVolumes(
  { context, vg }: Stages,
  { atomic, regionSize: wanted }: MoveWish,
  name: string,
  placed: readonly Placed[],
): readonly LogicalVolume[] {
  const count = extents(placed.reduce((sum, one) => sum + one.count, 0));
  const regionSize = fittingRegion(wanted, extentsToSectors(count, vg.extentSize));
  const volume = (of: string, segments: readonly Segment[]): LogicalVolume =>
    hiddenLv(context, of, segments);
  const status = ['READ', 'WRITE', 'PVMOVE', 'LOCKED'];
  const layer = (segments: readonly Segment[]): LogicalVolume => ({
    ...volume(name, segments),
    ...{ status, allocationPolicy: 'contiguous' },
  });
  if (!atomic) return [layer(moveSegments(placed, regionSize))];
  const images = [imageName(name, 0), imageName(name, 1)] as const;
  const whole = { ...mirrorSegment(count, images, { regionSize }), extentsMoved: extents(0) };
  return [
    layer([whole]),
    volume(images[0], runsOf(placed, 'from')),
    volume(images[1], runsOf(placed, 'to')),
  ];
}

/** As in LVM all that moves is active then, and stays so. */
function start(
  stages: Stages,
  next: VolumeGroup,
  layer: string,
  device: string,
): VolumeError | undefined {
  const movers = moversOf(next, layer);
  const before = wake(stages, movers);
  if (isRefusal(before)) return before;
  const reload = reloadAll(stages, next, movers);
  if (isRefusal(reload)) return reload;
  return stages.change({ title: `Move extents of ${device}`, next, before, reload });
}

/** Brings up those of the volumes that are down, with what they are parts of. */
export function wake(stages: Stages, names: readonly string[]): readonly Step[] | VolumeError {
  const steps: Step[] = [];
  for (const holder of new Set(names.map((name) => holderOf(stages.vg, name)))) {
    const up = stages.activate(stages.vg, holder);
    if (isRefusal(up)) return up;
    steps.push(...up);
  }
  return steps;
}
