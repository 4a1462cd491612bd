/** Words for what an operating system refuses. */
import { getSystemErrorMap } from 'node:util';

/** The code of a failed system call, such as ENOENT; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A clause without a full stop or a path: `no such file or directory`. */
export function describeSystemError(error: unknown): string {
  const code = systemCode(error);
  for (const [name, text] of getSystemErrorMap().values()) {
    if (name === code) return text;
  }
  return error instanceof Error ? error.message : String(error);
}
