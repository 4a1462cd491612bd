/** A defect in this program, never something an operator did. Nobody catches it to carry on. */
export class BugError extends Error {
  override readonly name = 'BugError';
}

/**
 * Holds a rule that only a defect can break.
 * @param message a function where every request passes: to put a sentence together takes longer
 *   than what it is about
 */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new BugError(typeof message === 'string' ? message : message());
}

/** The compiler proves that a switch is exhaustive; this line is for callers that lied to it. */
export function unreachable(value: never): never {
  throw new BugError(`unexpected case ${JSON.stringify(value)}`);
}

/** A value that the surrounding code has already shown to exist. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new BugError(`${what} is missing`);
  return value;
}
