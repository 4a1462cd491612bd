import { err, ok } from '../../base/result.ts';
import { foreignUserOf } from '../format/foreign-users.ts';
import { partsOf } from '../format/partial.ts';
import { partsBelow } from '../format/mirror-parts.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { isSeen } from '../format/shown.ts';
import { snapshotOn, snapshotsOf } from '../format/snapshots.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Operation } from './context.ts';
import { lvNamed } from './mirror/parts.ts';
import { isActive, ownLv, refuseOpen, vgToChange } from './find.ts';
import { removeDeviceSteps } from './lv-steps.ts';
import { logged } from '../activate/steps.ts';
import { planChange } from './plan-change.ts';
import { planRemoveOfFamily } from './snapshot/remove.ts';

/** Removes a volume and its data. Refused while it is in use. */
export interface LvremoveRequest {
  readonly verb: 'lvremove';
  readonly vg: string;
  readonly lv: string;
  /** Removes an active volume without asking. */
  readonly force?: boolean;
  /** One of several: another of these may take it along. */
  readonly beside?: true;
}

export const planLvremove: Operation<LvremoveRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  if (request.beside && !findLv(vg, request.lv)) return ok(nothingLeft(vg.name, request.lv));
  const leftover = leftHidden(vg, request.lv);
  const link = snapshotOn(vg, request.lv);
  // One that waits to merge into a volume that is down has not begun.
  const isUp = link && isActive(context, vg, lvNamed(vg, link.origin));
  if (link?.merging && isUp) return err({ code: 'snapshot-merging', vg: vg.name, lv: request.lv });
  const put = leftover ?? (link?.merging ? findLv(vg, request.lv) : undefined);
  const lv = put ? ok(put) : ownLv(vg, request.lv, 'lvremove');
  if (!lv.ok) return lv;
  const family = planRemoveOfFamily(request, context, scanned.value, lv.value);
  if (family) return family;
  const open = refuseOpen(context, vg, lv.value);
  if (open) return err(open);
  const removal = removeDeviceSteps(context, scanned.value, lv.value);
  if (!removal.ok) return removal;
  const parts = partsBelow(vg, lv.value);
  const ask = isActive(context, vg, lv.value) && request.force !== true;
  const releasing = [{ code: 'releasing-lv', lv: request.lv }] as const;
  return planChange(context, scanned.value, {
    title: `Remove logical volume ${vg.name}/${request.lv}`,
    next: { ...vg, lvs: vg.lvs.filter((one) => one !== lv.value && !parts.includes(one.name)) },
    before: logged(removal.value, [], releasing),
    ...(removal.value.length === 0 ? { log: { first: releasing } } : {}),
    questions: ask ? [{ code: 'remove-active-lv', vg: vg.name, lv: request.lv }] : [],
    done: leftover ? [] : [{ code: 'lv-removed', vg: vg.name, lv: request.lv }],
  });
};

const nothingLeft = (vg: string, lv: string): Plan => ({
  title: `Leave ${vg}/${lv}, which is gone`,
  steps: [],
  commitAt: -1,
  warnings: [],
  questions: [],
  done: [],
});

const isPart = (vg: VolumeGroup, name: string): boolean =>
  vg.lvs.some(({ segments }) => segments.some((one) => partsOf(vg, one).includes(name)));

/**
 * A hidden volume that is a part of nothing: a conversion that was cut short left it. LVM removes
 * it like any other, and says nothing.
 */
function leftHidden(vg: VolumeGroup, name: string): LogicalVolume | undefined {
  const lv = findLv(vg, name);
  if (!lv || isSeen(vg, lv) || isPart(vg, name)) return undefined;
  if (snapshotsOf(vg).pseudo.has(name)) return undefined;
  const isForeign = lv.segments.some(({ kind }) => kind === 'foreign');
  return isForeign || foreignUserOf(vg, name) !== undefined ? undefined : lv;
}
