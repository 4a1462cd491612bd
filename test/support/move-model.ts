/** Extents one by one: what moves do to a group, told without any of the planner's own means. */
import type { LvmId } from '../../core/base/ids.ts';
import { hasAreas, isAllocatable, type VolumeGroup } from '../../core/lvm/format/model.ts';
import { mirrorPartsOf } from '../../core/lvm/format/mirror-parts.ts';
import type { Move } from '../../core/lvm/moves/types.ts';

interface Cell {
  readonly lv: string;
  readonly segment: number;
  readonly area: number;
  readonly offset: number;
  moved: number;
}

export class MoveModel {
  readonly rows: ReadonlyMap<LvmId, (Cell | undefined)[]>;

  constructor(private readonly vg: VolumeGroup) {
    this.rows = new Map(
      vg.pvs.map(({ id, peCount }) => [id, Array<Cell | undefined>(peCount).fill(undefined)]),
    );
    for (const { name: lv, segments } of vg.lvs) {
      for (const [segment, body] of segments.entries()) {
        if (!hasAreas(body)) continue;
        for (const [area, place] of body.areas.entries()) {
          if (place.on !== 'pv') continue;
          for (let offset = 0; offset < body.count / body.areas.length; offset++) {
            this.row(place.pvId)[place.start + offset] = { lv, segment, area, offset, moved: 0 };
          }
        }
      }
    }
  }

  /** Throws where a move could not be made. */
  move({ piece, to }: Move): void {
    const open = this.vg.pvs.filter(isAllocatable).map(({ id }) => id);
    if (!open.includes(to.pvId)) throw new Error('a move to a PV that takes nothing');
    const from = this.row(piece.pvId);
    const there = this.row(to.pvId);
    for (let index = 0; index < piece.count; index++) {
      const cell = from[piece.start + index];
      const { lv, segment, area, offset } = piece;
      const isIt =
        cell?.lv === lv &&
        cell.segment === segment &&
        cell.area === area &&
        cell.offset === offset + index;
      if (!isIt) throw new Error(`${lv} is not at ${piece.start + index}`);
      if (to.start + index >= there.length) throw new Error('a move beyond the end');
      if (there[to.start + index]) throw new Error(`${to.start + index} is not free`);
      there[to.start + index] = { ...cell, moved: cell.moved + 1 };
    }
    from.fill(undefined, piece.start, piece.start + piece.count);
    this.checkLegs();
  }

  /** Images of one mirror that share a PV, which none did before. */
  checkLegs(): void {
    for (const [lv, { owner, as }] of mirrorPartsOf(this.vg)) {
      for (const [other, part] of mirrorPartsOf(this.vg)) {
        if (other === lv || part.owner !== owner || as === 'log' || part.as === 'log') continue;
        const shared = this.pvsOf(lv).find((id) => this.pvsOf(other).includes(id));
        if (shared !== undefined) throw new Error(`${lv} and ${other} share a PV`);
      }
    }
  }

  pvsOf(lv: string): readonly LvmId[] {
    return [...this.rows]
      .filter(([, row]) => row.some((cell) => cell?.lv === lv))
      .map(([id]) => id);
  }

  /** `lv0.0.0+3` and so on, in PE order. */
  words(pvId: LvmId): readonly string[] {
    return this.row(pvId).flatMap((cell, at) =>
      cell ? [`${at} ${cell.lv}.${cell.segment}.${cell.area}+${cell.offset}`] : [],
    );
  }

  cells(): readonly Cell[] {
    return [...this.rows.values()].flat().filter((cell) => cell !== undefined);
  }

  row(pvId: LvmId): (Cell | undefined)[] {
    const row = this.rows.get(pvId);
    if (!row) throw new Error('no such PV');
    return row;
  }
}
