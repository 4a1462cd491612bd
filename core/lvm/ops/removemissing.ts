import { err, ok, type Result } from '../../base/result.ts';
import type { LvmId } from '../../base/ids.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import { removeDevice } from '../activate/steps.ts';
import type { ForeignSegment, LogicalVolume, Segment, VolumeGroup } from '../format/model.ts';
import { foreignUserOf } from '../format/references.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { deviceOf, refuseOpen, vgToChange } from './find.ts';
import { lvsOn, missingPvs } from './missing.ts';
import { planChange } from './plan-change.ts';

/** Takes missing PVs out of a group; with force also the volumes that lie on them. */
export interface RemovemissingRequest {
  readonly verb: 'removemissing';
  readonly vg: string;
  readonly force?: boolean;
}

export const planRemovemissing: Operation<RemovemissingRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const missing = missingPvs(scanned.value);
  if (missing.length === 0) return ok(nothingMissing(vg.name));
  const partial = withUsers(vg, lvsOn(vg, missing));
  if (request.force) return removeAll(context, scanned.value, missing, partial);
  const empty = missing.filter((id) => lvsOn(vg, [id]).length === 0);
  const stays = partial.length > 0;
  const notices: readonly Notice[] = stays
    ? [
        ...partial.map(({ name: lv }) => ({ code: 'lv-partial', lv }) as const),
        { code: 'partial-lvs-stay', vg: vg.name },
      ]
    : [];
  const short = stays ? ({ code: 'incomplete', vg: vg.name } as const) : undefined;
  if (empty.length === 0) return ok({ ...nothingMissing(vg.name), ...left(notices, short) });
  return planChange(context, scanned.value, {
    title: `Remove missing physical volumes of ${vg.name}`,
    next: { ...vg, pvs: vg.pvs.filter(({ id }) => !empty.includes(id)) },
    warnings: notices,
    done: stays ? [] : [{ code: 'vg-made-consistent', vg: vg.name }],
    ...(short ? { short } : {}),
  });
};

const left = (warnings: readonly Notice[], short: VolumeError | undefined) => ({
  warnings,
  done: [],
  ...(short ? { short } : {}),
});

function nothingMissing(vg: string): Plan {
  return {
    title: `Remove missing physical volumes of ${vg}`,
    steps: [],
    commitAt: -1,
    warnings: [],
    questions: [],
    done: [{ code: 'vg-consistent', vg }],
  };
}

function removeAll(
  context: OpContext,
  scanned: ScannedVg,
  missing: readonly LvmId[],
  partial: readonly LogicalVolume[],
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  const before: Step[] = [];
  for (const lv of partial) {
    // Such volumes lose a leg, not all: how, their type alone knows.
    const refused = { code: 'segment-type-unsupported', vg: vg.name, lv: lv.name } as const;
    const own = lv.segments.find(isForeign);
    if (own) return err({ ...refused, type: own.type });
    const user = foreignUserOf(vg, lv.name);
    if (user !== undefined) return err({ ...refused, type: user, user: true });
    const open = refuseOpen(context, vg, lv);
    if (open) return err(open);
    // A table of it can no longer be made; its device is all there is to lose.
    const device = deviceOf(context, vg, lv);
    if (device) before.push(removeDevice(device.name));
  }
  return planChange(context, scanned, {
    title: `Remove missing physical volumes of ${vg.name}, and what lay on them`,
    next: {
      ...vg,
      pvs: vg.pvs.filter(({ id }) => !missing.includes(id)),
      lvs: vg.lvs.filter((lv) => !partial.includes(lv)),
    },
    before,
    warnings: partial.map(({ name: lv }) => ({ code: 'removing-partial-lv', vg: vg.name, lv })),
    done: [
      ...partial.map(({ name: lv }) => ({ code: 'lv-removed', vg: vg.name, lv }) as const),
      { code: 'vg-made-consistent', vg: vg.name },
    ],
  });
}

const isForeign = (segment: Segment): segment is ForeignSegment => segment.kind === 'foreign';

/** These and whatever lies on them. */
function withUsers(vg: VolumeGroup, lost: readonly LogicalVolume[]): readonly LogicalVolume[] {
  const names = new Set(lost.map(({ name }) => name));
  for (let before = -1; before !== names.size;) {
    before = names.size;
    for (const lv of vg.lvs) {
      const areas = lv.segments.flatMap((one) => (one.kind === 'striped' ? one.areas : []));
      if (areas.some((area) => area.on === 'lv' && names.has(area.lv))) names.add(lv.name);
    }
  }
  return vg.lvs.filter(({ name }) => names.has(name));
}
