import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import { mirrorPartsOf } from '../format/mirror-parts.ts';
import { isLocked } from '../format/pvmove.ts';
import { findLv, type VolumeGroup } from '../format/model.ts';
import { partialLvs } from '../format/partial.ts';
import { pvRunsOf } from '../format/pv-map.ts';
import { isSeen } from '../format/shown.ts';
import { snapshotOn } from '../format/snapshots.ts';
import { dependentsOf, withoutPvs } from '../format/without-pvs.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { refuseOpen, vgToChange } from './find.ts';
import { removeDeviceSteps } from './lv-steps.ts';
import { missingPvs } from './missing.ts';
import { reduceMirrors } from './mirror/reduce.ts';
import { endLostMoves } from './pvmove/lost.ts';
import { planChange } from './plan-change.ts';
import { isRefusal, Stages } from './stages.ts';

/** Takes missing PVs out of a group; with force also the volumes that lie on them. */
export interface RemovemissingRequest {
  readonly verb: 'removemissing';
  readonly vg: string;
  readonly force?: boolean;
  /** Mirrors and raid go on without what is lost; no volume is removed. */
  readonly mirrorsOnly?: true;
}

export const planRemovemissing: Operation<RemovemissingRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const missing = missingPvs(scanned.value);
  if (missing.length === 0) return ok(nothingMissing(vg.name));
  const locked = request.force && !request.mirrorsOnly ? lockedBelow(vg, missing) : undefined;
  if (locked) return err(locked);
  if (request.force) return removeAll(request, context, scanned.value, missing);
  const notices = partialNotices(vg, missing);
  const stays = notices.length > 0;
  const short: VolumeError | undefined = stays ? { code: 'incomplete', vg: vg.name } : undefined;
  return planChange(context, scanned.value, {
    title: `Remove missing physical volumes of ${vg.name}`,
    next: withoutEmpty(vg, missing),
    first: notices,
    done: stays ? [] : [{ code: 'vg-made-consistent', vg: vg.name }],
    ...(short && { short }),
  });
};

/** As in LVM a volume that moves is not removed, whatever it has lost. */
function lockedBelow(vg: VolumeGroup, missing: readonly LvmId[]): VolumeError | undefined {
  const partial = partialLvs(vg, missing);
  const lv = vg.lvs.find((one) => partial.has(one.name) && isSeen(vg, one) && isLocked(one));
  if (!lv) return undefined;
  const names = { vg: vg.name, lv: lv.name };
  const before = [{ code: 'removing-partial-lv', ...names }] as const;
  return { code: 'lv-locked', ...names, command: 'lvremove', before };
}

/** What still lies on PVs that are lost. LVM does not count the links of snapshots. */
function partialNotices(vg: VolumeGroup, missing: readonly LvmId[]): readonly Notice[] {
  const partial = partialLvs(vg, missing);
  const named = vg.lvs.filter(({ name }) => partial.has(name));
  if (named.length === 0) return [];
  return [
    ...named.map(({ name: lv }) => ({ code: 'lv-partial', lv }) as const),
    { code: 'partial-lvs-stay', vg: vg.name },
  ];
}

/** Without the missing PVs on which nothing lies. */
function withoutEmpty(vg: VolumeGroup, missing: readonly LvmId[]): VolumeGroup {
  const runs = pvRunsOf(vg);
  const isEmpty = (id: LvmId): boolean => (runs.get(id) ?? []).length === 0;
  return { ...vg, pvs: vg.pvs.filter(({ id }) => !missing.includes(id) || !isEmpty(id)) };
}

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

/** Mirrors first, as they run, then what cannot go on: one after the other, each in a version. */
function removeAll(
  { mirrorsOnly }: RemovemissingRequest,
  context: OpContext,
  scanned: ScannedVg,
  missing: readonly LvmId[],
): Result<Plan, VolumeError> {
  const { name: vg } = scanned.vg;
  const stages = new Stages(context, scanned);
  const ended = endLostMoves(stages, missing);
  if (isRefusal(ended)) return err(ended);
  const reduction = reduceMirrors(stages, missing);
  if (isRefusal(reduction)) return err(reduction);
  const { roots } = withoutPvs(stages.vg, missing, mirrorsOnly === true);
  const { unusable } = reduction;
  const unsure = [...ended, ...reduction.unsure];
  const doomed = [...unusable, ...roots.filter((name) => !unusable.includes(name))];
  const removed: string[] = [];
  for (const name of doomed.filter((one) => findLv(stages.vg, one))) {
    const gone = dependentsOf(stages.vg, name);
    const refused = removeVolumes(stages, name, gone);
    if (refused) return err(refused);
    removed.push(...gone);
  }
  const left = withoutPvs(stages.vg, missing, true).vg;
  const title = `Remove missing physical volumes of ${vg}, and what lay on them`;
  const failed = stages.change({ title, next: withoutEmpty(left, missing) });
  if (failed) return err(failed);
  return ok(
    stages.plan({
      title,
      warnings: [
        ...unsure.map((lv) => ({ code: 'sync-unknown', vg, lv }) as const),
        ...doomed.map((lv) => {
          const code = unusable.includes(lv) ? 'no-usable-images' : 'removing-partial-lv';
          return { code, vg, lv } as const;
        }),
        ...(mirrorsOnly ? stays(left, missing) : []),
        ...partialNotices(left, missing),
      ],
      done: [
        ...removed
          .filter((name) => isNamed(scanned.vg, name))
          .map((lv) => ({ code: 'lv-removed', vg, lv }) as const),
        { code: 'vg-made-consistent', vg },
      ],
    }),
  );
}

function removeVolumes(
  stages: Stages,
  name: string,
  gone: readonly string[],
): VolumeError | undefined {
  const down = takeDown(stages, gone);
  if (isRefusal(down)) return down;
  const lvs = stages.vg.lvs.filter((lv) => !gone.includes(lv.name));
  return stages.change({ title: `Remove ${name}`, next: { ...stages.vg, lvs }, before: down });
}

/** @param names each behind those that depend on it */
function takeDown(stages: Stages, names: readonly string[]): readonly Step[] | VolumeError {
  const steps: Step[] = [];
  for (const name of names.toReversed()) {
    const lv = findLv(stages.vg, name);
    if (!lv || mirrorPartsOf(stages.vg).has(name)) continue;
    const open = refuseOpen(stages.context, stages.vg, lv);
    if (open) return open;
    const down = removeDeviceSteps(stages.context, stages.scanned, lv, stages.kernel);
    if (!down.ok) return down.error;
    steps.push(...down.value);
  }
  return steps;
}

/** Volumes that operators know: visible ones, and stores of snapshots, which have their names. */
function isNamed(vg: VolumeGroup, name: string): boolean {
  if (snapshotOn(vg, name)) return true;
  const lv = findLv(vg, name);
  return lv !== undefined && isSeen(vg, lv);
}

function stays(vg: VolumeGroup, missing: readonly LvmId[]): readonly Notice[] {
  const partial = partialLvs(vg, missing);
  return vg.lvs
    .filter(({ name }) => partial.has(name))
    .map(({ name: lv }) => ({ code: 'not-a-mirror', lv }));
}
