import { useCallback, useState } from 'react';
import { recall, remember, type Reader } from '../state/remember.ts';

/** A state of the page that the next start finds again. `read` is asked once. */
export function useRemembered<T>(
  name: string,
  read: Reader<T>,
  first: T,
): [value: T, set: (value: T) => void] {
  const [value, setValue] = useState(() => recall(name, read) ?? first);
  const set = useCallback(
    (next: T) => {
      setValue(next);
      remember(name, next);
    },
    [name],
  );
  return [value, set];
}
