/** The order that makes a snapshot survive a crash, and which runs are where in it. */
import type { ReactElement } from 'react';
import type { ChunksUnderWay, SnapshotState } from '../../core/contract/snapshots.ts';
import { runWords } from './snapshot-words.ts';

/** What a first write waits for, and at which stage each of it is done. */
const ORDER: readonly (readonly [what: string, stage: ChunksUnderWay['stage'] | undefined])[] = [
  ['copy data', 'copying'],
  ['flush', 'recording'],
  ['record exception', 'recording'],
  ['flush', 'recording'],
  ['let the write go', undefined],
];
/** Runs that are named. */
const NAMED = 3;

interface Props {
  readonly snapshot: SnapshotState;
  readonly name: string;
}

export function WriteOrder({ snapshot, name }: Props): ReactElement | null {
  const { underWay, role, merging } = snapshot;
  if (role === 'merge') {
    if (!merging) return null;
    return <p className="under-way">Flows back: {runWords(merging).replace('→', '←')}</p>;
  }
  return (
    <div className="write-order">
      <ol aria-label={`Order of a first write to the origin of ${name}`}>
        {ORDER.map(([what, stage], index) => {
          const now = stage !== undefined && underWay.some((run) => run.stage === stage);
          return (
            <li key={index} className={now ? 'now' : ''} {...(now && { 'aria-current': 'step' })}>
              {what}
            </li>
          );
        })}
      </ol>
      <p className="under-way">{underWayWords(underWay)}</p>
    </div>
  );
}

function underWayWords(underWay: readonly ChunksUnderWay[]): string {
  if (underWay.length === 0) return 'No write waits for a chunk.';
  const named = underWay.slice(0, NAMED).map((run) => {
    return `${run.stage === 'copying' ? 'copying' : 'recording'} ${runWords(run)}`;
  });
  const more = underWay.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; ${more} runs more` : ''}`;
}
