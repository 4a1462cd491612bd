/** Runs plans: forward to the end, back from before the commit point, or on past it. */
import { err, ok, type Result } from '../base/result.ts';
import type { Notice, Question, VolumeError } from '../contract/errors.ts';
import type { LogRecord } from '../contract/log.ts';
import type { Action, Plan, Step, StepPhase } from '../contract/plan.ts';
import type { Log } from './log-actions.ts';
import type { RunOutcome } from './types.ts';

type Done = Result<void, VolumeError>;

/** What running needs of the world: doing one action, and telling what happens. */
export interface PlanHost {
  perform(action: Action): Promise<Done> | Done;
  /** `error` with phase `failed`. */
  progress(plan: Plan, index: number, phase: StepPhase, error?: VolumeError): Promise<void> | void;
  /** What should be said of the actions since it was asked last. */
  takeNotices?(): readonly Notice[];
  /** Absent: nobody reads the log. */
  readonly log?: Log | undefined;
}

/** The plans of one command follow one another; the first that fails is the last. */
export async function runChain(
  whole: Plan,
  run: (plan: Plan) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const said: Notice[] = [];
  for (let plan: Plan | undefined = whole; plan; plan = plan.then) {
    const outcome = await run(plan);
    said.push(...outcome.said);
    if (outcome.failure) return { said, failure: outcome.failure };
  }
  return { said };
}

/** Nothing a plan suspended stays suspended, whatever the outcome. */
export async function runPlan(plan: Plan, host: PlanHost): Promise<RunOutcome> {
  const said: Notice[] = [];
  logAll(host, plan.log?.first);
  for (const [index, step] of plan.steps.entries()) {
    const done = await runStep(plan, index, host);
    said.push(...(host.takeNotices?.() ?? []));
    const notice = done.ok ? step.says : step.otherwise;
    if (notice) said.push(notice);
    if (done.ok || step.otherwise) continue;
    const failure = await afterFailure(plan, index, done.error, host);
    return { said, failure };
  }
  logAll(host, plan.log?.then);
  return { said: [...said, ...plan.done], ...(plan.short ? { failure: plan.short } : {}) };
}

function logAll({ log }: PlanHost, records: readonly LogRecord[] = []): void {
  if (log) for (const record of records) log(record);
}

async function runStep(plan: Plan, index: number, host: PlanHost): Promise<Done> {
  await host.progress(plan, index, 'started');
  const step = plan.steps[index];
  logAll(host, step?.log?.first);
  const done = step ? await host.perform(step.action) : ok();
  if (done.ok) logAll(host, step?.log?.then);
  if (done.ok) await host.progress(plan, index, 'done');
  else await host.progress(plan, index, 'failed', done.error);
  return done;
}

async function afterFailure(
  plan: Plan,
  failed: number,
  cause: VolumeError,
  host: PlanHost,
): Promise<VolumeError> {
  if (plan.commitAt < 0) return cause;
  if (failed <= plan.commitAt) {
    await rollBack(plan, failed, host);
    const { recovery } = plan;
    const back = recovery ? await runPlan(recovery, host) : undefined;
    return recovery && back?.failure
      ? { code: 'stuck', cause, left: whats(recovery.steps) }
      : cause;
  }
  if (plan.fallback && failed <= (plan.fallbackUntil ?? Infinity)) {
    const back = await runPlan(plan.fallback, host);
    return back.failure ? { code: 'stuck', cause, left: whats(plan.fallback.steps) } : cause;
  }
  return finishForward(plan, failed, cause, host);
}

/** Actions on devices happen or do not; what is written to several disks may half-happen. */
const WHOLE: readonly Action['kind'][] = [
  'create-device',
  'remove-device',
  'rename-device',
  'identify-device',
  'message-device',
  'preload',
  'drop-preload',
  'suspend',
  'resume',
  'expect-in-sync',
];

/**
 * In reverse, the failed step included where it may have half-happened. One that did not happen is
 * not undone: that would take from another what this plan did not get.
 */
async function rollBack(plan: Plan, failed: number, host: PlanHost): Promise<void> {
  const kind = plan.steps[failed]?.action.kind;
  const begun = kind !== undefined && WHOLE.includes(kind) ? failed : failed + 1;
  const undos = plan.steps.slice(0, begun).map((step, index) => ({ undo: step.undo, index }));
  // A resume would swap in what waits in the inactive slot: the slots are emptied first.
  const slots = undos.filter(({ undo }) => undo.kind === 'drop-preload').reverse();
  const others = undos.filter(({ undo }) => undo.kind !== 'drop-preload').reverse();
  for (const { undo, index } of [...slots, ...others]) {
    if (undo.kind === 'none') continue;
    const undone = await host.perform(undo);
    if (undone.ok) await host.progress(plan, index, 'undone');
  }
}

/** The new version is valid: every step that is left gets its chance, above all every resume. */
async function finishForward(
  plan: Plan,
  failed: number,
  cause: VolumeError,
  host: PlanHost,
): Promise<VolumeError> {
  const left: Step[] = plan.steps.slice(failed, failed + 1);
  for (let index = failed + 1; index < plan.steps.length; index++) {
    const done = await runStep(plan, index, host);
    const step = plan.steps[index];
    if (!done.ok && step) left.push(step);
  }
  return { code: 'stuck', cause, left: whats(left) };
}

const whats = (steps: readonly Step[]): readonly string[] => steps.map(({ what }) => what);

/** For lines that ask nothing. */
export const accepted = (plan: Plan): Result<Plan, VolumeError> => ok(plan);

/** For plans with a question that nobody answered with yes: refused, or the other way taken. */
export function refuseUnanswered(
  plan: Plan,
  agrees: (question: Question) => boolean,
): Result<Plan, VolumeError> {
  const question = plan.questions.find((one) => !agrees(one));
  if (question && plan.otherwise) return ok(plan.otherwise);
  return question ? err({ code: 'declined', question }) : ok(plan);
}
