/** What can be done to a job that goes on: each button runs a line that can be typed too. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { JobState } from '../../core/contract/jobs.ts';
import { runLine } from './run-line.ts';

interface Props {
  readonly job: JobState;
}

export function JobButtons({ job }: Props): ReactElement {
  const { id, title, paused, takeBack, choices } = job;
  return (
    <>
      {paused !== undefined && (
        <LineButton
          label={paused ? 'Go on' : 'Pause'}
          title={title}
          words={['job', paused ? 'resume' : 'pause', String(id)]}
        />
      )}
      {takeBack && !choices && <LineButton label="Abort" title={title} words={takeBack} />}
    </>
  );
}

interface LineProps {
  readonly label: string;
  readonly title: string;
  readonly words: readonly string[];
}

const LineButton = ({ label, title, words }: LineProps): ReactElement => (
  <span className="choice-line">
    <Button
      className="quiet"
      aria-label={`${label}: ${title}`}
      onPress={() => void runLine(words, `${label}: ${title}`)}
    >
      {label}
    </Button>
    <code>{words.join(' ')}</code>
  </span>
);
