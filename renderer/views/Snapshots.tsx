/** Every snapshot at work: what it keeps of its origin, how full its store is, how a merge goes. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState } from '../../core/contract/state.ts';
import { storeKey } from '../state/copy-rates.ts';
import { aBoolean } from '../state/remember.ts';
import { placesOf, snapshotsAbout } from '../state/snapshots.ts';
import { useStudio } from '../state/store.ts';
import { PictureTools } from '../widgets/PictureTools.tsx';
import { useInSight } from '../widgets/use-in-sight.ts';
import { useReducedMotion } from '../widgets/use-reduced-motion.ts';
import { useRemembered } from '../widgets/use-remembered.ts';
import { useWidth } from '../widgets/use-width.ts';
import { ChunkCanvas } from './ChunkCanvas.tsx';
import { ChunkLegend } from './ChunkLegend.tsx';
import { ChunkTable } from './ChunkTable.tsx';
import { News } from './News.tsx';
import { chunkWords, CONDITION, keptWords, snapshotNews } from './snapshot-words.ts';
import { SnapshotTrouble } from './SnapshotTrouble.tsx';
import { SnapshotVolumes } from './SnapshotVolumes.tsx';
import { StoreGauge } from './StoreGauge.tsx';
import { WriteOrder } from './WriteOrder.tsx';

const PADDING = 32;
/** More are listed by name: whoever selects one sees it. */
const MOST_DRAWN = 8;

export function Snapshots(): ReactElement {
  const now = useStudio((studio) => studio.lab);
  const [held, setHeld] = useState<LabState>();
  const [moves, setMoves] = useRemembered('chunks.moves', aBoolean, true);
  const reduced = useReducedMotion();
  const [box, width] = useWidth();
  const lab = held ?? now;
  return (
    <div className="snapshots mirror-regions" ref={box}>
      {lab && <SnapshotNews lab={lab} />}
      {!lab || lab.snapshots.length === 0 ? (
        <Nothing />
      ) : (
        <>
          <PictureTools
            label="View of the snapshots"
            on={moves}
            onChange={setMoves}
            held={held !== undefined}
            onHold={(hold) => {
              setHeld(hold ? now : undefined);
            }}
          />
          <ChunkLegend />
          <All lab={lab} width={width - PADDING} moves={moves && !reduced} />
        </>
      )}
    </div>
  );
}

function SnapshotNews({ lab }: { lab: LabState }): ReactElement {
  const words = useCallback(
    (before: SnapshotState | undefined, after: SnapshotState) =>
      snapshotNews(before, after, placesOf(lab, after).name),
    [lab],
  );
  return <News all={lab.snapshots} keyOf={storeKey} newsOf={words} />;
}

function Nothing(): ReactElement {
  const openAction = useStudio((studio) => studio.openAction);
  const isVolume = useStudio(({ selected }) => selected?.kind === 'lv');
  return (
    <div className="empty">
      <p>No snapshot is active.</p>
      {isVolume ? (
        <Button
          onPress={() => {
            openAction('take-snapshot');
          }}
        >
          Take snapshot…
        </Button>
      ) : (
        <p>Select a volume to take one of it.</p>
      )}
    </div>
  );
}

interface AllProps {
  readonly lab: LabState;
  readonly width: number;
  readonly moves: boolean;
}

/** Those that the selection is about come first. */
function All({ lab, width, moves }: AllProps): ReactElement {
  const selected = useStudio((studio) => studio.selected);
  const about = useMemo(() => new Set(snapshotsAbout(lab, selected)), [lab, selected]);
  const sorted =
    lab.snapshots.length > MOST_DRAWN
      ? lab.snapshots.toSorted((a, b) => Number(about.has(b)) - Number(about.has(a)))
      : lab.snapshots;
  const [drawn, rest] = [sorted.slice(0, MOST_DRAWN), sorted.slice(MOST_DRAWN)];
  const first = drawn.find((one) => about.has(one));
  return (
    <>
      {drawn.map((snapshot) => (
        <Snapshot
          key={storeKey(snapshot)}
          lab={lab}
          snapshot={snapshot}
          chosen={about.has(snapshot)}
          leads={snapshot === first}
          width={width}
          moves={moves}
        />
      ))}
      {rest.length > 0 && <p>{rest.length} snapshots more: select one to see it here.</p>}
    </>
  );
}

interface SnapshotProps extends AllProps {
  readonly snapshot: SnapshotState;
  readonly chosen: boolean;
  /** The first of those that are chosen: an origin may have several. */
  readonly leads: boolean;
}

function Snapshot({ lab, snapshot, chosen, leads, width, moves }: SnapshotProps): ReactElement {
  const box = useInSight(leads);
  const { name, originName } = placesOf(lab, snapshot);
  const merges = snapshot.role === 'merge';
  const condition = CONDITION[snapshot.condition];
  return (
    <section
      ref={box}
      className={chosen ? 'mirror snapshot chosen' : 'mirror snapshot'}
      aria-label={`${merges ? 'Merge of' : 'Snapshot'} ${name}`}
    >
      <h3>
        {name}
        {merges ? ' flows back into ' : ', snapshot of '}
        {originName}{' '}
        <small>
          {chunkWords(snapshot)} · {keptWords(snapshot)}
          {snapshot.perCell > 1 && ` · ${snapshot.perCell.toLocaleString('en')} in a cell`}
        </small>
        {condition !== '' && <strong className="held">✕ {condition}</strong>}
      </h3>
      <SnapshotTrouble lab={lab} snapshot={snapshot} />
      <StoreGauge lab={lab} snapshot={snapshot} name={name} />
      <WriteOrder snapshot={snapshot} name={name} />
      <ChunkCanvas {...{ lab, snapshot, name, width, moves }} />
      <SnapshotVolumes lab={lab} snapshot={snapshot} />
      <ChunkTable snapshot={snapshot} name={name} />
    </section>
  );
}
