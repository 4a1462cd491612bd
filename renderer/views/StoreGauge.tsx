/** How full a store is, how much of that are tables, and when it will be full. */
import type { ReactElement } from 'react';
import { Meter } from 'react-aria-components';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState } from '../../core/contract/state.ts';
import { rateOf, storeKey, WINDOW_MICROS } from '../state/copy-rates.ts';
import { placesOf } from '../state/snapshots.ts';
import { useStudio } from '../state/store.ts';
import { fillPercent } from '../viz/chunk-cells.ts';
import { useQuiet } from '../widgets/use-quiet.ts';
import { JobButtons } from './JobButtons.tsx';
import {
  extendsAt,
  fillWords,
  forecastWords,
  mergePace,
  policyWords,
  WARNS_AT,
} from './snapshot-words.ts';

interface Props {
  readonly lab: LabState;
  readonly snapshot: SnapshotState;
  readonly name: string;
}

const ONCE_MILLIS = WINDOW_MICROS / 1000;

export function StoreGauge({ lab, snapshot, name }: Props): ReactElement {
  const percent = fillPercent(snapshot);
  const { metadata, total, role } = snapshot;
  const words = fillWords(snapshot);
  const at = extendsAt(lab.settings.lvm);
  const full = percent >= WARNS_AT || snapshot.condition === 'invalid';
  return (
    <>
      <Meter
        className={full ? 'sync-bar store-gauge full' : 'sync-bar store-gauge'}
        aria-label={`Store of ${name}`}
        value={percent}
        valueLabel={words}
      >
        <span className="track">
          <span className="fill" style={{ width: `${percent}%` }} />
          <span
            className="tables"
            style={{ width: `${total === 0 ? 0 : Math.min(100, (100 * metadata) / total)}%` }}
          />
          <span className="threshold" style={{ left: `${at ?? WARNS_AT}%` }} />
        </span>
        <span>{words}</span>
      </Meter>
      <p className="pace">
        {role === 'merge' ? (
          <MergePace lab={lab} snapshot={snapshot} />
        ) : (
          <Forecast lab={lab} snapshot={snapshot} />
        )}
      </p>
    </>
  );
}

type PaceProps = Omit<Props, 'name'>;

function Forecast({ lab, snapshot }: PaceProps): ReactElement {
  const rate = useRate(snapshot);
  const quiet = useQuiet(snapshot.allocated, ONCE_MILLIS);
  const words = [
    forecastWords(snapshot, rate, quiet || snapshot.exceptions === 0),
    `warned of at ${WARNS_AT} %`,
    policyWords(lab.settings.lvm),
  ];
  return <span>{words.filter(Boolean).join(' · ')}</span>;
}

/** With the job that the merge is, if it is one. */
function MergePace({ lab, snapshot }: PaceProps): ReactElement {
  const rate = useRate(snapshot);
  const { name, originName } = placesOf(lab, snapshot);
  const job = lab.jobs.find(
    ({ volume, endedMicros }) =>
      endedMicros === undefined && (volume === name || volume === originName),
  );
  return (
    <>
      <span>{mergePace(snapshot, rate)}</span>
      {job && <JobButtons job={job} />}
    </>
  );
}

function useRate(snapshot: SnapshotState): number | undefined {
  const { storeSamples, timeMicros } = useStudio();
  return rateOf(storeSamples, storeKey(snapshot), timeMicros);
}
