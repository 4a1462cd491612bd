/** One run of a plan: who does its actions, what is told of it, when the disks are looked at. */
import { must } from '../base/assert.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { EventBody } from '../contract/events.ts';
import type { Action, Plan, StepPhase } from '../contract/plan.ts';
import type { Log } from './log-actions.ts';
import { performWithRoom, type Performers } from './perform.ts';
import { runPlan } from './run-plan.ts';
import type { Sight } from './sight.ts';
import type { RunOutcome } from './types.ts';

export interface OperationHost {
  /** Counts the operations of an engine. */
  readonly operation: number;
  readonly performers: Performers;
  readonly publish: (body: EventBody) => void;
  readonly reasonOf: (error: VolumeError) => string;
  /** Looks at disks and devices; texts that are known are not read again. */
  readonly look: () => Promise<unknown>;
  /** See `RunHow`. */
  readonly begun?: RunHow['begun'];
}

/** What else there is to a run. */
export interface RunHow {
  readonly log?: Log | undefined;
  readonly sight?: Sight | undefined;
  /** Told once an action is under way, before it is waited for, and again at the end. */
  readonly begun?: (() => void) | undefined;
}

/** Actions after which the disks say something else than before. */
const CHANGES_METADATA: readonly Action['kind'][] = [
  'init-pv',
  'relabel-pv',
  'settle-area',
  'wipe-label',
  'commit-metadata',
  'erase-metadata',
  'mark-pv',
  'set-aside',
  'write-bytes',
];

/** Actions that change neither disks nor devices. */
const FILES_ONLY: readonly Action['kind'][] = [
  'archive-metadata',
  'backup-metadata',
  'drop-backup',
];

export async function runOperation(
  plan: Plan,
  host: OperationHost,
  log?: Log,
): Promise<RunOutcome> {
  const { performers, publish, reasonOf, operation } = host;
  const { backups, metadata } = performers;
  /** Whether the last look saw all that was done. */
  let seen = false as boolean;
  const progress = async (running: Plan, index: number, phase: StepPhase, error?: VolumeError) => {
    const step = must(running.steps[index], 'a step of the plan');
    const { what, why, action } = step;
    publish({
      kind: 'step',
      operation,
      title: running.title,
      index,
      of: running.steps.length,
      phase,
      step: { what, why },
      ...(error ? { reason: reasonOf(error) } : {}),
    });
    if (FILES_ONLY.includes(action.kind)) return;
    seen = phase === 'done' && CHANGES_METADATA.includes(action.kind);
    if (seen) await host.look();
  };
  await backups.begin(plan);
  metadata.prepare(plan);
  try {
    const perform = (action: Action) => {
      const done = performWithRoom(action, performers);
      host.begun?.();
      return done;
    };
    const takeNotices = () => metadata.takeNotices();
    const outcome = await runPlan(plan, { log, perform, progress, takeNotices });
    host.begun?.();
    if (!seen) await host.look();
    return outcome;
  } finally {
    await backups.end();
  }
}
