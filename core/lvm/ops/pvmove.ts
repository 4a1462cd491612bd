/** Moves extents to other PVs while their volumes are in use (reference 10.9). */
import { err, ok, type Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Copying, Plan, Step } from '../../contract/plan.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { isInSync } from '../activate/mirror-status.ts';
import {
  findLv,
  type ConfigScalar,
  type LogicalVolume,
  type VolumeGroup,
} from '../format/model.ts';
import { DEFAULT_REGION } from '../format/region-size.ts';
import {
  isPvmove,
  moveOff,
  movesBelow,
  moversOf,
  pvmovesOf,
  runningPiece,
  sourceOf,
} from '../format/pvmove.ts';
import type { ScannedVg } from '../scan-types.ts';
import { readClingTags } from './cling-tags.ts';
import type { OpContext, Operation } from './context.ts';
import { realDeviceOf, vgToChange } from './find.ts';
import { refuseUnsound } from './metadata-steps.ts';
import { missingPvs } from './missing.ts';
import type { Member } from './pvchange.ts';
import { abortMove } from './pvmove/end.ts';
import { memberToAbort, memberToMove, unusableBefore } from './pvmove/member.ts';
import { advanceMove } from './pvmove/advance.ts';
import { beginMove, wake } from './pvmove/begin.ts';
import { isRefusal, Stages } from './stages.ts';

interface Waiting {
  readonly verb: 'pvmove';
  /** Nobody waits for it. */
  readonly background?: true;
  /** Seconds between two words about the move to who waits; 0: none. Default 15. */
  readonly interval?: number;
  /** Nobody looks at it before an interval has passed. */
  readonly waitsFirst?: true;
}

/** Extents of a PV move, or a move of them is given up. */
export interface PvMove extends Waiting {
  readonly device: string;
  readonly to: BeginMove | { readonly kind: 'abort' };
}

export interface BeginMove {
  readonly kind: 'begin';
  /** As typed, with the first colon: `:0-9:20-`; default: the whole PV. */
  readonly ranges?: string;
  /** Only what belongs to this volume; default: all. */
  readonly lv?: string;
  /** The group that the volume is said to be in. */
  readonly group?: string;
  /** PVs with their ranges as typed; default: the other PVs of the group. */
  readonly destinations?: readonly string[];
  readonly allocation?: AllocationPolicy;
  readonly clingTags?: readonly ConfigScalar[];
  /** All pieces at once, and all or none of them. */
  readonly atomic?: true;
  /** Of the mirrors through which it moves, where it fits. Default 2 MiB. */
  readonly regionSize?: Sectors;
}

/** All moves of a group are watched until they are done. */
export interface PolledMoves extends Waiting {
  readonly vg: string;
  readonly to: { readonly kind: 'poll' };
}

/** One that was begun, by the volume through which it goes. */
export interface OneMove extends Waiting {
  readonly vg: string;
  /** `pvmove0`. */
  readonly lv: string;
  /**
   * `advance`: the piece that is copied is at its destination, and the next one begins, or all
   * ends. `abort`: what is not there yet stays where it was.
   */
  readonly to: { readonly kind: 'advance' | 'abort' };
}

export type PvmoveRequest = PvMove | PolledMoves | OneMove;

export const planPvmove: Operation<PvmoveRequest> = (request, context) => {
  if ('device' in request) {
    const { device, to } = request;
    return to.kind === 'begin' ? planBegin(request, to, context) : planAbort(device, context);
  }
  if (!('lv' in request)) return planPoll(request, context);
  const scanned = vgToChange(context, request.vg);
  if (!scanned.ok) {
    return request.to.kind === 'abort' ? ok(passedGroup(scanned.error)) : scanned;
  }
  const found = findLv(scanned.value.vg, request.lv);
  if (!found || !isPvmove(found)) return ok(NOTHING_TO_DO);
  const stages = new Stages(context, scanned.value);
  if (request.to.kind === 'advance') return advanced(stages, found);
  if (stages.isActive(found)) return aborted(stages, found);
  return ok({ ...NOTHING_TO_DO, done: [passedOver(stages.scanned, found)] });
};

