/** Bringing volumes up and down: what vgchange and lvchange share. No commit: metadata stays. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { LogRecord } from '../../contract/log.ts';
import type { Copying, Plan, Step } from '../../contract/plan.ts';
import type { Kernel } from '../activate/kernel.ts';
import { activateSteps, logged } from '../activate/steps.ts';
import { dmUuid } from '../activate/names.ts';
import { deviceTree, topsOf } from '../activate/tree.ts';
import { mirrorPartsOf } from '../format/mirror-parts.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import { seenLvs } from '../format/shown.ts';
import { isVirtualOrigin, snapshotOn, snapshotsTaken } from '../format/snapshots.ts';
import { besideMoving, pvmovesOf } from '../format/pvmove.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext, Operation } from './context.ts';
import { hasDuplicates, surroundings, isActive, lvToChange, refuseOpen, vgToRead } from './find.ts';
import { refuseFamilyOpen } from './snapshot/open.ts';
import { takeDown } from './lv-steps.ts';
import { isConverting } from './mirror/parts.ts';
import { mergesOf } from './snapshot/merge.ts';
import { moving } from './pvmove.ts';
import { holdersOn } from './pvmove/source.ts';

/** Activates or deactivates a volume, or all visible ones of a group. */
export interface ActivationRequest {
  readonly verb: 'activation';
  readonly vg: string;
  /** Absent: all of the group. */
  readonly lv?: string;
  readonly active: boolean;
  /** `-aay`: only what comes up by itself. */
  readonly auto?: true;
  /**
   * What is done about missing pieces: `partial` puts devices in their place that fail all I/O;
   * otherwise a volume that misses one stays down (default: degraded).
   */
  readonly mode?: 'complete' | 'degraded' | 'partial';
  /** `-K`: also what is told to stay down. */
  readonly ignoreSkip?: true;
  /** `vg`, `vg/lv`, `@tag`: the volumes that may come up; absent: all. */
  readonly among?: readonly string[];
  /** `--poll n`: conversions that were cut short wait for somebody to ask for their end. */
  readonly poll?: false;
}

export const planActivation: Operation<ActivationRequest> = (request, context) => {
  const scanned = vgToRead(context, request.vg);
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  if (vg.status.includes('EXPORTED')) return err({ code: 'vg-exported', vg: vg.name });
  if (request.active && hasDuplicates(context.scan, scanned.value)) {
    return err({ code: 'activation-duplicates', vg: vg.name });
  }
  const open = request.active || request.lv !== undefined ? undefined : openIn(context, vg);
  if (open) return err(open);
  const chosen = chooseLvs(request, scanned.value);
  if (!chosen.ok) return chosen;
  const steps: Step[] = [];
  const notices: Notice[] = [];
  // What is logged of volumes that are there already goes before the next one's first step.
  let unlogged: LogRecord[] = [];
  const begun: Begun = { kernel: context.kernel(), minors: new Set() };
  const done: LogicalVolume[] = [];
  for (const lv of chosen.value) {
    const more = request.active
      ? up(context, scanned.value, lv, begun, request.mode === 'partial')
      : down(context, scanned.value, lv, begun);
    if (!more.ok) {
      if (request.lv !== undefined) return more;
      notices.push({ code: 'lv-skipped', error: more.error });
      continue;
    }
    done.push(lv);
    const code = request.active ? 'activating-lv' : 'deactivating-lv';
    unlogged.push({ code, vg: vg.name, lv: lv.name });
    notices.push(...more.value.open.map((error) => ({ code: 'lv-skipped', error }) as const));
    if (more.value.steps.length === 0) continue;
    steps.push(...logged(more.value.steps, unlogged));
    unlogged = [];
  }
  const what = request.lv === undefined ? `the volumes of ${vg.name}` : `${vg.name}/${request.lv}`;
  const plan = planOf(request, scanned.value, steps, notices, what, done, context);
  const { active, poll = true } = request;
  const count = chosen.value.length - notices.length;
  const all: LogRecord[] =
    request.lv === undefined ? [{ code: 'activated-lvs', vg: vg.name, count, active }] : [];
  const begins = active && poll ? copiesOf(context, scanned.value, done) : [];
  const { length: polled } = begins;
  const polling: readonly Notice[] =
    request.lv === undefined && polled > 0
      ? [{ code: 'polling-started', vg: vg.name, count: polled }]
      : [];
  return ok({
    ...plan,
    done: [...polling, ...plan.done],
    begins,
    log: { then: [...unlogged, ...all] },
  });
};

/** What was begun before these volumes went down, or their machine was lost, is finished. */
export const copiesOf = (
  context: Pick<OpContext, 'device'>,
  scanned: ScannedVg,
  volumes: readonly LogicalVolume[],
): readonly Copying[] => {
  const { vg } = scanned;
  const conversions = volumes.filter(isConverting).map(({ name: lv }) => ({ vg: vg.name, lv }));
  const layers = pvmovesOf(vg).filter((layer) =>
    volumes.some(({ name }) => holdersOn(vg, layer.name).includes(name)),
  );
  // Who comes up merges at once; who has been up waits for that, unless it does already.
  const isDown = (lv: LogicalVolume) => !context.device(dmUuid(vg.id, lv.id));
  const merges = mergesOf(context, vg, volumes, isDown);
  return [...conversions, ...merges, ...layers.map((layer) => moving(scanned, layer))];
};

