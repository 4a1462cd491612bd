/**
 * Volumes that were parts of a mirror and are no longer (reference 10.8): as in LVM they are seen
 * for a moment, go down and are forgotten one by one, each in a version of its own.
 */
import type { VolumeError } from '../../../contract/errors.ts';
import { partsBelow } from '../../format/mirror-parts.ts';
import type { VolumeGroup } from '../../format/model.ts';
import type { DeviceNode } from '../../activate/tree.ts';
import { reloadSteps, type Reload } from '../../activate/steps.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { lvNamed, withoutLvs } from './parts.ts';

/** The tables of what stays and of what leaves, in one cycle (reference 8.5). */
export function reloadWith(
  stages: Stages,
  next: VolumeGroup,
  name: string,
  detached: readonly string[],
): Reload | VolumeError {
  const trees: DeviceNode[] = [];
  for (const one of detached) {
    const tree = stages.tree(next, one);
    if (isRefusal(tree)) return tree;
    trees.push(tree);
  }
  const tree = stages.tree(next, name);
  if (isRefusal(tree)) return tree;
  const before = stages.tree(stages.vg, name);
  if (isRefusal(before)) return before;
  const { era } = stages.context;
  return reloadSteps(tree, stages.kernel, { before, detached: trees, ...(era ? { era } : {}) });
}

/**
 * A version, and the tables that it changes where the volume is active.
 * @param detached what leaves the volume with this version
 */
export function changeInUse(
  stages: Stages,
  name: string,
  change: { readonly title: string; readonly next: VolumeGroup },
  detached: readonly string[] = [],
): VolumeError | undefined {
  if (!stages.isActive(lvNamed(change.next, name))) return stages.change(change);
  const reload = reloadWith(stages, change.next, name, detached);
  return isRefusal(reload) ? reload : stages.change({ ...change, reload });
}

/**
 * @param lv the volume that they were parts of, brought up to date last
 * @param names in the order in which they go
 * @param isLast otherwise the next version is the first without the last of them
 */
export function forget(
  stages: Stages,
  lv: string,
  names: readonly string[],
  isLast = true,
): VolumeError | undefined {
  let { vg } = stages;
  for (const name of names) {
    // A part of a part goes with it.
    const parts = [name, ...partsBelow(vg, lvNamed(vg, name))];
    const down = stages.deactivate(vg, name);
    if (isRefusal(down)) return down;
    const refused = stages.change({ title: `Take ${name} down`, next: vg, after: down });
    if (refused) return refused;
    vg = withoutLvs(stages.vg, parts);
  }
  if (!isLast) {
    stages.leaveOut(vg);
    return undefined;
  }
  return changeInUse(stages, lv, { title: `Remove ${names.join(', ')}`, next: vg });
}
