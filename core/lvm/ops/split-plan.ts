/** How a group is split without a moment at which an extent is in no group (reference 10.11). */
import { err, ok, type Result } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { AreaRef, Plan, Step } from '../../contract/plan.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { Copies } from './balance.ts';
import type { OpContext } from './context.ts';
import { devicesOf } from './find.ts';
import { commitStep, metadataSteps, nextVersion, usableAreas } from './metadata-steps.ts';
import { disksOf, joined, olderCopyNotices, type Moving } from './two-groups.ts';
import { withWord } from './vgchange.ts';

export interface Split {
  readonly from: ScannedVg;
  /** Absent: the target is a new group. */
  readonly to: ScannedVg | undefined;
  /** The target as it is: its number is 0 where it is new. */
  readonly target: VolumeGroup;
  readonly moving: Moving;
  /** Of the target's metadata; default: what the target says. */
  readonly copies: Copies | undefined;
}

/** What the steps are made of: the groups as they will be, and the areas on which side. */
interface Parts {
  /** Absent where every PV leaves. */
  readonly left: VolumeGroup | undefined;
  readonly exported: VolumeGroup;
  readonly arriving: readonly AreaRef[];
  readonly present: readonly AreaRef[];
  readonly staying: readonly AreaRef[];
}

/**
 * The target first, exported: nobody uses it while the old group still lists the same PVs. Then the
 * old group without them; then the target as it shall be. What fails before the second is taken
 * back; a power cut leaves the target exported, for `vgimport`.
 */
export function planSplit(context: OpContext, split: Split): Result<Plan, VolumeError> {
  const parts = partsOf(split);
  if (!parts.ok) return parts;
  const { left, exported, arriving, present, staying } = parts.value;
  const stranded = left !== undefined && staying.length === 0;
  if (stranded || arriving.length + present.length === 0) return err({ code: 'split-no-area' });
  const old = [split.from.vg, ...(split.to ? [split.to.vg] : [])];
  const how = { before: old, ...(split.copies === undefined ? {} : { copies: split.copies }) };
  const first = metadataSteps(context, exported, [...arriving, ...present], how);
  if (!first.ok) return first;
  const second = left ? metadataSteps(context, left, staying, { before: old }) : ok(undefined);
  if (!second.ok) return second;
  const target = withStatus(nextVersion(exported), false);
  // The areas that were chosen for the first version have this one as well.
  const third = metadataSteps(context, target, first.value.areas, how);
  if (!third.ok) return third;
  const prepare = [...first.value.prepare, ...(second.value?.prepare ?? [])];
  // The disks that change over first: from then on the target is known to have taken them.
  const commits: readonly Step[] = [
    ...[arriving, present]
      .map((side) => first.value.areas.filter(({ device }) => isOn(side, device)))
      .filter((areas) => areas.length > 0)
      .map((areas) => commitStep(exported, areas)),
    ...(second.value ? [second.value.commit] : []),
  ];
  const fallback = takeBack(context, split, parts.value);
  if (!fallback.ok) return fallback;
  const before = { from: split.from.vg.seqno, to: split.target.seqno };
  const movers = disksOf(split.from, split.moving.pvs);
  return ok({
    title: `Split volume group ${split.from.vg.name}`,
    steps: [...prepare, ...commits, ...third.value.prepare, third.value.commit],
    commitAt: prepare.length,
    fallback: fallback.value,
    fallbackUntil: prepare.length + commits.length - 1,
    warnings: [exported.seqno, target.seqno].flatMap((seqno) =>
      olderCopyNotices(movers, before, target.name, seqno),
    ),
    questions: [],
    done: [
      {
        code: 'vg-split',
        from: split.from.vg.name,
        to: target.name,
        existing: split.to !== undefined,
      },
    ],
  });
}

const isOn = (side: readonly AreaRef[], device: string): boolean =>
  side.some((area) => area.device === device);

const withStatus = (vg: VolumeGroup, exported: boolean): VolumeGroup => ({
  ...vg,
  status: withWord(vg.status, 'EXPORTED', exported),
});

function partsOf({ from, to, target, moving }: Split): Result<Parts, VolumeError> {
  const grown = joined(target, from.vg, moving);
  if (!grown.ok) return grown;
  const pvs = from.vg.pvs.filter((pv) => !moving.pvs.includes(pv));
  const lvs = from.vg.lvs.filter((lv) => !moving.lvs.includes(lv));
  return ok({
    left: pvs.length > 0 ? nextVersion({ ...from.vg, pvs, lvs }) : undefined,
    exported: withStatus(nextVersion(grown.value), true),
    arriving: usableAreas(disksOf(from, moving.pvs)),
    present: to ? usableAreas(devicesOf(to)) : [],
    staying: usableAreas(disksOf(from, pvs)),
  });
}

/** Both groups as they were, under numbers that no copy has yet. */
function takeBack(
  context: OpContext,
  { from, to }: Split,
  { arriving, present, staying }: Parts,
): Result<Plan, VolumeError> {
  const again = (vg: VolumeGroup): VolumeGroup => nextVersion(nextVersion(vg));
  const old = metadataSteps(context, again(from.vg), [...staying, ...arriving], {
    before: [from.vg],
  });
  if (!old.ok) return old;
  const other = to && metadataSteps(context, again(to.vg), present, { before: [to.vg] });
  if (other && !other.ok) return other;
  const steps: readonly Step[] = [
    ...old.value.prepare,
    ...(other?.value.prepare ?? []),
    old.value.commit,
    ...(other ? [other.value.commit] : []),
  ];
  const commitAt = old.value.prepare.length + (other?.value.prepare.length ?? 0);
  const title = `Take the split of ${from.vg.name} back`;
  return ok({ title, steps, commitAt, warnings: [], questions: [], done: [] });
}
