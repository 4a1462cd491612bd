import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { reloadSteps, type Reload } from '../activate/steps.ts';
import { deviceTree } from '../activate/tree.ts';
import { partsBelow } from '../format/mirror-parts.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { checkLvName } from '../format/names.ts';
import { withLvRenamed } from '../format/references.ts';
import { isVirtualOrigin, snapshotOn } from '../format/snapshots.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { deviceOf, movingPart, ownLv, surroundings, vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';

/** Gives a volume another name; programs that have it open go on. */
export interface LvrenameRequest {
  readonly verb: 'lvrename';
  readonly vg: string;
  readonly from: string;
  readonly to: string;
}

export const planLvrename: Operation<LvrenameRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const { from, to } = request;
  if (from === to) return err({ code: 'same-name', vg: vg.name, lv: from });
  const badName = checkLvName(vg.name, to);
  if (badName) return err({ ...badName, isNew: true });
  const lv = ownLv(vg, from, 'lvrename');
  if (!lv.ok) return lv;
  if (findLv(vg, to)) return err({ code: 'lv-exists', vg: vg.name, lv: to });
  const moving = movingPart(vg, lv.value, 'lvrename');
  if (moving) return err(moving);
  const names = newNames(vg, lv.value, to);
  const taken = [...names.values()].find((name) => findLv(vg, name));
  if (taken !== undefined) return err({ code: 'lv-exists', vg: vg.name, lv: taken });
  const next = [...names].reduce((one, [old, name]) => withLvRenamed(one, old, name), vg);
  const reload = renaming(context, scanned.value, next, lv.value);
  if (!reload.ok) return reload;
  return planChange(context, scanned.value, {
    title: `Rename logical volume ${vg.name}/${from} to ${to}`,
    next,
    reload: reload.value,
    done: [{ code: 'lv-renamed', vg: vg.name, from, to }],
  });
};

/** Of the volume and of the parts of it that have its name in theirs. */
function newNames(vg: VolumeGroup, lv: LogicalVolume, to: string): ReadonlyMap<string, string> {
  const origin = snapshotOn(vg, lv.name)?.origin;
  const beside = origin === undefined ? [] : [origin].filter((name) => isVirtualOrigin({ name }));
  const parts = [...partsBelow(vg, lv), ...beside].filter((name) => name.startsWith(`${lv.name}_`));
  return new Map([lv.name, ...parts].map((name) => [name, `${to}${name.slice(lv.name.length)}`]));
}

/** The tables stay as they are; while nothing goes through them the devices get their names. */
function renaming(
  context: OpContext,
  scanned: ScannedVg,
  next: VolumeGroup,
  lv: LogicalVolume,
): Result<Reload, VolumeError> {
  const { vg } = scanned;
  if (!deviceOf(context, vg, lv)) return ok({ preload: [], suspend: [], resume: [] });
  const around = surroundings(context, scanned);
  const before = deviceTree(vg, lv, around);
  const same = next.lvs.find(({ id }) => id === lv.id) ?? lv;
  if (!before.ok) return before;
  const root = deviceTree(next, same, around);
  if (!root.ok) return root;
  return ok(reloadSteps(root.value, context.kernel(), { before: before.value }));
}
