/** What is wrong: every warning with the object it is about, which the inspector then shows. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import { problemsOf } from '../state/problems.ts';
import { useStudio } from '../state/store.ts';

export function Problems(): ReactElement {
  const { lab, select } = useStudio();
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  const problems = problemsOf(lab);
  if (problems.length === 0) {
    return <p className="empty">No problems: every disk of every group is there and agrees.</p>;
  }
  return (
    <div className="problems" tabIndex={0} role="region" aria-label="Problems">
      <ul>
        {problems.map(({ subject, name, sentence }) => (
          <li key={`${subject?.id ?? name} ${sentence}`}>
            {subject ? (
              <Button
                className="link"
                onPress={() => {
                  select(subject);
                }}
              >
                {name}
              </Button>
            ) : (
              <span>{name}</span>
            )}
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
