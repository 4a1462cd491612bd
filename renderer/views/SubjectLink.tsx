import type { ReactElement, ReactNode } from 'react';
import { same, useStudio, type Subject } from '../state/store.ts';

interface Props {
  /** Absent: there is nothing to select, and it is text. */
  readonly subject: Subject | undefined;
  readonly children: ReactNode;
}

/** A name that selects what it stands for, and is marked with it. */
export function SubjectLink({ subject, children }: Props): ReactElement {
  const { select, hover, selected } = useStudio();
  if (!subject) return <>{children}</>;
  return (
    <button
      type="button"
      className="link"
      aria-pressed={same(selected, subject)}
      onClick={() => {
        select(subject);
      }}
      onMouseEnter={() => {
        hover(subject);
      }}
      onMouseLeave={() => {
        hover(undefined);
      }}
    >
      {children}
    </button>
  );
}
