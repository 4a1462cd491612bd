/** What is wrong with a snapshot, or soon will be, and the way out of it. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import { ACTIONS } from '../actions/index.ts';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState } from '../../core/contract/state.ts';
import { placesOf } from '../state/snapshots.ts';
import { useStudio } from '../state/store.ts';
import { troubleOf } from './snapshot-words.ts';

interface Props {
  readonly lab: LabState;
  readonly snapshot: SnapshotState;
}

export function SnapshotTrouble({ lab, snapshot }: Props): ReactElement | null {
  const { select, openAction } = useStudio();
  const trouble = troubleOf(snapshot);
  if (!trouble) return null;
  const { subject } = placesOf(lab, snapshot).store;
  const ways = ACTIONS.filter(({ id, on }) => trouble.actions.includes(id) && on === subject?.kind);
  return (
    <div className="trouble">
      <p>
        {trouble.what} <strong>{trouble.way}</strong>
      </p>
      {ways.map((action) => (
        <Button
          key={action.id}
          className="quiet"
          isDisabled={action.unavailable(lab, subject) !== undefined}
          onPress={() => {
            select(subject);
            openAction(action.id);
          }}
        >
          {action.title}…
        </Button>
      ))}
    </div>
  );
}
