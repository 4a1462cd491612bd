/** A snapshot that parts from its origin: its store becomes a volume like any other. */
import type { VolumeError } from '../../../contract/errors.ts';
import type { Step } from '../../../contract/plan.ts';
import { reloadSteps } from '../../activate/steps.ts';
import type { VolumeGroup } from '../../format/model.ts';
import type { SnapshotLink } from '../../format/snapshots.ts';
import { lvNamed } from '../mirror/parts.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { withoutLink } from './link.ts';

/**
 * The version without the link, and with it the tables: the store's own goes live before the origin
 * goes on, or two devices would write it for a moment (reference 8.5, 15.3).
 * @param after what is done with the store's devices once it is a volume
 */
export function release(
  stages: Stages,
  link: SnapshotLink,
  title: string,
  after: (next: VolumeGroup) => readonly Step[] | VolumeError,
): VolumeError | undefined {
  const { vg, kernel } = stages;
  const next = withoutLink(vg, link);
  if (!stages.isActive(lvNamed(vg, link.origin))) return stages.change({ title, next });
  const before = stages.tree(vg, link.origin);
  if (isRefusal(before)) return before;
  const root = stages.tree(next, link.origin);
  if (isRefusal(root)) return root;
  const released = stages.tree(next, link.store);
  if (isRefusal(released)) return released;
  const reload = reloadSteps(root, kernel, { before, released });
  const then = after(next);
  return isRefusal(then) ? then : stages.change({ title, next, reload, after: then });
}
