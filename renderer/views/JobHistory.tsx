/** What is done to a volume in the background, as it goes on and as it ended. */
import type { ReactElement } from 'react';
import type { JobState } from '../../core/contract/jobs.ts';
import type { StoryItem } from '../state/mirror-story.ts';
import { percentOf } from './job-words.ts';
import { JobChoices } from './JobChoices.tsx';

interface Props {
  readonly title: string;
  readonly jobs: readonly JobState[];
}

/** The newest first; nothing where there is none. */
export function JobHistory({ title, jobs }: Props): ReactElement | null {
  if (jobs.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul className="story">
        {jobs.toReversed().map((job) => (
          <li key={job.id} className={TONES[job.phase]}>
            <strong>{job.title}</strong>
            <p>{workWords(job)}</p>
            <JobChoices job={job} />
          </li>
        ))}
      </ul>
    </>
  );
}

const TONES: Readonly<Record<JobState['phase'], StoryItem['tone']>> = {
  waiting: 'bad',
  running: 'plain',
  cancelling: 'plain',
  done: 'good',
  cancelled: 'plain',
  failed: 'bad',
};

/** `running, 25 %`, `failed: no room`. */
function workWords(job: JobState): string {
  const { phase, total, why } = job;
  if (phase === 'failed') return `failed: ${why ?? ''}`;
  if (phase === 'cancelled') return why ?? phase;
  if (phase === 'waiting') return `held since the lab was opened, ${percentOf(job)} %`;
  if (phase !== 'running' || total === 0) return phase;
  return `running, ${percentOf(job)} %`;
}
