import { err } from '../../base/result.ts';
import type { Step } from '../../contract/plan.ts';
import { COW, dmName, dmUuid, REAL } from '../activate/names.ts';
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
  const active = [tops(vg), partsOf(vg)].flatMap((lvs) =>
    // Above a layer there may be snapshots beside the volume itself.
    [undefined, REAL, COW].flatMap((layer) =>
      lvs.flatMap((lv) => {
        const flush = lv.segments[0]?.kind !== 'mirror';
        const device = context.device(dmUuid(vg.id, lv.id, layer))?.name;
        const newDevice = dmName(to, lv.name, layer);
        return device === undefined ? [] : [{ device, newDevice, flush }];
      }),
    ),
  );
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

const tops = (vg: VolumeGroup): readonly LogicalVolume[] =>
  vg.lvs.filter(({ name }) => !mirrorPartsOf(vg).has(name));

/** Behind the mirrors that they are parts of: these may still write while they go to sleep. */
const partsOf = (vg: VolumeGroup): readonly LogicalVolume[] =>
  tops(vg).flatMap((lv) => partsBelow(vg, lv).flatMap((name) => findLv(vg, name) ?? []));

const asleep = ({ device, flush }: { readonly device: string; readonly flush: boolean }): Step =>
  suspend(device, { flush, freeze: false });
