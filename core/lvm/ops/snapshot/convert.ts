/** What lvconvert makes of snapshots, or makes a snapshot of. */
import { err, ok, type Result } from '../../../base/result.ts';
import type { VolumeError } from '../../../contract/errors.ts';
import type { Plan } from '../../../contract/plan.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../../format/model.ts';
import { segmentTypeName } from '../../format/segtypes/index.ts';
import { snapshotOn } from '../../format/snapshots.ts';
import type { OpContext } from '../context.ts';
import { lvToChange, vgToChange } from '../find.ts';
import { doesWithout, type Converted, type LvconvertRequest } from '../lvconvert.ts';
import { refuseUnsound } from '../metadata-steps.ts';
import { mirrorOf } from '../mirror/parts.ts';
import { Stages } from '../stages.ts';
import { attach, type Attached } from './attach.ts';
import { beginMerge, endMerge } from './merge.ts';
import { splitSnapshot } from './split.ts';

export type SnapshotConversion =
  /** It flows back into its origin. */
  | {
      readonly kind: 'merge';
      /** `--merge`: images of other kinds could be meant as well. */
      readonly any?: true;
      /** Nothing will be done. */
      readonly unrun?: true;
    }
  /** All of a snapshot is in the origin: the store goes. */
  | { readonly kind: 'end-merge'; readonly store: string }
  | { readonly kind: 'split-snapshot'; readonly force?: true }
  /** A volume becomes a store. */
  | ({ readonly kind: 'attach' } & Attached);

const KINDS: readonly string[] = ['merge', 'end-merge', 'split-snapshot', 'attach'];

export const isOfSnapshots = (to: { readonly kind: string }): to is SnapshotConversion =>
  KINDS.includes(to.kind);

export function planOfSnapshot(
  request: LvconvertRequest,
  to: SnapshotConversion,
  context: OpContext,
): Result<Plan, VolumeError> {
  // What is all in the origin is finished although another disk fails meanwhile.
  const tolerant = doesWithout({ to });
  const allowed = tolerant ? ({ missing: true, unread: true } as const) : {};
  const scanned = vgToChange(context, request.vg, allowed);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const stages = new Stages(context, scanned.value);
  stages.tolerant = tolerant;
  const unsound = refuseUnsound(vg);
  const converted = unsound ? err(unsound) : convert(request, to, stages);
  if (!converted.ok) return converted;
  const { warnings = [], questions = [], done, begins } = converted.value;
  return ok(
    stages.plan({
      title: TITLES[to.kind](`${vg.name}/${request.lv}`),
      warnings: [...(request.notices ?? []), ...warnings],
      questions,
      done,
      ...(begins ? { begins } : {}),
    }),
  );
}

const TITLES: Readonly<Record<SnapshotConversion['kind'], (lv: string) => string>> = {
  merge: (lv) => `Merge snapshot ${lv}`,
  'end-merge': (lv) => `End the merge into ${lv}`,
  'split-snapshot': (lv) => `Split snapshot ${lv} off`,
  attach: (lv) => `Convert ${lv} to a snapshot`,
};

function convert(
  { lv: name, background }: LvconvertRequest,
  to: SnapshotConversion,
  stages: Stages,
): Result<Converted, VolumeError> {
  const { vg } = stages;
  if (to.kind === 'end-merge') return endMerge(stages, to.store);
  const link = snapshotOn(vg, name);
  if (link?.merging) return err({ code: 'lv-merging', vg: vg.name, lv: name });
  const lv = lvToChange(vg, name, 'lvconvert');
  if (!lv.ok) return lv;
  switch (to.kind) {
    case 'merge':
      if (link) {
        return beginMerge(stages, link, { unrun: to.unrun === true, waits: !background });
      }
      // It might be an image that was split from RAID, but for its type.
      if (!to.any || mirrorOf(lv.value)) return err(refused(vg, lv.value));
      return err({ code: 'not-tracked', vg: vg.name, lv: name });
    case 'split-snapshot':
      return link ? splitSnapshot(stages, link, to.force === true) : err(refused(vg, lv.value));
    case 'attach':
      return isPlainStore(vg, lv.value) ? attach(stages, lv.value, to) : err(refused(vg, lv.value));
  }
}

const isPlainStore = (vg: VolumeGroup, { name, segments }: LogicalVolume): boolean =>
  !snapshotOn(vg, name) && segments.every(({ kind }) => kind === 'striped');

/** By LVM's name of the type: a store is a snapshot, whatever it lies on. */
export function refused(vg: VolumeGroup, { name }: LogicalVolume): VolumeError {
  const segment = findLv(vg, name)?.segments[0];
  const own = segment ? segmentTypeName(segment) : '';
  const type = snapshotOn(vg, name) ? 'snapshot' : own;
  return { code: 'lv-type-not-accepted', vg: vg.name, lv: name, type };
}
