/** Answers of device-mapper, for programs that no test runner runs as well as for tests. */
import type { Result } from '../../core/base/result.ts';
import type { DmErrorData } from '../../core/contract/errors.ts';

/** The value of something that has to succeed. */
export function must<T>(result: Result<T, DmErrorData>): T {
  if (!result.ok) throw new Error(`${result.error.errno} ${result.error.reason}`);
  return result.value;
}

/** `EINVAL linear: Gap in table`, or `done`. */
export function answer(result: Result<unknown, DmErrorData>): string {
  return result.ok ? 'done' : `${result.error.errno} ${result.error.reason}`;
}
