/** Makes volumes into mirrors, and mirrors into others, in use (reference 10.6-10.8). */
import { err, ok, type Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Copying, Plan } from '../../contract/plan.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { isSeen } from '../format/shown.ts';
import { snapshotOn } from '../format/snapshots.ts';
import { isPvmove } from '../format/pvmove.ts';
import { segmentTypeName } from '../format/segtypes/index.ts';
import type { Operation } from './context.ts';
import { lvToChange, movingPart, vgToChange } from './find.ts';
import { refuseUnsound } from './metadata-steps.ts';
import { convertImages, convertLog } from './mirror/convert.ts';
import { collapse } from './mirror/add-images.ts';
import { failureOf, isSome } from './mirror/failure.ts';
import { layerOf, mirrorOf, type LogKind } from './mirror/parts.ts';
import { repair } from './mirror/repair.ts';
import { splitImages } from './mirror/split.ts';
import {
  isOfSnapshots,
  planOfSnapshot,
  refused as refusedType,
  type SnapshotConversion,
} from './snapshot/convert.ts';
import { Stages } from './stages.ts';

/** What a volume is to become. */
export type Conversion = MirrorConversion | SnapshotConversion;

export type MirrorConversion =
  /** So many copies in all, or more or fewer than there are. */
  | {
      readonly kind: 'images';
      readonly count: number;
      /** Absent: copies beside the first one (`-m1` is two images). */
      readonly sign?: '+' | '-';
      /** `--type mirror`: a linear volume may become a mirror. */
      readonly fromLinear?: true;
      /** Default: as it is; of a linear volume `disk`. */
      readonly log?: LogKind;
      readonly mirroredLogs?: 'allowed';
      readonly regionSize?: Sectors;
      readonly stripes?: number;
      readonly stripeSize?: Sectors;
    }
  /** `--type linear`. */
  | { readonly kind: 'linear' }
  | { readonly kind: 'log'; readonly log: LogKind; readonly mirroredLogs?: 'allowed' }
  /** The last images become a mirror or a linear volume of its own. */
  | { readonly kind: 'split'; readonly images: number; readonly name: string }
  /** Without what has failed; what is lost is put back where that is wished. */
  | {
      readonly kind: 'repair';
      readonly images: 'replace' | 'drop';
      readonly log: 'replace' | 'drop';
      /** Only after a yes; otherwise nothing is put back. */
      readonly asks?: true;
      /** As the monitor does it. */
      readonly byPolicy?: true;
    }
  /** Other regions or stripes and nothing else: only RAID takes that. */
  | { readonly kind: 'shape' }
  /** `--type mirror` without a number. */
  | { readonly kind: 'images-unsaid' }
  /** What was begun is watched again until it is done. */
  | { readonly kind: 'poll'; readonly strict?: true }
  /** The new images are in sync: the layer that copied to them goes. */
  | { readonly kind: 'finish' };

export interface LvconvertRequest {
  readonly verb: 'lvconvert';
  readonly vg: string;
  readonly lv: string;
  readonly to: Conversion;
  /** New images and logs go to these, images that leave come from these. */
  readonly pvs?: readonly string[];
  readonly allocation?: AllocationPolicy;
  /** Nobody waits for the copy. */
  readonly background?: true;
  /** Seconds between two words about the copy to who waits; 0: none. Default 15. */
  readonly interval?: number;
  /** Nothing is said before an interval has passed. */
  readonly waitsFirst?: true;
  readonly notices?: readonly Notice[];
}

/** What a conversion says at its end, and whether copying goes on. */
export interface Converted {
  readonly warnings?: readonly Notice[];
  readonly questions?: readonly Question[];
  readonly done: readonly Notice[];
  readonly begins?: Copying;
}

/**
 * It does without disks that cannot be read, or take no writes: a repair may be about just those,
 * and what was begun is finished although another disk fails meanwhile.
 */
export const doesWithout = ({ to }: Pick<LvconvertRequest, 'to'>): boolean =>
  to.kind === 'repair' || to.kind === 'finish' || to.kind === 'end-merge';

export const planLvconvert: Operation<LvconvertRequest> = (request, context) => {
  const { to } = request;
  return isOfSnapshots(to)
    ? planOfSnapshot(request, to, context)
    : planOfMirror({ ...request, to }, context);
};

/** LVM looks closer where any volume with images could be meant. */
const refusedSnapshot = ({ to }: MirrorRequest, vg: VolumeGroup, lv: LogicalVolume): VolumeError =>
  to.kind === 'images' || to.kind === 'images-unsaid' || to.kind === 'linear'
    ? { code: 'snapshot-not-converted', vg: vg.name, lv: lv.name }
    : refusedType(vg, lv);

/** About a volume with images, or one that is to have them. */
export type MirrorRequest = LvconvertRequest & { readonly to: MirrorConversion };

