/** Snapshots that go, by themselves or with what they were taken of (reference 10.4). */
import { err, ok, type Result } from '../../../base/result.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import type { Plan, Step } from '../../../contract/plan.ts';
import { logged } from '../../activate/steps.ts';
import { partsBelow } from '../../format/mirror-parts.ts';
import type { LogicalVolume } from '../../format/model.ts';
import {
  isVirtualOrigin,
  snapshotOn,
  snapshotsTaken,
  type SnapshotLink,
} from '../../format/snapshots.ts';
import type { ScannedVg } from '../../scan-types.ts';
import type { OpContext } from '../context.ts';
import { isActive, refuseOpen } from '../find.ts';
import type { LvremoveRequest } from '../lvremove.ts';
import { lvNamed, withoutLvs } from '../mirror/parts.ts';
import { isRefusal, Stages } from '../stages.ts';
import { withoutLink } from './link.ts';
import { refuseFamilyOpen } from './open.ts';
import { release } from './release.ts';

/**
 * @param lv an origin or a snapshot
 * @returns undefined for any other volume
 */
export function planRemoveOfFamily(
  request: LvremoveRequest,
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
): Result<Plan, VolumeError> | undefined {
  const { vg } = scanned;
  const link = snapshotOn(vg, lv.name);
  if (link) return planRemoveSnapshot(request, context, scanned, link);
  const links = snapshotsTaken(vg, lv.name);
  return links.length > 0 ? planRemoveOrigin(request, context, scanned, lv, links) : undefined;
}

function planRemoveSnapshot(
  request: LvremoveRequest,
  context: OpContext,
  scanned: ScannedVg,
  link: SnapshotLink,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const names = { vg: vg.name, lv: link.store };
  const store = lvNamed(vg, link.store);
  const origin = lvNamed(vg, link.origin);
  const open = refuseOpen(context, vg, store);
  if (open) return err(open);
  const stages = new Stages(context, scanned);
  const refused = isVirtualOrigin(origin)
    ? removeAll(stages, origin, [link])
    : (release(stages, link, partTitle(link), () => []) ?? removeStore(stages, link.store));
  if (refused) return err(refused);
  // As in LVM nobody is asked about one of nothing.
  const asks = isActive(context, vg, store) && !isVirtualOrigin(origin);
  const ask = asks && request.force !== true;
  return ok(
    stages.plan({
      title: `Remove snapshot ${vg.name}/${link.store}`,
      questions: ask ? [{ code: 'remove-active-lv', ...names }] : [],
      done: [{ code: 'lv-removed', ...names }],
    }),
  );
}

function planRemoveOrigin(
  request: LvremoveRequest,
  context: OpContext,
  scanned: ScannedVg,
  origin: LogicalVolume,
  links: readonly SnapshotLink[],
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const names = { vg: vg.name, lv: origin.name };
  const open = refuseFamilyOpen(context, vg, origin);
  if (open) return err(open.code === 'snapshots-open' ? { ...open, removing: true } : open);
  const stages = new Stages(context, scanned);
  const refused = removeAll(stages, origin, links);
  if (refused) return err(refused);
  const ask = isActive(context, vg, origin) && request.force !== true;
  return ok(
    stages.plan({
      title: `Remove ${vg.name}/${origin.name} and its snapshots`,
      questions: ask ? [{ code: 'remove-active-origin', ...names, snapshots: links.length }] : [],
      done: [...links.map(({ store }) => store), origin.name].map(
        (lv) => ({ code: 'lv-removed', vg: vg.name, lv }) as const,
      ),
    }),
  );
}

const partTitle = ({ store, origin }: SnapshotLink): string =>
  `Part the snapshot ${store} from ${origin}`;

function removeStore(stages: Stages, name: string): VolumeError | undefined {
  const down = stages.deactivate(stages.vg, name);
  if (isRefusal(down)) return down;
  const parts = partsBelow(stages.vg, stages.lv(name));
  return stages.change({
    title: `Remove ${name}`,
    next: withoutLvs(stages.vg, [name, ...parts]),
    before: logged(down, [], [{ code: 'releasing-lv', lv: name }]),
  });
}

/** All of them down at once; a version for each snapshot, and one for the rest. */
function removeAll(
  stages: Stages,
  origin: LogicalVolume,
  links: readonly SnapshotLink[],
): VolumeError | undefined {
  let before: readonly Step[] | VolumeError = stages.deactivate(stages.vg, origin.name);
  const gone: string[] = [];
  for (const link of links) {
    if (isRefusal(before)) return before;
    const next = withoutLink(withoutLvs(stages.vg, gone), link);
    const refused = stages.change({ title: partTitle(link), next, before });
    if (refused) return refused;
    before = [];
    gone.push(link.store, ...partsBelow(next, lvNamed(next, link.store)));
  }
  const parts = partsBelow(stages.vg, origin);
  return stages.change({
    title: `Remove ${origin.name}`,
    next: withoutLvs(stages.vg, [...gone, origin.name, ...parts]),
  });
}
