/**
 * Copies that were cut short before the lab was opened: the studio asks before it goes on, and
 * nothing is copied meanwhile.
 */
import type { ReactElement } from 'react';
import type { JobState } from '../../core/contract/jobs.ts';
import { useStudio } from '../state/store.ts';
import { percentOf } from '../views/job-words.ts';
import { JobChoices } from '../views/JobChoices.tsx';

export function CutShort(): ReactElement | null {
  const { lab, leftJobs, leaveJob } = useStudio();
  const waiting = (lab?.jobs ?? []).filter(
    ({ choices, id }) => choices !== undefined && !leftJobs.includes(id),
  );
  if (waiting.length === 0) return null;
  return (
    <section className="cut-short" aria-label="Copies that were cut short">
      {waiting.map((job) => (
        <Notice
          key={job.id}
          job={job}
          leave={() => {
            leaveJob(job.id);
          }}
        />
      ))}
    </section>
  );
}

/** A log in memory is gone: LVM has no other for a mirror while it is converted. */
function farWords(job: JobState): string {
  const percent = percentOf(job);
  if (job.kind === 'move') {
    return percent === 0
      ? 'No piece of it is known to have arrived: resumed it begins anew; aborted it leaves all ' +
          'extents where they were.'
      : `${percent} % of it, in whole pieces, has arrived: resumed it goes on from there; ` +
          'aborted it leaves the rest where it is.';
  }
  if (job.kind === 'merge') {
    return (
      'What is in the origin stays there, the rest is still in the snapshot: left as it is the ' +
      'volume reads the same.'
    );
  }
  return percent === 0
    ? 'What had been copied is not known any more: it begins anew.'
    : `${percent} % of it is copied.`;
}

const WHOLE: Partial<Record<JobState['kind'], string>> = {
  move: 'The move through ',
  merge: 'The merge into ',
};

function Notice({ job, leave }: { readonly job: JobState; readonly leave: () => void }) {
  return (
    <div className="notice">
      <p role="alert">
        {WHOLE[job.kind] ?? 'The conversion of '}
        <strong>{job.volume}</strong> was cut short before the lab was opened, and is held until you
        say what is to become of it. {farWords(job)}
      </p>
      <JobChoices job={job} leave={leave} />
    </div>
  );
}