const planOfMirror: Operation<MirrorRequest> = (request, context) => {
  const tolerant = doesWithout(request);
  const allowed = tolerant ? ({ missing: true, unread: true } as const) : {};
  const scanned = vgToChange(context, request.vg, allowed);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const named = findLv(vg, request.lv);
  const link = snapshotOn(vg, request.lv);
  if (link?.merging) return err({ code: 'lv-merging', vg: vg.name, lv: request.lv });
  if (named && link) return err(refusedSnapshot(request, vg, named));
  if (named && !isSeen(vg, named)) return err(refuseHidden(request, vg, named));
  const lv = lvToChange(vg, request.lv, 'lvconvert');
  if (!lv.ok) {
    const odd = lv.error.code === 'lv-locked' && named && refuseType(request, vg, named);
    return odd ? err(odd) : lv;
  }
  // Linux converts such a mirror, and forgets that its leg moves; what is lost is put right.
  const mends = doesWithout(request) || request.to.kind === 'poll';
  const moving = mends ? undefined : movingPart(vg, lv.value, 'lvconvert');
  if (moving) return err(moving);
  // Versions that take a mirror apart are planned one on the other: on nonsense they could not be.
  const unsound = request.to.kind === 'poll' ? undefined : refuseUnsound(vg);
  if (unsound) return err(unsound);
  const plan = (wish: MirrorRequest): Result<Plan, VolumeError> => {
    const stages = new Stages(context, scanned.value);
    stages.tolerant = tolerant;
    const converted = convert(wish, stages, lv.value);
    if (!converted.ok) return converted;
    const { warnings = [], questions = [], done, begins } = converted.value;
    return ok(
      stages.plan({
        title: `Convert ${vg.name}/${wish.lv}`,
        warnings: [...(wish.notices ?? []), ...warnings],
        questions,
        done,
        ...(begins ? { begins } : {}),
      }),
    );
  };
  const whole = plan(request);
  if (!whole.ok || whole.value.questions.length === 0) return whole;
  // What the question is about is not done then, all else is.
  const without = plan({ ...request, to: { kind: 'repair', images: 'drop', log: 'drop' } });
  return without.ok ? ok({ ...whole.value, otherwise: without.value }) : without;
};

const TAKE_LINEAR: readonly MirrorConversion['kind'][] = ['images', 'images-unsaid', 'linear'];

/** A part of another volume: what takes mirrors alone looks at its type first. */
function refuseHidden({ to }: MirrorRequest, vg: VolumeGroup, lv: LogicalVolume): VolumeError {
  const names = { vg: vg.name, lv: lv.name };
  if (isPvmove(lv)) return { code: 'lv-locked', ...names, command: 'lvconvert', layer: true };
  return refuseType({ to }, vg, lv) ?? { code: 'lv-hidden', ...names };
}

/** Of what is no mirror, where only mirrors are taken. */
function refuseType(
  { to }: Pick<MirrorRequest, 'to'>,
  vg: VolumeGroup,
  lv: LogicalVolume,
): VolumeError | undefined {
  const [first] = lv.segments;
  if (mirrorOf(lv) || TAKE_LINEAR.includes(to.kind) || !first) return undefined;
  const type = segmentTypeName(first);
  return { code: 'lv-type-not-accepted', vg: vg.name, lv: lv.name, type };
}

function convert(
  request: MirrorRequest,
  stages: Stages,
  lv: LogicalVolume,
): Result<Converted, VolumeError> {
  const { to } = request;
  const names = { vg: stages.vg.name, lv: lv.name };
  const isMirror = mirrorOf(lv) !== undefined;
  const [first] = lv.segments;
  const type = first ? segmentTypeName(first) : '';
  const isPlain = lv.segments.every(({ kind }) => kind === 'striped');
  const takesLinear = TAKE_LINEAR.includes(to.kind);
  if (to.kind === 'shape' || (!isMirror && !(takesLinear && isPlain))) {
    // The monitor may come when the mirror has become linear already.
    if (to.kind === 'repair' && to.byPolicy && isPlain)
      return ok({ done: [{ code: 'nothing-to-repair', ...names }] });
    return err({ code: 'lv-type-not-accepted', ...names, type });
  }
  switch (to.kind) {
    case 'images':
      return convertImages(request, to, stages, lv);
    case 'linear':
      return convertImages(request, { kind: 'images', count: 0 }, stages, lv);
    case 'log':
      return convertLog(request, to, stages, lv);
    case 'split':
      return splitImages(request, to, stages, lv);
    case 'repair':
      return repair(request, to, stages, lv);
    case 'images-unsaid':
      return err({ code: 'images-unsaid', ...names });
    case 'poll':
      if (to.strict && !layerOf(stages.vg, lv)) return err({ code: 'lv-not-converting', ...names });
      return ok({ done: [], begins: copyingOf(stages, lv) });
    case 'finish': {
      const isWhole = stages.isSynced(lv) && !isSome(failureOf(stages, lv));
      if (!layerOf(stages.vg, lv) || !isWhole) return ok({ done: [] });
      const refused = collapse(stages, lv.name);
      return refused ? err(refused) : ok({ done: [] });
    }
  }
}

/** To be watched until all is the same; a conversion with a layer says so at its end. */
export function copyingOf(stages: Stages, { name }: LogicalVolume): Copying {
  const names = { vg: stages.vg.name, lv: name };
  const isLayered = layerOf(stages.vg, stages.lv(name)) !== undefined;
  return { ...names, ...(isLayered ? { done: [{ code: 'lv-converted', ...names }] } : {}) };
}
