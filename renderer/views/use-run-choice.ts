/** Which run of a strip has the focus, and which are marked: by click, or by keys. */
import { useState, type KeyboardEvent } from 'react';
import type { MoveWish } from '../../core/contract/moves.ts';
import type { VgState } from '../../core/contract/state.ts';
import { useMoves, type MarkedRun } from '../state/moves.ts';
import { useStudio } from '../state/store.ts';
import type { Strip } from '../viz/layout-extents.ts';
import { marked } from '../viz/mark-runs.ts';
import { subjectOf } from './run-text.ts';

/** @param group what the selection calls the group */
export function useRunChoice(vg: VgState, strip: Strip, group: string) {
  const select = useStudio((studio) => studio.select);
  const [focused, setFocused] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const at = Math.min(focused, strip.runs.length - 1);
  const extend = (from: number, to: number): void => {
    const run = marked(strip.runs, from, to);
    const { device, id: pvId } = strip.pv;
    setAnchor(from);
    setFocused(to);
    useMoves.getState().mark(run && { vg: vg.name, device, pvId, ...run });
  };
  const choose = (index: number): void => {
    const run = strip.runs[index];
    if (!run) return;
    extend(index, index);
    select(subjectOf(run, group));
  };
  const move = (): void => {
    const { marked: picked, propose } = useMoves.getState();
    const wish = runWish(strip, picked, marked(strip.runs, at, at));
    if (wish) propose(wish);
  };
  return {
    /** Index of the run that has the focus; -1: there are none. */
    at,
    click: (index: number, further: boolean): void => {
      if (further) extend(anchor, index);
      else choose(index);
    },
    /** @returns the run that a key leads to; undefined: it is no key that leads to one. */
    key: (event: KeyboardEvent): number | undefined => {
      if (event.key === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        move();
      }
      const next = keyTarget(event, at, strip.runs.length);
      if (next === undefined) return undefined;
      event.preventDefault();
      setFocused(next);
      if (event.key === 'Enter' || event.key === ' ') choose(next);
      else if (event.shiftKey) extend(anchor, next);
      else setAnchor(next);
      return next;
    },
  };
}

/** The marked extents of this strip, else those of the run that has the focus. */
function runWish(
  { pv: { device, id } }: Strip,
  picked: MarkedRun | undefined,
  focused: { readonly first: number; readonly count: number } | undefined,
): MoveWish | undefined {
  const run = picked?.pvId === id ? picked : focused;
  if (!run) return undefined;
  return { kind: 'run', device, first: run.first, count: run.count, to: { device: '' } };
}

/** Where a key leads from run `at`; undefined: not a key of the map. */
function keyTarget(event: KeyboardEvent, at: number, count: number): number | undefined {
  switch (event.key) {
    case 'ArrowRight':
      return Math.min(count - 1, at + 1);
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Enter':
    case ' ':
      return at;
    default:
      return undefined;
  }
}
