/**
 * Groups whose volumes lie on PVs alone and break no rule, and what is known of such a group: from
 * one version to the next only the volumes that changed are looked at. Nearly all groups are so; of
 * others everything is worked out anew.
 */
import type { LvmId } from '../../base/ids.ts';
import { FreeExtents } from './free-extents.ts';
import { checkVolume } from './lv-rules.ts';
import { findLv, isPlain, isVisible, type LogicalVolume, type VolumeGroup } from './model.ts';
import { Overlay } from './overlay.ts';
import { changeOf, PerVersion } from './per-version.ts';

interface SoundLvs {
  readonly names: Overlay;
  /** Of the group and its PVs, too. */
  readonly ids: Overlay;
  readonly hidden: number;
  readonly free: FreeExtents;
}

type Known = SoundLvs | 'unknown';

const sound = new PerVersion<Known>({
  whole: (vg) =>
    vg.lvs.every(isPlain) && vg.lvs.every((lv) => keepsRules(vg, lv)) ? all(vg) : 'unknown',
  next(known, vg, before) {
    if (known === 'unknown' || before.pvs !== vg.pvs) return undefined;
    const { removed, added } = changeOf(before.lvs, vg.lvs);
    if (!added.every((lv) => isPlain(lv) && keepsRules(vg, lv))) return undefined;
    const names = known.names.with(removed.map(nameOf), added.map(nameOf));
    const ids = known.ids.with(removed.map(idOf), added.map(idOf));
    const free = known.free.with(removed, added);
    if (!names || !ids || !free) return undefined;
    const hidden = known.hidden - hiddenIn(removed) + hiddenIn(added);
    return { names, ids, free, hidden };
  },
});

/** Whether no rule is broken by the volumes. False also where that is not simply told. */
export const areSound = (vg: VolumeGroup): boolean => sound.of(vg) !== 'unknown';

/** Whether an operator sees every volume. Only of sound ones. */
export function noneHidden(vg: VolumeGroup): boolean {
  const known = sound.of(vg);
  return known !== 'unknown' && known.hidden === 0;
}

/** Whether there is a volume of this name. */
export function hasLv(vg: VolumeGroup, name: string): boolean {
  const known = sound.of(vg);
  return known === 'unknown' ? findLv(vg, name) !== undefined : known.names.has(name);
}

/** What no volume owns; undefined where the volumes are not sound. */
export function soundFree(vg: VolumeGroup): FreeExtents | undefined {
  const known = sound.of(vg);
  return known === 'unknown' ? undefined : known.free;
}

/** For a group each of whose volumes is known to keep the rules. Gives whether they do together. */
export function knowEachSound(vg: VolumeGroup): boolean {
  const known = all(vg);
  sound.set(vg, known);
  return known !== 'unknown';
}

/** @param vg a group whose volumes are plain and keep the rules, each for itself. */
function all(vg: VolumeGroup): Known {
  const names = Overlay.of(vg.lvs.map(nameOf));
  const ids = Overlay.of([vg.id, ...vg.pvs.map(({ id }) => id), ...vg.lvs.map(idOf)]);
  const free = FreeExtents.of(vg);
  if (!names || !ids || !free) return 'unknown';
  return { names, ids, free, hidden: hiddenIn(vg.lvs) };
}

function keepsRules(vg: VolumeGroup, lv: LogicalVolume): boolean {
  let faults = 0;
  checkVolume(vg, lv, () => faults++);
  return faults === 0;
}

const nameOf = (lv: LogicalVolume): string => lv.name;
const idOf = (lv: LogicalVolume): LvmId => lv.id;
const hiddenIn = (lvs: readonly LogicalVolume[]): number =>
  lvs.reduce((count, lv) => (isVisible(lv) ? count : count + 1), 0);
