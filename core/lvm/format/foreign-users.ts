/** Volumes that types only passing through here lie on. */
import type { VolumeGroup } from './model.ts';
import { references } from './references.ts';
import { plainType } from './segtypes/foreign.ts';
import { areSound } from './sound-lvs.ts';

const users = new WeakMap<VolumeGroup, ReadonlyMap<string, string>>();

/**
 * The type of a segment that only passes through here and uses this volume, if there is one: a
 * pool its data, a cache its origin. Whoever wrote to the volume alone would break the other.
 */
export function foreignUserOf(vg: VolumeGroup, lv: string): string | undefined {
  const known = users.get(vg) ?? foreignUsers(vg);
  users.set(vg, known);
  return known.get(lv);
}

function foreignUsers(vg: VolumeGroup): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (areSound(vg)) return found;
  for (const segment of vg.lvs.flatMap((lv) => lv.segments)) {
    if (segment.kind !== 'foreign') continue;
    for (const { lv } of references(vg, segment)) found.set(lv, plainType(segment));
  }
  return found;
}
