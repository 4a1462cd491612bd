/** Answers, mostly of device-mapper, for programs that no test runner runs as well as for tests. */
import type { Result } from '../../core/base/result.ts';
import type { DmErrorData } from '../../core/contract/errors.ts';

/** The value of something that has to succeed. */
export function must<T>(result: Result<T, DmErrorData | { readonly code: string }>): T {
  if (result.ok) return result.value;
  const { error } = result;
  throw new Error('errno' in error ? `${error.errno} ${error.reason}` : JSON.stringify(error));
}

/** `EINVAL linear: Gap in table`, or `done`. */
export function answer(result: Result<unknown, DmErrorData>): string {
  return result.ok ? 'done' : `${result.error.errno} ${result.error.reason}`;
}
