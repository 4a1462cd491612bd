/** Which volumes come first in the text: those that an operator sees (reference 2.5, 2.6.4). */
import { findLv, isVisible, type LogicalVolume, type VolumeGroup } from './model.ts';
import { noneHidden } from './sound-lvs.ts';
import { isVirtualOrigin, snapshotsOf } from './snapshots.ts';

/**
 * The volumes in the order they are written: visible ones, then hidden ones. A snapshot is seen
 * under the name of its store; the pseudo volume that links store and origin is never seen.
 */
export function lvsInOrder(vg: VolumeGroup): readonly LogicalVolume[] {
  const known = orders.get(vg);
  if (known) return known;
  const order = ordered(vg);
  orders.set(vg, order);
  return order;
}

const orders = new WeakMap<VolumeGroup, readonly LogicalVolume[]>();

/**
 * Whether an operator sees it, as LVM has it: a snapshot under the name of its store unless it
 * merges; what links the two never.
 */
export function isSeen(vg: VolumeGroup, lv: LogicalVolume): boolean {
  const { pseudo, stores } = snapshotsOf(vg);
  const link = stores.get(lv.name);
  if (!link) return isVisible(lv) && !pseudo.has(lv.name);
  const origin = findLv(vg, link.origin);
  if (!origin || isVirtualOrigin(origin)) return true;
  return !link.merging && isVisible(origin);
}

/** Volumes that an operator sees, in the group's order. */
export const seenLvs = (vg: VolumeGroup): readonly LogicalVolume[] =>
  noneHidden(vg) ? vg.lvs : vg.lvs.filter((lv) => isSeen(vg, lv));

/** The group's own list where that is in order, as it is in all that was read. */
function ordered(vg: VolumeGroup): readonly LogicalVolume[] {
  if (noneHidden(vg)) return vg.lvs;
  const shown = (lv: LogicalVolume): boolean => isSeen(vg, lv);
  const hidden = vg.lvs.filter((lv) => !shown(lv));
  if (hidden.length === 0) return vg.lvs;
  return [...vg.lvs.filter(shown), ...hidden];
}
