/** What can be said to work that was cut short: each button runs a line that can be typed too. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { JobState } from '../../core/contract/jobs.ts';
import { runLine } from './run-line.ts';

interface Props {
  readonly job: JobState;
  /** It is put aside, and waits on. */
  readonly leave?: () => void;
}

export function JobChoices({ job, leave }: Props): ReactElement | null {
  const { choices, volume } = job;
  if (!choices) return null;
  const { goOn, takeBack } = choices;
  const { whole, goesOn, back } =
    WORDS[job.kind === 'move' || job.kind === 'merge' ? job.kind : 'convert'];
  return (
    <span className="choices" role="group" aria-label={`${whole} ${volume}`}>
      <Choice words={goOn} label={goesOn} volume={volume} primary />
      {takeBack && <Choice words={takeBack} label={back} volume={volume} />}
      {leave && (
        <Button className="quiet" aria-label={`Leave ${volume} as it is`} onPress={leave}>
          Leave
        </Button>
      )}
    </span>
  );
}

const WORDS = {
  move: { whole: 'Move through', goesOn: 'Resume', back: 'Abort' },
  merge: { whole: 'Merge into', goesOn: 'Continue', back: 'Take back' },
  convert: { whole: 'Conversion of', goesOn: 'Continue', back: 'Take back' },
} as const;

interface ChoiceProps {
  readonly words: readonly string[];
  readonly label: string;
  readonly volume: string;
  readonly primary?: true;
}

function Choice({ words, label, volume, primary }: ChoiceProps): ReactElement {
  const line = words.join(' ');
  return (
    <span className="choice-line">
      <Button
        className={primary ? 'primary' : 'quiet'}
        aria-label={`${label}: ${volume}`}
        onPress={() => void runLine(words, `${label}: ${volume}`)}
      >
        {label}
      </Button>
      <code>{line}</code>
    </span>
  );
}
