/**
 * A snapshot flows back into its origin, at once where neither is open, else when the origin comes
 * up the next time (reference 10.10).
 */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Notice, VolumeError } from '../../../contract/errors.ts';
import type { Copying } from '../../../contract/plan.ts';
import { isMerged, runsMerge } from '../../activate/merge-status.ts';
import { snapshotStatusOf } from '../../activate/snapshot-status.ts';
import { reloadSteps } from '../../activate/steps.ts';
import { partsBelow } from '../../format/mirror-parts.ts';
import { isWritable, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { snapshotOn, snapshotsTaken, type SnapshotLink } from '../../format/snapshots.ts';
import type { OpContext } from '../context.ts';
import { deviceOf } from '../find.ts';
import type { Converted } from '../lvconvert.ts';
import { lvNamed, withoutLvs } from '../mirror/parts.ts';
import { isRefusal, type Stages } from '../stages.ts';
import { asMerging } from './link.ts';
import { release } from './release.ts';

/** Seconds after which LVM's poller would look by itself (`activation/polling_interval`). */
const LOOKED_AT_LAST = 15;

/**
 * @param how `unrun`: the line is only tried, LVM sees no device then; `waits`: whoever asked waits
 *   for the end, and all that he asked for is begun before that
 */
export function beginMerge(
  stages: Stages,
  link: SnapshotLink,
  { unrun, waits }: Readonly<Record<'unrun' | 'waits', boolean>>,
): Result<Converted, VolumeError> {
  const { vg, context, kernel } = stages;
  const names = { vg: vg.name, lv: link.store };
  const origin = lvNamed(vg, link.origin);
  const refused = refuse(stages, link, origin);
  if (refused) return err(refused);
  const later: Notice = { code: 'merge-on-activation', ...names, origin: origin.name };
  const change = { title: `Merge ${link.store} into ${origin.name}`, next: asMerging(vg, link) };
  const device = deviceOf(context, vg, origin);
  const open = openOf(stages, link, origin);
  if (!device || unrun || open) {
    const failed = stages.change(change);
    const delayed: readonly Notice[] = open && !unrun ? [{ code: 'merge-delayed', open }] : [];
    return failed ? err(failed) : ok({ done: [...delayed, later] });
  }
  const before = stages.tree(vg, origin.name);
  if (isRefusal(before)) return err(before);
  const root = stages.tree(change.next, origin.name);
  if (isRefusal(root)) return err(root);
  const failed = stages.change({ ...change, reload: reloadSteps(root, kernel, { before }) });
  if (failed) return err(failed);
  const begins = { ...mergeOf(vg, link), ...(waits ? { rests: LOOKED_AT_LAST } : {}) };
  return ok({ done: [{ code: 'merge-started', ...names }], begins });
}

/** In LVM's order. */
function refuse(
  { vg, context }: Stages,
  link: SnapshotLink,
  origin: LogicalVolume,
): VolumeError | undefined {
  const names = { vg: vg.name, lv: link.store };
  const cannot = { code: 'cannot-merge', ...names, origin: origin.name } as const;
  if (snapshotsTaken(vg, origin.name).some(({ merging }) => merging)) {
    return { ...cannot, why: 'merging' };
  }
  if (!isWritable(origin)) return { ...cannot, why: 'read-only' };
  const status = snapshotStatusOf(deviceOf(context, vg, lvNamed(vg, link.store)));
  return status?.is === 'invalid' ? { code: 'merge-invalid', ...names } : undefined;
}

function openOf(
  { vg, context }: Stages,
  { store }: SnapshotLink,
  origin: LogicalVolume,
): 'origin' | 'snapshot' | undefined {
  const isOpen = (lv: LogicalVolume): boolean => (deviceOf(context, vg, lv)?.openCount ?? 0) > 0;
  if (isOpen(origin)) return 'origin';
  return isOpen(lvNamed(vg, store)) ? 'snapshot' : undefined;
}

/** What goes on until all is in the origin, and what is said then. */
export function mergeOf({ name: vg }: VolumeGroup, { origin, store }: SnapshotLink): Copying {
  const done: readonly Notice[] = [
    { code: 'merge-finished', vg, lv: origin },
    { code: 'lv-removed', vg, lv: store },
  ];
  return { vg, lv: origin, merges: store, done };
}

/** Of the merges into these volumes: those that run. @param whereUp or will, once it is done */
export function mergesOf(
  context: Pick<OpContext, 'device'>,
  vg: VolumeGroup,
  volumes: readonly LogicalVolume[],
  whereUp: (origin: LogicalVolume) => boolean,
): readonly Copying[] {
  return volumes.flatMap((origin) => {
    const link = snapshotsTaken(vg, origin.name).find(({ merging }) => merging);
    if (!link) return [];
    const device = deviceOf(context, vg, origin);
    return runsMerge(device) || whereUp(origin) ? [mergeOf(vg, link)] : [];
  });
}

/** All is in the origin: the store goes, in two versions (reference 15.3). */
export function endMerge(stages: Stages, store: string): Result<Converted, VolumeError> {
  const { vg, context } = stages;
  const link = snapshotOn(vg, store);
  const none: Converted = { done: [] };
  if (!link?.merging || !isMerged(deviceOf(context, vg, lvNamed(vg, link.origin)))) return ok(none);
  const refused =
    release(stages, link, `Part ${store} from ${link.origin}`, (next) =>
      stages.deactivate(next, store),
    ) ?? forgetStore(stages, store);
  return refused ? err(refused) : ok(none);
}

function forgetStore(stages: Stages, store: string): VolumeError | undefined {
  const gone = [store, ...partsBelow(stages.vg, stages.lv(store))];
  return stages.change({ title: `Remove ${store}`, next: withoutLvs(stages.vg, gone) });
}
