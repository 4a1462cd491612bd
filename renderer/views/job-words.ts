/** Jobs in words. */
import type { JobState } from '../../core/contract/jobs.ts';

/** 0 to 100, never 100 before all is done. */
export const percentOf = ({ done, total }: Pick<JobState, 'done' | 'total'>): number =>
  total === 0 ? 0 : Math.floor((100 * done) / total);