/** What LVM came upon before the group of the PV is said first. */
function planBegin(
  request: PvMove,
  wish: BeginMove,
  context: OpContext,
): Result<Plan, VolumeError> {
  const found = memberToMove(context, request.device, wish.destinations);
  if (!found.ok) return found;
  const passed = unusableBefore(context, found.value.scanned).map((error): Notice => ({
    code: 'lv-skipped',
    error,
  }));
  const planned = planMember(request, wish, context, found.value);
  if (passed.length === 0) return planned;
  if (!planned.ok) {
    const { error } = planned;
    return err({ ...error, before: [...passed, ...(error.before ?? [])] });
  }
  const plan = planned.value;
  return ok({ ...plan, warnings: [...passed, ...plan.warnings] });
}

function planMember(
  { device, background, waitsFirst, interval }: PvMove,
  wish: BeginMove,
  context: OpContext,
  { scanned, entry }: Member,
): Result<Plan, VolumeError> {
  const { vg } = scanned;
  if (wish.group !== undefined && wish.group !== vg.name) {
    return err({ code: 'move-lv-elsewhere' });
  }
  const stages = new Stages(context, scanned);
  const going = moveOff(vg, entry.id);
  if (going) {
    const ignored: readonly Notice[] =
      wish.lv !== undefined || wish.destinations ? [{ code: 'move-ignores-rest' }] : [];
    return watched(stages, [going], [{ code: 'move-detected', device }, ...ignored]);
  }
  const unsound = refuseUnsound(vg);
  if (unsound) return err(unsound);
  const only = wish.lv === undefined ? undefined : findLv(vg, wish.lv);
  if (wish.lv !== undefined && !only) return err({ code: 'move-lv-not-found', lv: wish.lv });
  const cling = readClingTags(wish.clingTags);
  const begun = beginMove(stages, {
    ...{ pv: entry, device, ranges: wish.ranges ?? '', only },
    atomic: wish.atomic ?? false,
    regionSize: wish.regionSize ?? DEFAULT_REGION,
    to: {
      words: wish.destinations,
      policy: wish.allocation ?? 'inherit',
      clingTags: cling.tags,
    },
  });
  if (!begun.ok) return begun;
  const { layer, said } = begun.value;
  const rests = background && waitsFirst ? { rests: interval ?? 0 } : {};
  return ok(
    stages.plan({
      title: `Move extents of ${device}`,
      warnings: [...cling.notices, ...said],
      done: [],
      begins: { ...moving(stages.scanned, stages.lv(layer)), ...rests },
    }),
  );
}

function planPoll({ vg }: PolledMoves, context: OpContext): Result<Plan, VolumeError> {
  const scanned = vgToChange(context, vg);
  if (!scanned.ok) return ok(passedGroup(scanned.error));
  const stages = new Stages(context, scanned.value);
  const layers = pvmovesOf(stages.vg);
  const down = layers
    .filter((lv) => !stages.isActive(lv))
    .map((lv) => passedOver(stages.scanned, lv));
  const up = layers.filter((lv) => stages.isActive(lv));
  return watched(stages, up, down);
}

/** As in LVM a group that cannot be changed is no failure of a line that names none. */
const passedGroup = (error: VolumeError): Plan => ({
  ...NOTHING_TO_DO,
  warnings: error.code === 'vg-exported' ? [] : [{ code: 'lv-skipped', error }],
});

/** As in LVM what is down stays so, unless its PV is named. */
const passedOver = (scanned: ScannedVg, lv: LogicalVolume): Notice => ({
  code: 'move-passed-over',
  device: moving(scanned, lv).moves ?? '',
});

