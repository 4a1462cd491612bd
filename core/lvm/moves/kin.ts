/**
 * Parts of volumes that belong on PVs of their own, and on which PVs they are now.
 */
import type { LvmId } from '../../base/ids.ts';
import { mirrorPartsOf } from '../format/mirror-parts.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { Kinship, Piece } from './types.ts';

/** A piece is in a lane of a family; lanes of one family keep apart. */
interface Lane {
  readonly family: string;
  readonly lane: string;
  readonly as: 'leg' | 'log' | 'stripe';
}

interface Lived {
  readonly as: Lane['as'];
  /** Extents by PV. */
  readonly on: Map<LvmId, number>;
}

export class Kin {
  private readonly families = new Map<string, Map<string, Lived>>();
  private readonly mirrorLanes = new Map<string, readonly Lane[]>();
  /** Extents of each mirror by PV, and on how many mirrors two PVs both have a part. */
  private readonly mirrorPvs = new Map<string, Map<LvmId, number>>();
  private readonly shared = new Map<string, number>();
  private readonly striped: ReadonlySet<string>;

  constructor(vg: VolumeGroup) {
    const parts = mirrorPartsOf(vg);
    for (const name of parts.keys()) {
      const lanes: Lane[] = [];
      for (let at = parts.get(name), lane = name; at; lane = at.owner, at = parts.get(at.owner)) {
        const as = at.as === 'image' ? 'leg' : 'log';
        lanes.push({ family: `mirror ${at.owner}`, lane, as });
      }
      this.mirrorLanes.set(name, lanes);
    }
    this.striped = new Set(
      vg.lvs.flatMap(({ name, segments }) =>
        segments.flatMap((one, index) =>
          one.kind === 'striped' && one.areas.length > 1 ? [`${name} ${index}`] : [],
        ),
      ),
    );
  }

  arrive(piece: Piece): void {
    this.count(piece, piece.pvId, piece.count);
  }

  leave(piece: Piece): void {
    this.count(piece, piece.pvId, -piece.count);
  }

  /** What a piece would meet on a PV that it should not; undefined: nothing, or it is there. */
  met(piece: Piece, pvId: LvmId): Kinship | undefined {
    if (piece.pvId === pvId) return undefined;
    let milder: Kinship | undefined;
    for (const own of this.lanesOf(piece)) {
      for (const [lane, { as, on }] of this.families.get(own.family) ?? []) {
        if (lane === own.lane || (on.get(pvId) ?? 0) === 0) continue;
        if (as === 'leg' && own.as === 'leg') return 'legs';
        milder = as === 'stripe' ? 'stripes' : 'log';
      }
    }
    return milder;
  }

  /**
   * Whether LVM 2.03.16 takes nothing of a PV for a piece: it is the PV of another stripe of its
   * segment, or that of a mirror which also has a part on the PV that the piece leaves, be it the
   * piece's own mirror or not (as seen on Linux).
   */
  excludes(piece: Piece, pvId: LvmId): boolean {
    if (this.met(piece, pvId) === 'stripes') return true;
    return (this.shared.get(pairOf(piece.pvId, pvId)) ?? 0) > 0;
  }

  private count(piece: Piece, pvId: LvmId, more: number): void {
    for (const { family, lane, as } of this.lanesOf(piece)) {
      const lanes = this.families.get(family) ?? new Map<string, Lived>();
      this.families.set(family, lanes);
      const { on } = lanes.get(lane) ?? { on: new Map<LvmId, number>() };
      lanes.set(lane, { as, on });
      on.set(pvId, (on.get(pvId) ?? 0) + more);
      if (as !== 'stripe') this.countMirror(family, pvId, more);
    }
  }

  private countMirror(family: string, pvId: LvmId, more: number): void {
    const on = this.mirrorPvs.get(family) ?? new Map<LvmId, number>();
    this.mirrorPvs.set(family, on);
    const [before, after] = [on.get(pvId) ?? 0, (on.get(pvId) ?? 0) + more];
    on.set(pvId, after);
    const change = Number(after > 0) - Number(before > 0);
    if (change === 0) return;
    for (const [other, count] of on) {
      if (other === pvId || count === 0) continue;
      const pair = pairOf(pvId, other);
      this.shared.set(pair, (this.shared.get(pair) ?? 0) + change);
    }
  }

  private lanesOf({ lv, segment, area }: Piece): readonly Lane[] {
    const lanes = this.mirrorLanes.get(lv) ?? [];
    const stripes = `${lv} ${segment}`;
    if (!this.striped.has(stripes)) return lanes;
    return [...lanes, { family: stripes, lane: `${area}`, as: 'stripe' }];
  }
}

const pairOf = (a: LvmId, b: LvmId): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
