/** What is wrong with jobs. No words of LVM's. */
import { printable } from '../base/printable.ts';
import type { JobError } from '../contract/jobs.ts';

type Of<K extends JobError['code']> = Extract<JobError, { readonly code: K }>;

export const JOB_SENTENCES: {
  readonly [K in JobError['code']]: (error: Of<K>) => readonly string[];
} = {
  'extract-refused': ({ volume, file, why }) => [
    `Cannot extract ${volume} to ${printable(file)}: ${printable(why)}.`,
  ],
  'job-failed': ({ title, why }) => [`Failed: ${printable(title)}: ${printable(why)}.`],
  'job-cancelled': ({ title }) => [`Cancelled: ${printable(title)}.`],
  'job-not-found': ({ id }) => [`There is no job ${id}.`],
  'job-runs-on': ({ id, title }) => [`Job ${id} (${title}) cannot be paused.`],
  'job-stays': ({ id, title, why }) => [
    `Job ${id} cannot be cancelled: ${printable(title)}: ${printable(why)}.`,
  ],
  'job-over': ({ id, title }) => [`Job ${id} is over: ${printable(title)}.`],
};
