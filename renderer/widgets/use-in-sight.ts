import { useEffect, useRef, type RefObject } from 'react';
import { inNextFrame } from '../viz/frame-loop.ts';

/** What was chosen elsewhere begins in sight; where it does already, nothing moves. */
export function useInSight(wanted: boolean): RefObject<HTMLElement | null> {
  const box = useRef<HTMLElement>(null);
  // Only in the next frame: a panel that is just being opened has no height yet.
  useEffect(
    () =>
      inNextFrame(() => {
        const pane = box.current?.closest('[role="tabpanel"]')?.getBoundingClientRect();
        const top = box.current?.getBoundingClientRect().top ?? 0;
        if (!wanted || !pane || (top >= pane.top && top < (pane.top + pane.bottom) / 2)) return;
        box.current?.scrollIntoView({ block: 'start' });
      }),
    [wanted],
  );
  return box;
}
