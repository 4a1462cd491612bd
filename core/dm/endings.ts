/** How a request ends that was done in parts. */
import { ok } from '../base/result.ts';
import type { Ending } from './target.ts';

/** Requeued as a whole if any part was, as in the kernel; else the first failure, if any. */
export function joined(parts: readonly Ending[]): Ending {
  if (parts.includes('requeue')) return 'requeue';
  return parts.find((part) => part !== 'requeue' && !part.ok) ?? ok();
}

/** Once all of them have ended. */
export const joinedAll = (parts: readonly Promise<Ending>[]): Promise<Ending> => {
  const [only] = parts;
  return only && parts.length === 1 ? only : Promise.all(parts).then(joined);
};
