import { err } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import { describeSystemError } from './system-error.ts';

/** @param why a clause without a full stop: `lab.json: is not JSON`. */
export function labError(directory: string, why: string): Result<never, VolumeError> {
  return err({ code: 'lab', directory, why });
}

/** A refusal of the operating system over one thing in a lab. */
export function labSystemError(
  directory: string,
  what: string,
  error: unknown,
): Result<never, VolumeError> {
  return labError(directory, `${what}: ${describeSystemError(error)}`);
}
