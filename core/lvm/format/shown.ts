/** Which volumes come first in the text: those that an operator sees (reference 2.5, 2.6.4). */
import { isVisible, type LogicalVolume, type VolumeGroup } from './model.ts';
import { references } from './references.ts';
import { noneHidden } from './sound-lvs.ts';
import { plainType } from './segtypes/foreign.ts';

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

/** The group's own list where that is in order, as it is in all that was read. */
function ordered(vg: VolumeGroup): readonly LogicalVolume[] {
  if (noneHidden(vg)) return vg.lvs;
  const pseudo = new Set<string>();
  const stores = new Set<string>();
  for (const lv of vg.lvs) {
    for (const segment of lv.segments) {
      if (segment.kind !== 'foreign' || plainType(segment) !== 'snapshot') continue;
      pseudo.add(lv.name);
      if (!isVisible(lv)) continue;
      for (const { key, lv: name } of references(vg, segment)) {
        if (key === 'cow_store') stores.add(name);
      }
    }
  }
  const shown = (lv: LogicalVolume): boolean =>
    !pseudo.has(lv.name) && (isVisible(lv) || stores.has(lv.name));
  const hidden = vg.lvs.filter((lv) => !shown(lv));
  if (hidden.length === 0) return vg.lvs;
  return [...vg.lvs.filter(shown), ...hidden];
}
