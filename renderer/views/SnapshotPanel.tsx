/** What a snapshot, an origin or a store has to do with the others: for the inspector. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState, LvState, VgState } from '../../core/contract/state.ts';
import { storeKey } from '../state/copy-rates.ts';
import { volumeOfDevice } from '../state/mirrors.ts';
import { placesOf, snapshotsAbout } from '../state/snapshots.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { lvOf, lvSubject, vgOf } from '../state/subjects.ts';
import { snapshotsTaken } from '../viz/snapshot-links.ts';
import { sizeText } from '../widgets/size-text.ts';
import { JobHistory } from './JobHistory.tsx';
import { CONDITION, chunkWords, keptWords } from './snapshot-words.ts';
import { SnapshotTrouble } from './SnapshotTrouble.tsx';
import { SnapshotVolumes } from './SnapshotVolumes.tsx';
import { StoreGauge } from './StoreGauge.tsx';
import { SubjectLink } from './SubjectLink.tsx';

interface Props {
  readonly lab: LabState;
  readonly selected: Subject | undefined;
}

/** Of nothing else. */
export function SnapshotPanel({ lab, selected }: Props): ReactElement | null {
  const showView = useStudio((studio) => studio.showView);
  const working = selected?.kind === 'pv' ? [] : snapshotsAbout(lab, selected);
  const found = selected?.kind === 'device' ? volumeOfDevice(lab, selected.id) : undefined;
  const vg = found?.vg ?? vgOf(lab, selected);
  const lv = found?.lv ?? lvOf(lab, selected);
  if (!vg || !lv) return null;
  const taken = snapshotsTaken(vg, lv.name);
  if (working.length === 0 && taken.length === 0 && !lv.snapshot) return null;
  const names = [lv.name, lv.snapshot?.origin, ...taken.map(({ name }) => name)];
  const jobs = lab.jobs.filter(
    ({ kind, volume }) =>
      kind === 'merge' && names.some((name) => volume === `${vg.name}/${name}`),
  );
  return (
    <div className="mirror-panel snapshot-panel">
      <Links lab={lab} vg={vg} lv={lv} taken={taken} />
      {working.length > 0 && (
        <Button
          className="quiet"
          onPress={() => {
            showView('Stage', 'snapshots');
          }}
        >
          Show its chunks
        </Button>
      )}
      {working.map((snapshot) => (
        <Working key={storeKey(snapshot)} lab={lab} snapshot={snapshot} />
      ))}
      {working.length === 0 && (
        <p>
          <small>It is not active: how full a store is, is not known.</small>
        </p>
      )}
      <JobHistory title="Merge" jobs={jobs} />
    </div>
  );
}

interface LinksProps {
  readonly lab: LabState;
  readonly vg: VgState;
  readonly lv: LvState;
  readonly taken: readonly LvState[];
}

/** From each to the others. */
function Links({ lab, vg, lv, taken }: LinksProps): ReactElement {
  const { snapshot } = lv;
  const link = (name: string): ReactElement => (
    <SubjectLink key={name} subject={lvSubject(lab, vg, { name })}>
      {vg.name}/{name}
    </SubjectLink>
  );
  return (
    <div className="above">
      {snapshot && (
        <p>
          {snapshot.merging ? 'Store that merges into ' : 'Snapshot of '}
          {link(snapshot.origin)}, with a store of {sizeText(lv.size)} in chunks of{' '}
          {sizeText(snapshot.chunkSize)}
        </p>
      )}
      {taken.length > 0 && (
        <p>
          Origin of{' '}
          {taken.map(({ name }, index) => (
            <span key={name}>
              {index > 0 && ', '}
              {link(name)}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

function Working({ lab, snapshot }: { lab: LabState; snapshot: SnapshotState }): ReactElement {
  const { name } = placesOf(lab, snapshot);
  const condition = CONDITION[snapshot.condition];
  return (
    <>
      <h4>
        {snapshot.role === 'merge' ? `Merge of ${name}` : `Snapshot ${name}`}
        {condition !== '' && <strong className="held">✕ {condition}</strong>}
      </h4>
      <SnapshotTrouble lab={lab} snapshot={snapshot} />
      <StoreGauge lab={lab} snapshot={snapshot} name={name} />
      <SnapshotVolumes lab={lab} snapshot={snapshot} />
      <small>
        {chunkWords(snapshot)} · {keptWords(snapshot)}
      </small>
    </>
  );
}
