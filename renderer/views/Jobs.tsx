/** What goes on in the background, how far it is, and how it ended. */
import type { ReactElement } from 'react';
import { Button, ProgressBar } from 'react-aria-components';
import type { JobState } from '../../core/contract/jobs.ts';
import { engine, useStudio } from '../state/store.ts';
import { sizeText } from '../widgets/size-text.ts';
import { percentOf } from './job-words.ts';
import { JobButtons } from './JobButtons.tsx';
import { JobChoices } from './JobChoices.tsx';

export function Jobs(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  if (lab.jobs.length === 0) {
    return (
      <p className="empty">
        Nothing goes on in the background. Select an active volume and choose “Extract volume”;
        mirrors that are synchronised or repaired are shown here too.
      </p>
    );
  }
  return (
    <div className="jobs" tabIndex={0} role="region" aria-label="Jobs">
      <ul>
        {lab.jobs.toReversed().map((job) => (
          <li key={job.id} className={job.phase}>
            {job.endedMicros === undefined ? <Running job={job} /> : <Ended job={job} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Running({ job }: { job: JobState }): ReactElement {
  const { title, done, total, stays } = job;
  const how = runningWords(job);
  return (
    <>
      <ProgressBar
        aria-label={title}
        value={done}
        maxValue={Math.max(1, total)}
        isIndeterminate={total === 0}
        valueLabel={how}
      >
        {({ percentage = 0 }) => (
          <>
            <span className="title">{title}</span>
            <span className="how">{how}</span>
            <span className="track">
              <span className="fill" style={{ width: `${percentage}%` }} />
            </span>
          </>
        )}
      </ProgressBar>
      {stays === undefined ? <Cancel job={job} /> : null}
      <JobButtons job={job} />
      <JobChoices job={job} />
    </>
  );
}

function Cancel({ job: { id, title, phase } }: { job: JobState }): ReactElement {
  return (
    <Button
      className="quiet"
      aria-label={`Cancel: ${title}`}
      isDisabled={phase === 'cancelling'}
      onPress={() => void cancel(id)}
    >
      Cancel
    </Button>
  );
}

async function cancel(id: number): Promise<void> {
  const { announce } = useStudio.getState();
  try {
    const { output } = await engine().call('command', [['job', 'cancel', String(id)], {}]);
    announce(output.map(({ text }) => text.trim()).join(' '));
  } catch {
    announce('The engine could not be reached.');
  }
}

function Ended({ job }: { job: JobState }): ReactElement {
  return (
    <>
      <span className="title">{job.title}</span>
      <span className="how">{endWords(job)}</span>
    </>
  );
}

function runningWords({ phase, done, total, stays, paused, takeBack }: JobState): string {
  if (phase === 'waiting') return `held: ${progressWords(done, total)}`;
  if (phase === 'cancelling') return stays === undefined ? 'being cancelled' : 'ending';
  const far = total === 0 ? 'running' : progressWords(done, total);
  if (paused === true) return `paused: ${far}`;
  return stays === undefined || takeBack ? far : `${far}; it cannot be cancelled: ${stays}`;
}

/** `12.00 MiB of 64.00 MiB, 18 %` */
const progressWords = (done: number, total: number): string =>
  `${sizeText(done / 512)} of ${sizeText(total / 512)}, ${percentOf({ done, total })} %`;

const CANCELLED: Readonly<Record<JobState['kind'], string>> = {
  extract: 'cancelled; nothing is left of it',
  convert: 'left as it is',
  move: 'aborted, or left as it is',
  merge: 'left as it is',
  repair: 'left as it is',
};

function endWords({ kind, phase, why, total, startedMicros, endedMicros = 0 }: JobState): string {
  if (phase === 'failed') return `failed: ${why ?? ''}`;
  if (phase === 'cancelled') return why ?? CANCELLED[kind];
  const seconds = ((endedMicros - startedMicros) / 1e6).toFixed(1);
  return total === 0 ? `done in ${seconds} s` : `done: ${sizeText(total / 512)} in ${seconds} s`;
}
