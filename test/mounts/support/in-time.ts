import { setTimeout as sleep } from 'node:timers/promises';

/** Fails where it stands still. */
export async function inTime(round: Promise<void>, millis: number): Promise<void> {
  const late = new AbortController();
  const limit = sleep(millis, undefined, { signal: late.signal }).then(() => {
    throw new Error('it stands still');
  });
  await Promise.race([round, limit]).finally(() => {
    late.abort();
  });
}
