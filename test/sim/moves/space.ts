/** Where every extent of a group lies: a move changes that of what it moves, and nothing else. */
import type { VolumeGroup } from '../../../core/lvm/format/model.ts';
import { validateVolumeGroup } from '../../../core/lvm/format/validate.ts';

/** The place of each extent of each area of each volume. */
export type SpaceMap = ReadonlyMap<string, string>;

export function spaceOf(vg: VolumeGroup): SpaceMap {
  const map = new Map<string, string>();
  for (const lv of vg.lvs) {
    for (const segment of lv.segments) {
      if (segment.kind !== 'striped') continue;
      const stripes = segment.areas.length;
      for (const [index, area] of segment.areas.entries()) {
        if (area.on !== 'pv') continue;
        for (let at = 0; at < segment.count / stripes; at++) {
          const key = `${lv.name}, area ${index}, extent ${segment.start / stripes + at}`;
          map.set(key, `${area.pvId}:${area.start + at}`);
        }
      }
    }
  }
  return map;
}

/** Places that extents may have. */
export interface Places {
  readonly before: SpaceMap;
  readonly after: SpaceMap;
  /** They may be others yet, for something was repaired. */
  readonly repaired?: boolean;
}

/** Nothing is left of a move, and every extent is where it was or where it was to go. */
export function expectMoved(
  vg: VolumeGroup,
  { before, after, repaired = false }: Places,
  where: string,
): void {
  const faults = validateVolumeGroup(vg);
  if (faults.length > 0) throw new Error(`${where}: ${JSON.stringify(faults)}`);
  for (const { name, status } of vg.lvs) {
    if (name.includes('pvmove')) throw new Error(`${where}: ${name} is left`);
    if (status.includes('LOCKED')) throw new Error(`${where}: ${name} is locked`);
  }
  const now = spaceOf(vg);
  if (new Set(now.values()).size !== now.size) throw new Error(`${where}: extents overlap`);
  if (repaired) return;
  const keys = [...new Set([...now.keys(), ...before.keys()])];
  for (const key of keys) {
    const place = now.get(key);
    if (place !== undefined && [before.get(key), after.get(key)].includes(place)) continue;
    throw new Error(`${where}: ${key} is at ${place}, not ${before.get(key)} or ${after.get(key)}`);
  }
}