/** Of a group nothing goes down while a volume of it is open: LVM names the first. */
function openIn(context: OpContext, vg: VolumeGroup): VolumeError | undefined {
  const open = seenLvs(vg).flatMap((lv) => refuseOpen(context, vg, lv) ?? []);
  const [first] = open;
  const all = { code: 'vg-has-open', vg: vg.name, count: open.length } as const;
  return first && { code: 'several', errors: [first, all] };
}

function chooseLvs(
  request: ActivationRequest,
  { vg }: ScannedVg,
): Result<readonly LogicalVolume[], VolumeError> {
  if (request.lv !== undefined) {
    const part = findLv(vg, request.lv);
    if (part && !request.active && mirrorPartsOf(vg).has(part.name)) return ok([part]);
    const lv = lvToChange(vg, request.lv, 'activation');
    if (!lv.ok) return lv;
    return ok(request.active && skips(lv.value, vg, request) ? [] : [lv.value]);
  }
  return ok(seenLvs(vg).filter((lv) => !(request.active && skips(lv, vg, request))));
}

/** Whether a list of volumes names this one, its group or a tag of either. */
function isAmong(among: readonly string[], vg: VolumeGroup, lv: LogicalVolume): boolean {
  const tags = [...vg.tags, ...lv.tags].map((tag) => `@${tag}`);
  const names = [vg.name, `${vg.name}/${lv.name}`, ...tags];
  return among.some((word) => names.includes(word));
}

/** Volumes that stay down until they are asked for by `-K`, or by anything but autoactivation. */
function skips(lv: LogicalVolume, vg: VolumeGroup, request: ActivationRequest): boolean {
  if (request.auto && [...lv.flags, ...vg.flags].includes('NOAUTOACTIVATE')) return true;
  if (request.among && !isAmong(request.among, vg, lv)) return true;
  return lv.flags.includes('ACTIVATION_SKIP') && !request.ignoreSkip;
}

interface Moved {
  readonly steps: readonly Step[];
  /** What could not go with it. */
  readonly open: readonly VolumeError[];
}

/** What the steps before have done. */
interface Begun {
  readonly kernel: Kernel;
  readonly minors: Set<number>;
}

function up(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  { kernel, minors }: Begun,
  partial: boolean,
): Result<Moved, VolumeError> {
  const tree = deviceTree(scanned.vg, lv, surroundings(context, scanned), partial);
  const names = { vg: scanned.vg.name, lv: lv.name };
  if (!tree.ok) {
    const { code } = tree.error;
    return code === 'vg-missing-pvs' ? err({ code: 'activation-partial', ...names }) : tree;
  }
  // One that came up along with another has its number by now.
  const fresh = topsOf(tree.value).filter(({ uuid }) => !kernel.find(uuid));
  for (const { minor, uuid } of fresh) {
    if (minor === undefined) continue;
    if (minors.has(minor) || context.minorTaken(minor, uuid)) {
      return err({ code: 'minor-in-use', ...names, minor });
    }
    minors.add(minor);
  }
  const steps = [...activateSteps(tree.value, kernel)];
  // What moves through the same volume comes up with it, as in LVM.
  for (const beside of besideMoving(scanned.vg, lv)) {
    const other = deviceTree(scanned.vg, beside, surroundings(context, scanned), partial);
    if (other.ok) steps.push(...activateSteps(other.value, kernel));
  }
  return ok({ steps, open: [] });
}

function down(
  context: OpContext,
  scanned: ScannedVg,
  lv: LogicalVolume,
  { kernel }: Begun,
): Result<Moved, VolumeError> {
  const open = refuseFamilyOpen(context, scanned.vg, lv);
  return open ? err(open) : takeDown(context, scanned, lv, kernel);
}

/** A snapshot comes and goes with all that it is a snapshot of. */
function beside(vg: VolumeGroup, lv: string): readonly Question[] {
  const origin = snapshotOn(vg, lv)?.origin;
  if (origin === undefined || isVirtualOrigin({ name: origin })) return [];
  const others = snapshotsTaken(vg, origin).length - 1;
  return [{ code: 'change-snapshot', vg: vg.name, lv, origin, others }];
}

/** @param done what comes up, or goes down */
function planOf(
  request: ActivationRequest,
  { vg }: ScannedVg,
  steps: readonly Step[],
  skipped: readonly Notice[],
  what: string,
  done: readonly LogicalVolume[],
  context: OpContext,
): Plan {
  const failed = skipped.length;
  const up = new Set(seenLvs(vg).filter((lv) => isActive(context, vg, lv)));
  for (const lv of done) {
    if (request.active) up.add(lv);
    else up.delete(lv);
  }
  return {
    title: `${request.active ? 'Activate' : 'Deactivate'} ${what}`,
    steps,
    commitAt: -1,
    warnings: skipped,
    questions: request.lv === undefined ? [] : beside(vg, request.lv),
    done: request.lv === undefined ? [{ code: 'vg-active', vg: vg.name, count: up.size }] : [],
    ...(failed > 0 ? { short: { code: 'incomplete', vg: vg.name } } : {}),
  };
}
