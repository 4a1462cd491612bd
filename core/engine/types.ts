/** The engine as the command line sees it; `Engine` (engine.ts) implements it. */
import type { Result } from '../base/result.ts';
import type { Notice, VolumeError } from '../contract/errors.ts';
import type { EventBody } from '../contract/events.ts';
import type { Plan } from '../contract/plan.ts';
import type { Request } from '../contract/requests.ts';
import type { ReportSource } from '../report/source.ts';

/** What was said on the way, and why it ended early if it did. */
export interface RunOutcome {
  readonly said: readonly Notice[];
  readonly failure?: VolumeError;
}

export interface CommandEngine {
  /** Looks at all disks anew. */
  source(): Promise<ReportSource>;
  /** Plans against the disks as they are now. `commandLine` goes into the metadata. */
  plan(request: Request, commandLine: string): Promise<Result<Plan, VolumeError>>;
  /** Runs a plan whose questions were answered with yes. */
  run(plan: Plan): Promise<RunOutcome>;
  publish(body: EventBody): void;
}
