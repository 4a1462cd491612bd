import { useEffect, useState } from 'react';
import type { Refusal } from '../../core/contract/api.ts';
import type { Result } from '../../core/contract/units.ts';

interface Answered<T> {
  /** The last one; to an earlier question while the next is on its way. */
  readonly answer: Result<T, Refusal> | undefined;
  /** The answer is to the question as it is now. */
  readonly current: boolean;
}

/**
 * Asks the engine what would be, again whenever that may be something else.
 * @param question plain data; undefined: there is none yet
 * @param state of the engine that the answer depends on
 * @param ask the same function every time
 */
export function useAnswer<Q, T>(
  question: Q | undefined,
  state: string,
  ask: (question: Q) => Promise<Result<T, Refusal>>,
): Answered<T> {
  const [shown, setShown] = useState<{ of: string; answer: Result<T, Refusal> }>();
  const key = JSON.stringify(question ?? null);
  const of = `${key} ${state}`;
  useEffect(() => {
    let current = true;
    const wanted = JSON.parse(key) as Q | null;
    if (wanted) {
      ask(wanted)
        .then((answer) => {
          if (current) setShown({ of, answer });
        })
        .catch(() => {
          // The status bar says that the engine is out of reach.
        });
    }
    return () => {
      current = false;
    };
  }, [key, of, ask]);
  return {
    answer: question ? shown?.answer : undefined,
    current: question !== undefined && shown?.of === of,
  };
}
