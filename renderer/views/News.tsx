/** For screen readers: what changes is said once; the eyes see it. */
import { useEffect, useRef, useState, type ReactElement } from 'react';

interface Props<State> {
  readonly all: readonly State[];
  readonly keyOf: (state: State) => string;
  /** Undefined: nothing worth saying. */
  readonly newsOf: (before: State | undefined, after: State) => string | undefined;
}

export function News<State>({ all, keyOf, newsOf }: Props<State>): ReactElement {
  const before = useRef(all);
  const [news, setNews] = useState('');
  useEffect(() => {
    const known = new Map(before.current.map((one) => [keyOf(one), one]));
    const found = all.flatMap((one) => newsOf(known.get(keyOf(one)), one) ?? []);
    before.current = all;
    if (found.length > 0) setNews(found.join(' '));
  }, [all, keyOf, newsOf]);
  return (
    <p className="for-readers" aria-live="polite">
      {news}
    </p>
  );
}
