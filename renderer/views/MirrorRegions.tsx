/** The regions of every mirror: what each leg has, where reads go, how a copy goes on. */
import { useMemo, useState, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { dropsFailedLegs, mirrorName, mirrorsAbout } from '../state/mirrors.ts';
import { aBoolean } from '../state/remember.ts';
import { useStudio } from '../state/store.ts';
import { isLayer } from '../viz/mirror-table.ts';
import { PictureTools } from '../widgets/PictureTools.tsx';
import { useInSight } from '../widgets/use-in-sight.ts';
import { useReducedMotion } from '../widgets/use-reduced-motion.ts';
import { useRemembered } from '../widgets/use-remembered.ts';
import { useWidth } from '../widgets/use-width.ts';
import { CopyPace } from './CopyPace.tsx';
import { MirrorLegs } from './MirrorLegs.tsx';
import { MirrorNews } from './MirrorNews.tsx';
import { heldWords, sizeWords } from './mirror-words.ts';
import { RegionCanvas } from './RegionCanvas.tsx';
import { RegionLegend } from './RegionLegend.tsx';
import { RegionTable } from './RegionTable.tsx';
import { SyncBar } from './SyncBar.tsx';

const PADDING = 32;
/** More are listed by name: whoever selects one sees it. */
const MOST_DRAWN = 8;

export function MirrorRegions(): ReactElement {
  const now = useStudio((studio) => studio.lab);
  const [held, setHeld] = useState<LabState>();
  const [moves, setMoves] = useRemembered('regions.moves', aBoolean, true);
  const reduced = useReducedMotion();
  const [box, width] = useWidth();
  const lab = held ?? now;
  return (
    <div className="mirror-regions" ref={box}>
      {lab && <MirrorNews lab={lab} />}
      {!lab || lab.mirrors.length === 0 ? (
        <Nothing />
      ) : (
        <>
          <PictureTools
            label="View of the mirror regions"
            on={moves}
            onChange={setMoves}
            held={held !== undefined}
            onHold={(hold) => {
              setHeld(hold ? now : undefined);
            }}
          />
          <RegionLegend />
          <Mirrors lab={lab} width={width - PADDING} moves={moves && !reduced} />
        </>
      )}
    </div>
  );
}

function Nothing(): ReactElement {
  const openAction = useStudio((studio) => studio.openAction);
  const some = useStudio(({ lab }) => (lab?.vgs.length ?? 0) > 0);
  return (
    <div className="empty">
      <p>No mirror is active.</p>
      {some && (
        <Button
          onPress={() => {
            openAction('create-mirror');
          }}
        >
          Create mirror…
        </Button>
      )}
    </div>
  );
}

interface MirrorsProps {
  readonly lab: LabState;
  readonly width: number;
  readonly moves: boolean;
}

/** Those that the selection is about come first. */
function Mirrors({ lab, width, moves }: MirrorsProps): ReactElement {
  const selected = useStudio((studio) => studio.selected);
  const about = useMemo(() => new Set(mirrorsAbout(lab, selected)), [lab, selected]);
  const sorted =
    lab.mirrors.length > MOST_DRAWN
      ? lab.mirrors.toSorted((a, b) => Number(about.has(b)) - Number(about.has(a)))
      : lab.mirrors;
  const [drawn, rest] = [sorted.slice(0, MOST_DRAWN), sorted.slice(MOST_DRAWN)];
  const first = drawn.find((mirror) => about.has(mirror));
  return (
    <>
      {drawn.map((mirror) => (
        <Mirror
          key={`${mirror.device} ${mirror.start}`}
          lab={lab}
          mirror={mirror}
          chosen={about.has(mirror)}
          leads={mirror === first}
          width={width}
          moves={moves}
        />
      ))}
      {rest.length > 0 && <p>{rest.length} mirrors more: select one to see it here.</p>}
    </>
  );
}

interface MirrorProps extends MirrorsProps {
  readonly mirror: MirrorState;
  readonly chosen: boolean;
  /** The first of those that are chosen: a conversion has two. */
  readonly leads: boolean;
}

function Mirror({ lab, mirror, chosen, leads, width, moves }: MirrorProps): ReactElement {
  const box = useInSight(leads);
  const name = mirrorName(lab, mirror);
  const held = heldWords(mirror);
  const from = mirror.start > 0 ? `, from sector ${mirror.start.toLocaleString('en')}` : '';
  return (
    <section
      ref={box}
      className={chosen ? 'mirror chosen' : 'mirror'}
      aria-label={`Mirror ${name}${from}`}
    >
      <h3>
        {name}
        {from}{' '}
        <small>
          {sizeWords(mirror)}
          {mirror.perCell > 1 && ` · ${mirror.perCell.toLocaleString('en')} in a cell`}
          {isLayer(mirror.device) && ' · layer of a conversion'}
          {dropsFailedLegs(lab, mirror.device) && ' · drops failed legs by itself'}
        </small>
        {held !== '' && <strong className="held">{held}</strong>}
      </h3>
      <SyncBar mirror={mirror} name={name} />
      <CopyPace lab={lab} mirror={mirror} name={name} />
      <MirrorLegs lab={lab} mirror={mirror} name={name} />
      <RegionCanvas lab={lab} mirror={mirror} name={name} width={width} moves={moves} />
      <RegionTable lab={lab} mirror={mirror} name={name} />
    </section>
  );
}
