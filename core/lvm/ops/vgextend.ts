import { ok } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { AreaRef } from '../../contract/plan.ts';
import { unusedPvSections } from '../format/names.ts';
import type { UsableArea } from './balance.ts';
import type { Operation } from './context.ts';
import { addRefusal } from './extent-limits.ts';
import { devicesOf, vgToChange } from './find.ts';
import { usableAreas } from './metadata-steps.ts';
import { planChange } from './plan-change.ts';
import type { PvCreation } from './pv-layout.ts';
import {
  joinSteps,
  memberPvs,
  newMemberRecords,
  newMembers,
  onlyMade,
  refuseBeyondLimit,
} from './pv-steps.ts';

/** Takes more disks or orphan PVs into a group. */
export interface VgextendRequest extends PvCreation {
  readonly verb: 'vgextend';
  readonly vg: string;
  readonly devices: readonly string[];
  /** Does not ask. */
  readonly force?: true;
}

/** It finds out when the PVs are made. */
const refusedLate = ({ code }: VolumeError): boolean =>
  ['vg-not-found', 'vg-exported', 'vg-barred', 'vg-read-only', 'vg-name-shared'].includes(code);

const wishedOf = (area: AreaRef, { metadataIgnore: wished }: PvCreation): UsableArea =>
  wished === undefined ? area : { ...area, wished };

export const planVgextend: Operation<VgextendRequest> = (request, context) => {
  // LVM looks at the devices before it looks for the group.
  const members = newMembers(context, request, 'vgextend');
  if (!members.ok) return members;
  const scanned = vgToChange(context, request.vg, { missing: true });
  // It makes PVs before it finds out that they cannot be members, unless nothing could be written.
  if (!scanned.ok) {
    return refusedLate(scanned.error)
      ? ok(onlyMade(members.value, request.vg, scanned.error))
      : scanned;
  }
  const { vg } = scanned.value;
  if (!vg.status.includes('RESIZEABLE')) {
    return ok(onlyMade(members.value, vg.name, { code: 'vg-not-resizeable', vg: vg.name }));
  }
  const limit = { name: vg.name, max: vg.maxPv, present: vg.pvs.length };
  const full = refuseBeyondLimit(members.value, limit);
  if (full) return ok(full);
  const sections = unusedPvSections(vg, members.value.length);
  const added = memberPvs(members.value, vg.extentSize, (index) => sections[index] ?? '');
  const tooLarge = addRefusal(vg, added);
  if (tooLarge) return ok(onlyMade(members.value, vg.name, tooLarge));
  const areas: readonly UsableArea[] = [
    ...usableAreas(devicesOf(scanned.value)),
    ...members.value.flatMap(({ areas: own }) => own.map((area) => wishedOf(area, request))),
  ];
  const used = areas.filter((area) => !(area.wished ?? area.ignored)).length;
  const from = vg.metadataCopies ?? 0;
  const managed = request.metadataIgnore !== undefined && from > 0;
  const copies = managed ? { metadataCopies: used } : {};
  return planChange(context, scanned.value, {
    title: `Extend volume group ${vg.name}`,
    next: { ...vg, ...copies, pvs: [...vg.pvs, ...added] },
    log: { first: newMemberRecords(members.value) },
    before: joinSteps(members.value, vg.name, [
      { code: 'extending-vg', vg: vg.name, count: members.value.length },
    ]),
    areas,
    ...(managed && !request.force ? { questions: [{ code: 'override-copies', vg: vg.name }] } : {}),
    done: [
      ...(managed && used !== from ? [copiesNotice(vg.name, from, used)] : []),
      { code: 'vg-extended', vg: vg.name },
    ],
  });
};

/** Who says of new areas whether they are used changes how many copies there are. */
const copiesNotice = (vg: string, from: number, to: number): Notice => ({
  code: 'metadata-copies-change',
  vg,
  from,
  to,
});
