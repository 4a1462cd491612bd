/** I/O that a mirror does of its own when its device is suspended or resumed. */
import type { MirrorSet } from './mirror-set.ts';

/** Says the same as the hooks of the set do. */
export function owes(
  { log, cleaner, resumed }: Pick<MirrorSet, 'log' | 'cleaner' | 'resumed'>,
  before: 'rest' | 'start',
): boolean {
  // What is in sync is flushed: the table that comes next may call it so.
  const hasCopies = !log.lasts && log.syncCount > 0;
  return before === 'rest' ? hasCopies || cleaner.hasNews() : log.lasts || (!resumed && hasCopies);
}
