/**
 * The free extents of the PVs while an allocation takes from them. Each PV's areas stand in the
 * order in which LVM goes through them: the largest first, moved whenever some of one is spoken
 * for.
 */
import { assert } from '../../base/assert.ts';
import type { LvmId } from '../../base/ids.ts';
import type { Extents } from '../../base/units.ts';
import type { FreeArea } from '../format/free-extents.ts';

/** A run of free extents; changes as they are taken. */
export interface Area {
  readonly pvId: LvmId;
  /** First PE. */
  start: number;
  count: number;
  /** What the present round has not spoken for: 0 to `count`. */
  unreserved: number;
}

export class FreeMap {
  private readonly areas: ReadonlyMap<LvmId, Area[]>;

  /** @param free in the order in which PVs are looked at. */
  constructor(free: ReadonlyMap<LvmId, readonly FreeArea[]>) {
    this.areas = new Map(
      [...free].map(([id, areas]) => [
        id,
        areas
          .map(({ pvId, start, count }): Area => ({ pvId, start, count, unreserved: count }))
          .sort((a, b) => b.count - a.count),
      ]),
    );
  }

  pvIds(): Iterable<LvmId> {
    return this.areas.keys();
  }

  isEmpty(): boolean {
    return [...this.areas.values()].every((areas) => areas.length === 0);
  }

  /** Goes on behind the area given last, wherever that was moved to meanwhile. */
  *walk(pvId: LvmId): Iterable<Area> {
    const areas = this.areasOf(pvId);
    for (let at = 0; at < areas.length;) {
      const area = areas[at];
      assert(area !== undefined, 'the walk left the areas');
      yield area;
      at = areas.indexOf(area) + 1;
    }
  }

  /** Speaks for as many extents as there are, at most `wanted`. @returns how many. */
  reserve(area: Area, wanted: number): number {
    if (wanted >= area.unreserved) {
      const all = area.unreserved;
      area.unreserved = 0;
      return all;
    }
    area.unreserved -= wanted;
    this.move(area, area.unreserved);
    return wanted;
  }

  /**
   * A new round. As in LVM the walk goes on behind where an area was moved to, so that one of the
   * same size in between may stay as it was.
   */
  reset(): void {
    for (const pvId of this.areas.keys()) {
      for (const area of this.walk(pvId)) {
        if (area.unreserved === area.count) continue;
        area.unreserved = area.count;
        this.move(area, area.count);
      }
    }
  }

  /** Takes extents from the start of an area. */
  take(area: Area, count: number): void {
    assert(count > 0 && count <= area.count, 'more is taken than the area has');
    area.start += count;
    area.count -= count;
    area.unreserved = area.count;
    if (area.count > 0) this.move(area, area.count);
    else this.drop(area);
  }

  /** In front of the first smaller one. */
  private move(area: Area, size: number): void {
    this.drop(area);
    const areas = this.areasOf(area.pvId);
    const at = areas.findIndex((other) => size > other.count);
    areas.splice(at < 0 ? areas.length : at, 0, area);
  }

  private drop(area: Area): void {
    const areas = this.areasOf(area.pvId);
    areas.splice(areas.indexOf(area), 1);
  }

  private areasOf(pvId: LvmId): Area[] {
    const areas = this.areas.get(pvId);
    assert(areas !== undefined, 'a PV is not among those that may be used');
    return areas;
  }
}

/** A place behind existing extents: the PV, and the first PE after them. */
export interface Slot {
  readonly pvId: LvmId;
  readonly start: Extents;
}
