import { err } from '../../base/result.ts';
import type { Step } from '../../contract/plan.ts';
import { dmName, dmUuid, REAL } from '../activate/names.ts';
import { renameStep, resume, suspend } from '../activate/device-steps.ts';
import { mirrorPartsOf, partsBelow } from '../format/mirror-parts.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { checkVgName, unfitLvs } from '../format/names.ts';
import type { Operation } from './context.ts';
import { isNameTaken, vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';

/** Characters of a new name at most: LVM counts those of `/dev/` with it. */
const PATH_MAX = 121;

/** Gives a group another name; programs that have its volumes open go on. */
export interface VgrenameRequest {
  readonly verb: 'vgrename';
  /** Its name, or its identifier with dashes. */
  readonly from: string;
  readonly to: string;
}

export const planVgrename: Operation<VgrenameRequest> = ({ from: wanted, to }, context) => {
  if (wanted === to) return err({ code: 'same-vg-name' });
  if (to.length > PATH_MAX) {
    const max = PATH_MAX;
    return err({ code: 'name-refused', object: 'vg', name: to, why: 'too-long', isNew: true, max });
  }
  const badName = checkVgName(to);
  if (badName) return err({ ...badName, isNew: true });
  const scanned = vgToChange(context, wanted, { exported: true });
  if (!scanned.ok) return scanned;
  if (isNameTaken(context.scan, to)) {
    return err({ code: 'vg-rename-exists', vg: to });
  }
  const { vg } = scanned.value;
  const from = vg.name;
  const faults = unfitLvs({ ...vg, name: to });
  if (faults.length > 0) return err({ code: 'metadata-unsound', vg: from, faults });
  const active = topDown(vg).flatMap((lv) => {
    const flush = lv.segments[0]?.kind !== 'mirror';
    return [undefined, REAL].flatMap((layer) => {
      const device = context.device(dmUuid(vg.id, lv.id, layer))?.name;
      return device === undefined ? [] : [{ device, newDevice: dmName(to, lv.name, layer), flush }];
    });
  });
  return planChange(context, scanned.value, {
    title: `Rename volume group ${from} to ${to}`,
    next: { ...vg, name: to },
    reload: { preload: [], suspend: active.map(asleep), resume: [] },
    after: [
      ...active.map(({ device, newDevice }) => renameStep(device, newDevice)),
      ...active.toReversed().map(({ newDevice }) => resume(newDevice)),
    ],
    log: { first: [{ code: 'writing-vg', several: false }] },
    done: [{ code: 'vg-renamed', from, to }],
  });
};

/** A mirror before what it is made of: it may still write to that while it goes to sleep. */
function topDown(vg: VolumeGroup): readonly LogicalVolume[] {
  const parts = mirrorPartsOf(vg);
  if (parts.size === 0) return vg.lvs;
  const tops = vg.lvs.filter(({ name }) => !parts.has(name));
  return tops.flatMap((lv) => [
    lv,
    ...partsBelow(vg, lv).flatMap((name) => findLv(vg, name) ?? []),
  ]);
}

const asleep = ({ device, flush }: { readonly device: string; readonly flush: boolean }): Step =>
  suspend(device, { flush, freeze: false });
