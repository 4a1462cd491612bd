import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { OpContext, Operation } from './context.ts';
import { devicesOf, directly, vgToChange } from './find.ts';
import {
  commitStep,
  metadataSteps,
  nextVersion,
  staleCopyNotices,
  usableAreas,
} from './metadata-steps.ts';
import { joined, olderCopyNotices, refuseJoin } from './two-groups.ts';

/** Takes all PVs and volumes of one group into another. The volumes have to be inactive. */
export interface VgmergeRequest {
  readonly verb: 'vgmerge';
  /** The group that stays. */
  readonly to: string;
  readonly from: string;
}

/**
 * The disks that change over get the new version first: from the first of them on, the group that
 * stays lists every PV of the other, which is then over (scan-owners.ts).
 */
export const planVgmerge: Operation<VgmergeRequest> = (request, context) => {
  if (request.to === request.from) return err({ code: 'vg-with-itself', vg: request.to });
  const groups = bothGroups(context, request);
  if (!groups.ok) return err(directly(groups.error));
  const { from, to } = groups.value;
  const refused = refuseJoin(context, from.vg, to.vg);
  if (refused) return err(refused);
  const next = joined(to.vg, from.vg, from.vg);
  if (!next.ok) return next;
  return planFor(context, groups.value, nextVersion(next.value));
};

type Groups = Record<'from' | 'to', ReturnType<typeof vgToChange> & { ok: true }>;
type Both = { readonly [K in keyof Groups]: Groups[K]['value'] };

/** LVM reads them in the order of their names. */
function bothGroups(context: OpContext, request: VgmergeRequest): Result<Both, VolumeError> {
  const fromFirst = request.from < request.to;
  const first = vgToChange(context, fromFirst ? request.from : request.to);
  if (!first.ok) return first;
  const second = vgToChange(context, fromFirst ? request.to : request.from);
  if (!second.ok) return second;
  return fromFirst
    ? ok({ from: first.value, to: second.value })
    : ok({ from: second.value, to: first.value });
}

function planFor(
  context: OpContext,
  { from, to }: Both,
  next: VolumeGroup,
): Result<Plan, VolumeError> {
  const [arriving, present] = [usableAreas(devicesOf(from)), usableAreas(devicesOf(to))];
  const metadata = metadataSteps(context, next, [...arriving, ...present], {
    before: [from.vg, to.vg],
  });
  if (!metadata.ok) return metadata;
  const { prepare } = metadata.value;
  const commits: readonly Step[] = [arriving, present]
    .filter((areas) => areas.length > 0)
    .map((areas) => commitStep(next, areas));
  const before = { from: from.vg.seqno, to: to.vg.seqno };
  return ok({
    title: `Merge volume group ${from.vg.name} into ${next.name}`,
    steps: [...prepare, ...commits],
    commitAt: prepare.length,
    warnings: [
      ...olderCopyNotices(devicesOf(from), before, next.name, next.seqno),
      ...staleCopyNotices(to, next.seqno),
    ],
    questions: [],
    done: [{ code: 'vg-merged', from: from.vg.name, to: next.name }],
  });
}
