/** The volumes that mirrors are made of: images, layers of a conversion, logs (reference 2.6.2). */
import { findLv, type LogicalVolume, type VolumeGroup } from './model.ts';
import { references } from './references.ts';
import { areSound } from './sound-lvs.ts';

export interface MirrorPart {
  /** Name of the mirror. */
  readonly owner: string;
  readonly as: 'image' | 'log';
}

const known = new WeakMap<VolumeGroup, ReadonlyMap<string, MirrorPart>>();

/** By name of the part; empty in a group without mirrors. */
export function mirrorPartsOf(vg: VolumeGroup): ReadonlyMap<string, MirrorPart> {
  const cached = known.get(vg);
  if (cached) return cached;
  const parts = new Map<string, MirrorPart>();
  for (const { name: owner, segments } of areSound(vg) ? [] : vg.lvs) {
    for (const segment of segments) {
      if (segment.kind !== 'mirror') continue;
      for (const { key, lv } of references(vg, segment)) {
        parts.set(lv, { owner, as: key === 'mirror_log' ? 'log' : 'image' });
      }
    }
  }
  known.set(vg, parts);
  return parts;
}

const users = new WeakMap<VolumeGroup, ReadonlyMap<string, readonly string[]>>();

/** Names of the volumes with a mirror whose log this volume is: more than one in no sound group. */
export function logUsersOf(vg: VolumeGroup, log: string): readonly string[] {
  const all = users.get(vg) ?? logUsers(vg);
  users.set(vg, all);
  return all.get(log) ?? [];
}

function logUsers({ lvs }: VolumeGroup): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, segments } of lvs) {
    const logs = segments.flatMap((one) => (one.kind === 'mirror' && one.log ? [one.log] : []));
    for (const log of new Set(logs)) {
      const names = found.get(log);
      if (names) names.push(name);
      else found.set(log, [name]);
    }
  }
  return found;
}

/** Names of all parts of a volume, and of the parts of those. */
export function partsBelow(vg: VolumeGroup, { segments }: LogicalVolume): readonly string[] {
  const names = segments.flatMap((one) =>
    one.kind === 'mirror' ? references(vg, one).map(({ lv }) => lv) : [],
  );
  return names.flatMap((name) => {
    const part = findLv(vg, name);
    return part ? [name, ...partsBelow(vg, part)] : [];
  });
}
