/** A proposal: every PV that it changes before and after, its moves one by one, and its lines. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { MoveProposal, ProposedMove, StayReason } from '../../core/contract/moves.ts';
import type { VgState } from '../../core/contract/state.ts';
import { lineCount } from '../state/moves.ts';
import { drawMoves } from '../viz/draw-moves.ts';
import { BAR_HEIGHT, drawStrip, STRIP_HEIGHT, type RunStyle } from '../viz/draw-strip.ts';
import type { Strip } from '../viz/layout-extents.ts';
import { layoutMoves, type Span } from '../viz/layout-moves.ts';
import { partName, partsOf } from '../viz/mirror-parts.ts';
import { ownerColours } from '../viz/owner-colour.ts';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { usePainting, type Paint } from '../widgets/use-painting.ts';
import { useWidth } from '../widgets/use-width.ts';

/** Rows and lines made at once. */
const MOST_SHOWN = 100;
const NARROWEST = 200;
/** Pixels in front of a strip, for the word beside it. */
const CAPTION = 54;

const STAYS: Readonly<Record<StayReason, string>> = {
  locked: 'another operation has it',
  converting: 'its mirror is being converted',
  unsupported: 'its type cannot be moved here',
};

interface Props {
  readonly proposal: MoveProposal;
  readonly vg: VgState;
}

export function ProposalView({ proposal, vg }: Props): ReactElement {
  const [box, width] = useWidth();
  const { moves, lines, stays } = proposal;
  const strips = useMemo(
    () => layoutMoves(proposal, vg, Math.max(NARROWEST, width - CAPTION)),
    [proposal, vg, width],
  );
  return (
    <div ref={box}>
      <p className="summary">{summaryOf(proposal)}</p>
      {stays.length > 0 && (
        <ul className="stays">
          {stays.slice(0, MOST_SHOWN).map(({ device, first, count, lv, why }) => (
            <li key={`${device} ${first}`}>
              {device}:{first}-{first + count - 1} of {vg.name}/{lv} stays: {STAYS[why]}.
            </li>
          ))}
        </ul>
      )}
      {strips.map(({ device, extentCount, before, after, leaving, coming }) => (
        <figure key={device} className="strip move-strip">
          <figcaption>
            <span className="path">{device}</span>
            <span>{extentCount} PE</span>
          </figcaption>
          <MapStrip vg={vg} strip={before} spans={leaving} when="before" />
          <MapStrip vg={vg} strip={after} spans={coming} when="after" />
        </figure>
      ))}
      {moves.length > 0 && (
        <>
          <h3>
            Lines <small>one after the other; nothing runs before you say so</small>
            <CopyButton
              title="Copy"
              what={`The ${lineCount(lines.length)}`}
              text={() => lines.map(({ text }) => text).join('\n')}
            />
          </h3>
          <Shown
            all={lines}
            what="lines"
            show={(some) => (
              <ol className="lines">
                {some.map(({ text }) => (
                  <li key={text}>
                    <code>{text}</code>
                  </li>
                ))}
              </ol>
            )}
          />
          <h3>Moves</h3>
          <Shown all={moves} what="moves" show={(some) => <MoveTable moves={some} vg={vg} />} />
        </>
      )}
    </div>
  );
}

function summaryOf({ extents, twice, lines }: MoveProposal): string {
  if (lines.length === 0) return 'Nothing has to move: it is so already.';
  const again = twice > 0 ? `, ${twice} of them twice` : '';
  return `${extents} ${extents === 1 ? 'extent moves' : 'extents move'}${again}.`;
}

interface ShownProps<T> {
  readonly all: readonly T[];
  readonly what: string;
  readonly show: (some: readonly T[]) => ReactElement;
}

/** The first of many, and a button for more. */
function Shown<T>({ all, what, show }: ShownProps<T>): ReactElement {
  const [most, setMost] = useState(MOST_SHOWN);
  const more = all.length - most;
  return (
    <>
      {show(all.slice(0, most))}
      {more > 0 && (
        <Button
          className="quiet"
          onPress={() => {
            setMost(most + MOST_SHOWN);
          }}
        >
          Show more {what} ({more} left)
        </Button>
      )}
    </>
  );
}

function MoveTable({ moves, vg }: { moves: readonly ProposedMove[]; vg: VgState }): ReactElement {
  const range = ({ device, first }: ProposedMove['from'], count: number): string =>
    `${device}:${first}-${first + count - 1}`;
  return (
    <table className="runs" aria-label="Moves">
      <thead>
        <tr>
          <th scope="col">Volume</th>
          <th scope="col" className="number">
            PE
          </th>
          <th scope="col">From</th>
          <th scope="col">To</th>
        </tr>
      </thead>
      <tbody>
        {moves.map(({ lv, count, from, to, aside }) => (
          <tr key={`${from.device} ${from.first} ${to.device} ${to.first}`}>
            <td>
              {vg.name}/{lv}
            </td>
            <td className="number">{count}</td>
            <td>{range(from, count)}</td>
            <td>
              {range(to, count)}
              {aside && ' for a while: they travel twice'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface StripProps {
  readonly vg: VgState;
  readonly strip: Strip;
  readonly spans: readonly Span[];
  readonly when: 'before' | 'after';
}

function MapStrip({ vg, strip, spans, when }: StripProps): ReactElement {
  const styles = useMemo(() => stylesOf(vg, strip), [vg, strip]);
  const height = strip.ticks.length > 0 ? STRIP_HEIGHT : BAR_HEIGHT + 3;
  const paint = useCallback<Paint>(
    (context, palette, ratio) => {
      drawStrip(context, strip, styles, palette, ratio);
      drawMoves(context, spans, when === 'before' ? 'leaving' : 'coming', palette, ratio);
    },
    [strip, styles, spans, when],
  );
  const canvas = usePainting(strip.end, height, paint);
  const { device } = strip.pv;
  return (
    <div className="map-strip">
      <span aria-hidden="true">{when}</span>
      <canvas ref={canvas} role="img" aria-label={`${device} ${when}: ${wordsOf(strip)}`} />
    </div>
  );
}

function stylesOf(vg: VgState, { runs }: Strip): readonly RunStyle[] {
  const colours = ownerColours(vg);
  const parts = partsOf(vg);
  return runs.map(({ owner }): RunStyle => {
    if (!owner) return { label: 'free', colour: -1, selected: false, hovered: false };
    const part = parts.get(owner.lv);
    return {
      label: part ? part.top : owner.lv,
      ...(part ? { part: partName(part) } : {}),
      ...(part?.as === 'log' ? { texture: 'log' as const } : {}),
      colour: colours.get(owner.lv) ?? 0,
      selected: false,
      hovered: false,
    };
  });
}

/** For who does not see it; the table of moves says the rest. */
function wordsOf({ runs }: Strip): string {
  const free = runs.filter(({ owner }) => !owner);
  const count = free.reduce((sum, run) => sum + run.count, 0);
  return `${runs.length - free.length} runs in use, ${count} extents free`;
}
