/** How far a move is, in words: beside the extent map, and for whoever does not see it. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { ProgressBar } from 'react-aria-components';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState, VgState } from '../../core/contract/state.ts';
import { frontOf, jobOf, mirrorOf } from '../state/running-moves.ts';
import { useStudio } from '../state/store.ts';
import { countOf, type Move, type MoveCount } from '../viz/moves.ts';
import { CopyPace } from './CopyPace.tsx';
import { JobButtons } from './JobButtons.tsx';
import { countWords, frontWords, metWords, ownerWords, pieceWords } from './move-words.ts';
import { useParts } from './run-text.ts';

interface Props {
  readonly vg: VgState;
  readonly move: Move;
}

export function MoveStatus({ vg, move }: Props): ReactElement | null {
  const lab = useStudio((studio) => studio.lab);
  const parts = useParts(vg);
  if (!lab) return null;
  const mirror = mirrorOf(lab, move);
  const front = frontOf(move, mirror);
  const count = countOf(move, front);
  const title = `${vg.name}/${move.layer}`;
  const lines = ownerWords(move, front, (lv) => parts.get(lv)?.top ?? lv);
  const job = jobOf(lab, vg, move);
  return (
    <section className="move-status" aria-label={`Move through ${title}`}>
      <ProgressBar
        aria-label={`Extents moved through ${title}`}
        value={count.moved}
        maxValue={Math.max(1, count.total)}
        valueLabel={countWords(count)}
      >
        <strong>
          {move.layer} moves extents of {move.source}
        </strong>{' '}
        <span>{countWords(count)}</span>
        <span className="track">
          <span className="fill" style={{ width: `${shareOf(count)}%` }} />
        </span>
      </ProgressBar>
      <p>{sentence([pieceWords(move), frontWords(move, front)])}</p>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div className="row">
        <Pace lab={lab} mirror={mirror} title={title} later={laterSectors(vg, move)} />
        {job && (
          <p className="choices">
            <JobButtons job={job} />
          </p>
        )}
      </div>
      <MoveNews count={count} title={title} />
    </section>
  );
}

const shareOf = ({ moved, total }: MoveCount): number =>
  total === 0 ? 100 : (100 * moved) / total;

const sentence = (parts: readonly string[]): string => {
  const text = parts.filter(Boolean).join('; ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
};

interface PaceProps {
  readonly lab: LabState;
  readonly mirror: MirrorState | undefined;
  readonly title: string;
  /** Sectors of the pieces that come after this one. */
  readonly later: number;
}

const laterSectors = ({ extentSize }: VgState, { pieces, running }: Move): number =>
  extentSize * pieces.slice(running + 1).reduce((sum, { count }) => sum + count, 0);

function Pace({ lab, mirror, title, later }: PaceProps): ReactElement {
  if (!mirror) return <p>It is not active: nothing is copied.</p>;
  const met = metWords(mirror);
  return (
    <>
      <CopyPace lab={lab} mirror={mirror} name={title} beyond={later / mirror.regionSize} />
      {met !== '' && <p>{met}.</p>}
    </>
  );
}

/** Every tenth is told. */
function MoveNews({ count, title }: { readonly count: MoveCount; readonly title: string }) {
  const tenth = Math.floor(shareOf(count) / 10);
  const last = useRef(tenth);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (tenth === last.current) return;
    last.current = tenth;
    setNews(`${title}: ${tenth * 10} % moved.`);
  }, [tenth, title]);
  return (
    <p className="for-readers" aria-live="polite">
      {news}
    </p>
  );
}
