/** I/O that a mirror does of its own when its device is suspended or resumed. */
import type { DirtyLog } from './log.ts';
import type { MirrorSet } from './mirror-set.ts';

/** They are flushed: the table that comes next may call them so. */
export const hasCopies = (log: Pick<DirtyLog, 'lasts' | 'syncCount'>): boolean =>
  !log.lasts && log.syncCount > 0;

/** Says the same as the hooks of the set do. */
export function owes(
  { log, cleaner, resumed }: Pick<MirrorSet, 'log' | 'cleaner' | 'resumed'>,
  before: 'rest' | 'start',
): boolean {
  const copies = hasCopies(log);
  return before === 'rest' ? copies || cleaner.hasNews() : log.lasts || (!resumed && copies);
}
