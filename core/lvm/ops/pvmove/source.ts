/** What is to be moved: which extents of which volumes (reference 10.9). */
import type { LvmId } from '../../../base/ids.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { extents, type Extents } from '../../../base/units.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import { foreignUserOf } from '../../format/foreign-users.ts';
import { mirrorPartsOf, partsBelow } from '../../format/mirror-parts.ts';
import { findLv, type Area, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { isSeen } from '../../format/shown.ts';
import { isLocked, isPvmove, moversOf, pvmovesOf } from '../../format/pvmove.ts';
import { areasOf } from '../../format/segtypes/index.ts';
import { cutSegments } from '../cut-segments.ts';
import { isConverting, withLvs } from '../mirror/parts.ts';
import { pvsUnder } from '../mirror/place-images.ts';
import type { PeRange } from '../pv-places.ts';

export interface Source {
  readonly pvId: LvmId;
  /** They do not overlap. */
  readonly ranges: readonly PeRange[];
}

/** A run of extents of one segment. */
export interface Piece {
  /** On the source. */
  readonly start: Extents;
  readonly count: Extents;
  /** PVs on which it must not be put: its source, and those of the stripes beside it. */
  readonly avoid: ReadonlySet<LvmId>;
}

export interface Layered {
  /** The volumes that move lie on the layer, extent after extent as the pieces come. */
  readonly vg: VolumeGroup;
  readonly pieces: readonly Piece[];
  /** PVs of mirrors that have a part on the source: as in LVM nothing at all moves there. */
  readonly beside: ReadonlySet<LvmId>;
  /** Volumes with something that moves, in the group's order. */
  readonly movers: readonly string[];
  readonly said: readonly Notice[];
}

/**
 * Puts a layer below everything that is to move.
 * @param layer name of the volume that it will be
 * @param only a volume, its parts included; absent: every one
 */
export function layerBelow(
  vg: VolumeGroup,
  source: Source,
  layer: string,
  only?: LogicalVolume,
): Result<Layered, VolumeError> {
  const names = only && new Set([only.name, ...partsBelow(vg, only)]);
  const work = new LayerWork(source, layer);
  const said: Notice[] = [];
  const images = new Set(pvmovesOf(vg).flatMap((lv) => partsBelow(vg, lv)));
  for (const lv of vg.lvs) {
    // What moves is not moved once more: what lies on it is locked.
    if (names?.has(lv.name) === false || isPvmove(lv) || images.has(lv.name)) continue;
    if (isLocked(lv) && pvsUnder(vg, lv).has(source.pvId)) {
      said.push({ code: 'move-skips-locked', vg: vg.name, lv: lv.name });
      continue;
    }
    if (!liesOn(vg, lv, source)) continue;
    const refused = refuseMoving(vg, lv);
    if (refused) return err(refused);
    work.add(lv);
  }
  const { pieces, changed } = work;
  if (pieces.length === 0) {
    const skipped = said.length > 0 ? ({ skipped: true } as const) : {};
    return err({ code: 'no-data-to-move', vg: vg.name, ...skipped, before: said });
  }
  const movers = changed.map(({ name }) => name);
  return ok({
    vg: withLvs(vg, ...changed),
    pieces,
    beside: mirrorsOn(vg, source, only),
    movers,
    said,
  });
}

/**
 * All PVs of mirrors that lie on the source, within its ranges or not. A log that is moved by its
 * name goes wherever there is room.
 */
function mirrorsOn(
  vg: VolumeGroup,
  { pvId }: Source,
  only: LogicalVolume | undefined,
): ReadonlySet<LvmId> {
  const holder = only && holderOf(vg, only.name);
  const isLog = only && mirrorPartsOf(vg).get(only.name)?.as === 'log';
  const mirrors = vg.lvs.filter(
    (lv) =>
      isSeen(vg, lv) &&
      lv.segments.some(({ kind }) => kind === 'mirror') &&
      (holder === undefined || (holder === lv.name && !isLog)),
  );
  const each = mirrors.map((lv) => pvsUnder(vg, lv)).filter((pvs) => pvs.has(pvId));
  return new Set(each.flatMap((pvs) => [...pvs]));
}

/** The volume that people see: an image or a log is a part of one. */
export function holderOf(vg: VolumeGroup, name: string): string {
  const part = mirrorPartsOf(vg).get(name);
  return part && part.owner !== name ? holderOf(vg, part.owner) : name;
}

/** Those of all that lies on a layer, in the group's order. */
export const holdersOn = (vg: VolumeGroup, layer: string): readonly string[] => [
  ...new Set(moversOf(vg, layer).map((name) => holderOf(vg, name))),
];

function refuseMoving(vg: VolumeGroup, lv: LogicalVolume): VolumeError | undefined {
  const holder = findLv(vg, holderOf(vg, lv.name)) ?? lv;
  const names = { vg: vg.name, lv: holder.name };
  if (isConverting(holder)) return { code: 'move-while-converting', ...names };
  const type = foreignUserOf(vg, lv.name);
  if (type !== undefined) return { code: 'segment-type-unsupported', ...names, type, user: true };
  const odd = lv.segments.find(({ kind }) => kind === 'foreign' || kind === 'mirror');
  if (!odd) return undefined;
  // A mirror whose legs are PVs: no LVM writes one any more.
  return {
    code: 'segment-type-unsupported',
    vg: vg.name,
    lv: lv.name,
    type: odd.kind === 'foreign' ? odd.type : odd.kind,
  };
}

const liesOn = (vg: VolumeGroup, lv: LogicalVolume, source: Source): boolean =>
  lv.segments.some((segment) => {
    const areas = areasOf(vg, segment);
    const length = segment.count / Math.max(1, areas.length);
    return areas.some((area) => overlaps(area, length, source));
  });

function overlaps(area: Area, length: number, { pvId, ranges }: Source): boolean {
  if (area.on !== 'pv' || area.pvId !== pvId) return false;
  return ranges.some(({ first, last }) => first < area.start + length && area.start <= last);
}

class LayerWork {
  readonly pieces: Piece[] = [];
  readonly changed: LogicalVolume[] = [];
  private end = 0;

  constructor(
    private readonly source: Source,
    private readonly layer: string,
  ) {}

  add(lv: LogicalVolume): void {
    const { ranges } = this.source;
    const borders = ranges.flatMap(({ first, last }) => [first, last + 1]);
    const cut = cutSegments(lv.segments, ({ areas }) =>
      areas.flatMap((area) =>
        area.on === 'pv' && area.pvId === this.source.pvId
          ? borders.map((border) => border - area.start)
          : [],
      ),
    );
    const segments = cut.map((segment) => {
      if (segment.kind !== 'striped') return segment;
      const each = extents(segment.count / segment.areas.length);
      const areas = segment.areas.map((area, index): Area => {
        if (area.on !== 'pv' || !overlaps(area, each, this.source)) return area;
        const stripes = segment.areas.flatMap((one, other) =>
          one.on === 'pv' && other !== index ? [one.pvId] : [],
        );
        const avoid = new Set([area.pvId, ...stripes]);
        const start = extents(this.end);
        this.pieces.push({ start: area.start, count: each, avoid });
        this.end += each;
        return { on: 'lv', lv: this.layer, start };
      });
      return { ...segment, areas };
    });
    this.changed.push({ ...lv, status: locked(lv.status), segments });
  }
}

const locked = (status: readonly string[]): readonly string[] =>
  status.includes('LOCKED') ? status : [...status, 'LOCKED'];
