/** The temporary volumes of pvmove, and what lies on them (reference 2.6.5). */
import type { LvmId } from '../../base/ids.ts';
import { partsBelow } from './mirror-parts.ts';
import { findLv, type LogicalVolume, type MirrorSegment, type VolumeGroup } from './model.ts';
import { references } from './references.ts';

/** A volume through which extents move: `pvmove0`. */
export const isPvmove = (lv: Pick<LogicalVolume, 'status'>): boolean =>
  lv.status.includes('PVMOVE');

/** Its allocation may not change: it moves, or is what it moves through. */
export const isLocked = (lv: Pick<LogicalVolume, 'status'>): boolean =>
  lv.status.includes('LOCKED');

/** In the group's order. */
export const pvmovesOf = ({ lvs }: Pick<VolumeGroup, 'lvs'>): readonly LogicalVolume[] =>
  lvs.filter(isPvmove);

/** All of the piece is at its destination. */
export const isMoved = ({ extentsMoved, count }: MirrorSegment): boolean =>
  extentsMoved !== undefined && extentsMoved >= count;

/** What moves, one after the other. */
export const movingPieces = ({ segments }: LogicalVolume): readonly MirrorSegment[] =>
  segments.filter((segment) => segment.kind === 'mirror');

/** The first that is not at its destination: the only one that is copied at this time. */
export const runningPiece = (lv: LogicalVolume): MirrorSegment | undefined =>
  movingPieces(lv).find((piece) => !isMoved(piece));

/** Names of the volumes with segments on this one, in the group's order. */
export const moversOf = (vg: VolumeGroup, name: string): readonly string[] =>
  vg.lvs
    .filter(({ segments }) =>
      segments.some(
        (segment) =>
          segment.kind !== 'mirror' && references(vg, segment).some(({ lv }) => lv === name),
      ),
    )
    .map((lv) => lv.name);

/** Volumes, not parts of this one, that move through what it or a part of it moves through. */
export function besideMoving(vg: VolumeGroup, lv: LogicalVolume): readonly LogicalVolume[] {
  const own = [lv.name, ...partsBelow(vg, lv)];
  const isOwn = (name: string): boolean => own.includes(name);
  const movers = pvmovesOf(vg)
    .map(({ name }) => ({ name, on: moversOf(vg, name) }))
    .filter(({ name, on }) => isOwn(name) || on.some(isOwn))
    .flatMap(({ on }) => on);
  return vg.lvs.filter(({ name }) => movers.includes(name) && !isOwn(name));
}

/** Names of moves in which images of this one are: Linux lets them move. */
export const movesBelow = (vg: VolumeGroup, lv: LogicalVolume): readonly string[] => {
  const images = partsBelow(vg, lv);
  const isMoved = (name: string): boolean => moversOf(vg, name).some((one) => images.includes(one));
  return pvmovesOf(vg).flatMap(({ name }) => (isMoved(name) ? [name] : []));
};

/** The move that leaves a PV. */
export const moveOff = (vg: VolumeGroup, pvId: LvmId): LogicalVolume | undefined =>
  pvmovesOf(vg).find((lv) => sourceOf(vg, lv) === pvId);

/** The PV that its extents leave: of the first piece, or of the image that is copied from. */
export function sourceOf(vg: VolumeGroup, lv: LogicalVolume): LvmId | undefined {
  const [first] = lv.segments;
  const from = first?.kind === 'mirror' || first?.kind === 'striped' ? first.areas[0] : undefined;
  if (from?.on === 'pv') return from.pvId;
  const image = from && findLv(vg, from.lv);
  return image && image !== lv ? sourceOf(vg, image) : undefined;
}