/** What moves comes up, where it is down, and its copies are watched again. */
function watched(
  stages: Stages,
  layers: readonly LogicalVolume[],
  warnings: readonly Notice[] = [],
): Result<Plan, VolumeError> {
  const { vg } = stages;
  const steps: Step[] = [];
  for (const { name } of layers) {
    const movers = moversOf(vg, name);
    // What lay on it may have been removed: it is brought up by itself then, and comes to its end.
    const up = wake(stages, movers.length > 0 ? movers : [name]);
    if (isRefusal(up)) return err(up);
    steps.push(...up);
  }
  stages.steps(`Watch the moves of ${vg.name}`, steps);
  const plan = stages.plan({ title: `Watch the moves of ${vg.name}`, warnings, done: [] });
  return ok({ ...plan, begins: layers.map((lv) => moving(stages.scanned, lv)) });
}

/**
 * Nothing is done before the piece that is copied is the same on both sides. Where Linux lets an
 * image of the move move as well, that has to end first.
 */
function advanced(stages: Stages, lv: LogicalVolume): Result<Plan, VolumeError> {
  const { context, vg } = stages;
  if (movesBelow(vg, lv).length > 0) return ok(NOTHING_TO_DO);
  if (runningPiece(lv) && !isInSync(realDeviceOf(context, vg, lv))) return ok(NOTHING_TO_DO);
  const refused = advanceMove(stages, lv.name);
  return refused ? err(refused) : ok(stages.plan({ title: titleOf(vg, lv), done: [] }));
}

function planAbort(device: string, context: OpContext): Result<Plan, VolumeError> {
  const none = ok<Plan>({ ...NOTHING_TO_DO, done: [{ code: 'no-move-in-progress', device }] });
  if (context.scan.pvs.some(({ path, vgName }) => path === device && !vgName)) return none;
  // As in LVM nobody asks whether a group could be changed in which there is nothing to abort.
  if (context.scan.vgs.some((one) => missingPvs(one).length > 0 && isIdle(one, device)))
    return none;
  const found = memberToAbort(context, device);
  if (!found.ok) return found;
  const { scanned, entry } = found.value;
  const { vg } = scanned;
  const lv = moveOff(vg, entry.id);
  return lv ? aborted(new Stages(context, scanned), lv) : none;
}

/** The PV is one of the group, and no move leaves it. */
const isIdle = ({ vg, devices }: ScannedVg, device: string): boolean =>
  [...devices].some(([id, { path }]) => path === device && !moveOff(vg, id));

/** As in LVM only while its devices are there: what is down is brought up first. */
function aborted(stages: Stages, lv: LogicalVolume): Result<Plan, VolumeError> {
  const { vg } = stages;
  if (!stages.isActive(lv)) {
    const { moves: device = '' } = moving(stages.scanned, lv);
    return ok({ ...NOTHING_TO_DO, done: [{ code: 'move-not-active', device }] });
  }
  const below = movesBelow(vg, lv).map((name) => abortMove(stages, name));
  const refused = below.find((one) => one !== undefined) ?? abortMove(stages, lv.name);
  const title = `Abort the move through ${vg.name}/${lv.name}`;
  return refused ? err(refused) : ok(stages.plan({ title, done: [] }));
}

const titleOf = ({ name }: VolumeGroup, lv: LogicalVolume): string => `Move on ${name}/${lv.name}`;

const NOTHING_TO_DO: Plan = {
  title: 'Nothing moves',
  steps: [],
  commitAt: -1,
  warnings: [],
  questions: [],
  done: [],
};

/** To be watched until its last piece is where it shall be. */
export function moving({ vg, devices }: Placed, lv: LogicalVolume): Copying {
  const source = vg.pvs.find(({ id }) => id === sourceOf(vg, lv));
  // What the metadata says of its path may be where another machine had it.
  const path = source && (devices.get(source.id)?.path ?? source.deviceHint);
  return { vg: vg.name, lv: lv.name, moves: path ?? '' };
}

/** A group, and where its PVs are now. */
type Placed = Pick<ScannedVg, 'vg' | 'devices'>;
