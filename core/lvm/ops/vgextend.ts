import { err, ok } from '../../base/result.ts';
import { unusedPvSections } from '../format/names.ts';
import type { Operation } from './context.ts';
import { addRefusal } from './extent-limits.ts';
import { vgToChange } from './find.ts';
import { usableAreas } from './metadata-steps.ts';
import { soundMembers } from './missing.ts';
import { planChange } from './plan-change.ts';
import type { PvCreation } from './pv-layout.ts';
import { markStep, memberPvs, newMembers, onlyMade, refuseBeyondLimit } from './pv-steps.ts';

/** Takes more disks or orphan PVs into a group. */
export interface VgextendRequest extends PvCreation {
  readonly verb: 'vgextend';
  readonly vg: string;
  readonly devices: readonly string[];
}

export const planVgextend: Operation<VgextendRequest> = (request, context) => {
  // LVM looks at the devices before it looks for the group.
  const members = newMembers(context, request, 'vgextend');
  if (!members.ok) return members;
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  if (!vg.status.includes('RESIZEABLE')) return err({ code: 'vg-not-resizeable', vg: vg.name });
  const limit = { name: vg.name, max: vg.maxPv, present: vg.pvs.length };
  const full = refuseBeyondLimit(members.value, limit);
  if (full) return ok(full);
  const sections = unusedPvSections(vg, members.value.length);
  const added = memberPvs(members.value, vg.extentSize, (index) => sections[index] ?? '');
  const tooLarge = addRefusal(vg, added);
  if (tooLarge) return ok(onlyMade(members.value, vg.name, tooLarge));
  return planChange(context, scanned.value, {
    title: `Extend volume group ${vg.name}`,
    next: { ...vg, pvs: [...vg.pvs, ...added] },
    before: [
      ...members.value.flatMap((member) => member.init),
      ...members.value.map(({ device }) => markStep(device, true)),
    ],
    areas: [
      ...usableAreas(soundMembers(scanned.value)),
      ...members.value.flatMap((member) => member.areas),
    ],
    done: [{ code: 'vg-extended', vg: vg.name }],
  });
};
