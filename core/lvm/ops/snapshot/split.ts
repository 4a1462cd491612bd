/** A snapshot is split off: what its store holds stays (`lvconvert --splitsnapshot`). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import { removeDevice } from '../../activate/device-steps.ts';
import { COW, dmUuid } from '../../activate/names.ts';
import { findLv } from '../../format/model.ts';
import { isVirtualOrigin, type SnapshotLink } from '../../format/snapshots.ts';
import { refuseOpen } from '../find.ts';
import type { Converted } from '../lvconvert.ts';
import { lvNamed } from '../mirror/parts.ts';
import type { Stages } from '../stages.ts';
import { release } from './release.ts';

/** @param force nothing is asked */
export function splitSnapshot(
  stages: Stages,
  link: SnapshotLink,
  force: boolean,
): Result<Converted, VolumeError> {
  const { vg, context, kernel } = stages;
  const names = { vg: vg.name, lv: link.store };
  const origin = findLv(vg, link.origin);
  if (origin && isVirtualOrigin(origin)) return err({ code: 'split-virtual', ...names });
  const store = lvNamed(vg, link.store);
  const open = refuseOpen(context, vg, store);
  if (open) return err(open);
  const isUp = stages.isActive(store);
  const refused = release(stages, link, `Split ${link.store} from ${link.origin}`, () => {
    // LVM leaves this device behind, which nothing uses any more.
    const cow = kernel.find(dmUuid(vg.id, store.id, COW));
    if (!cow) return [];
    kernel.remove(cow.uuid);
    return [removeDevice(cow.name)];
  });
  if (refused) return err(refused);
  return ok({
    questions: isUp && !force ? [{ code: 'split-active-snapshot', ...names }] : [],
    done: [{ code: 'snapshot-split', ...names }],
  });
}
