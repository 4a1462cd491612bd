/** Small signs on the cards of snapshots: the word beside them says the same. */
import type { ReactElement } from 'react';
import type { NoteText } from '../viz/mirror-notes.ts';

/** With the gap behind it, in pixels. */
export const ICON_ROOM = 17;

/**
 * On a square of 12: an origin has a double edge, a store the lines of its hatch, a snapshot is a
 * frame around an older one, a merge an arrow back.
 */
const PATHS: Readonly<Record<NonNullable<NoteText['icon']>, string>> = {
  origin: 'M0.5,0.5 h11 v11 h-11 z M3,3 h6 v6 h-6 z',
  store: 'M0.5,0.5 h11 v11 h-11 z M3.5,1 v10 M6,1 v10 M8.5,1 v10',
  snapshot: 'M3.5,3.5 h8 v8 h-8 z M0.5,8.5 v-8 h8 v2',
  merge: 'M11.5,1 v6 h-10 M5,3.5 l-3.5,3.5 l3.5,3.5',
};

interface Props {
  readonly icon: NonNullable<NoteText['icon']>;
  readonly x: number;
  /** Base of the line that it stands in. */
  readonly y: number;
}

export const CardIcon = ({ icon, x, y }: Props): ReactElement => (
  <path className="card-icon" d={PATHS[icon]} transform={`translate(${x},${y - 10})`} />
);
