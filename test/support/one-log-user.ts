import type { SharedLog } from '../../core/dm/one-log-user.ts';

/** Of every stack a test makes: no log of a mirror is written by two. */
export function expectOneLogUser(shared: readonly SharedLog[], when: string): void {
  if (shared.length === 0) return;
  const told = shared.map(({ log, users }) => `${users.join(' and ')} on ${log}`);
  throw new Error(`${when}: two mirrors use one log: ${told.join('; ')}`);
}
