/** What is said before a plan or a refusal, whichever it comes to. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/plan.ts';

export function after(
  notices: readonly Notice[] | undefined,
  plan: Result<Plan, VolumeError>,
): Result<Plan, VolumeError> {
  if (!notices || notices.length === 0) return plan;
  if (!plan.ok) return err(refusedAfter(notices, plan.error));
  return ok({ ...plan.value, warnings: [...notices, ...plan.value.warnings] });
}

export const refusedAfter = (notices: readonly Notice[], error: VolumeError): VolumeError =>
  notices.length === 0 ? error : { ...error, before: [...notices, ...(error.before ?? [])] };
