import { err } from '../../base/result.ts';
import { dmName } from '../activate/names.ts';
import { renameStep, resume, suspend } from '../activate/device-steps.ts';
import { logged, treeRecord } from '../activate/steps.ts';
import { findLv } from '../format/model.ts';
import { checkLvName } from '../format/names.ts';
import { withLvRenamed } from '../format/references.ts';
import type { Operation } from './context.ts';
import { deviceOf, ownLv, vgToChange } from './find.ts';
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
  const device = deviceOf(context, vg, lv.value)?.name;
  const newDevice = dmName(vg.name, to);
  const { lvs } = withLvRenamed(vg, from, to);
  return planChange(context, scanned.value, {
    title: `Rename logical volume ${vg.name}/${from} to ${to}`,
    next: { ...vg, lvs },
    ...(device === undefined
      ? {}
      : {
          reload: {
            preload: [],
            suspend: logged([suspend(device)], [treeRecord('SUSPEND', device)]),
            resume: logged(
              [renameStep(device, newDevice), resume(newDevice)],
              [treeRecord('ACTIVATE', newDevice)],
              [treeRecord('CLEAN', newDevice)],
            ),
          },
        }),
    done: [{ code: 'lv-renamed', vg: vg.name, from, to }],
  });
};
