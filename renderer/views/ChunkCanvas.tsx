/** The exception map of one snapshot, painted on a canvas; arrows go from cell to cell. */
import { useCallback, useMemo, useRef, useState, type MouseEvent, type ReactElement } from 'react';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState } from '../../core/contract/state.ts';
import { placesOf } from '../state/snapshots.ts';
import { same, useStudio, type Subject } from '../state/store.ts';
import {
  followedChunks,
  hasFlights,
  settledChunks,
  stillChunks,
  type ChunkMotion,
} from '../viz/chunk-motion.ts';
import { drawChunks, type ChunkMarks } from '../viz/draw-chunks.ts';
import { layoutChunks, type ChunkLayout } from '../viz/layout-chunks.ts';
import { spotAfter, spotAt } from '../viz/layout-regions.ts';
import { usePlaying, type Draw, type Film } from '../widgets/use-playing.ts';
import { CellTooltip } from './CellTooltip.tsx';
import { describeChunks } from './snapshot-words.ts';

const FILM: Film<SnapshotState, ChunkMotion> = {
  still: stillChunks,
  followed: followedChunks,
  settled: settledChunks,
  isMoving: hasFlights,
};

/** Up and down go by rows: there is one lane. */
const BY_ROW: Readonly<Record<string, string>> = { ArrowDown: 'PageDown', ArrowUp: 'PageUp' };

interface Props {
  readonly lab: LabState;
  readonly snapshot: SnapshotState;
  readonly name: string;
  /** Pixels that there is room for. */
  readonly width: number;
  /** What happens is seen to; otherwise it is just there. */
  readonly moves: boolean;
}

export function ChunkCanvas({ lab, snapshot, name, width, moves }: Props): ReactElement {
  const { select, hover } = useStudio();
  const layout = useLayout(snapshot, width);
  const [pointed, setPointed] = useState<number>();
  const [focused, setFocused] = useState(0);
  const last = snapshot.cells.length - 1;
  const at = Math.min(focused, last);
  const shown = pointed === undefined ? undefined : Math.min(pointed, last);
  const { origin, store } = placesOf(lab, snapshot);
  const marks = useMarks(origin.subject, store.subject, shown);
  const draw = useCallback<Draw<ChunkMotion>>(
    (context, motion, now, palette, ratio) =>
      drawChunks(context, layout, motion, now, marks, palette, ratio),
    [layout, marks],
  );
  const canvas = usePlaying(FILM, snapshot, layout, draw, moves);
  /** The origin above, the store below. */
  const subjectAt = (y: number): Subject | undefined =>
    y < layout.store.y ? origin.subject : store.subject;
  return (
    <div className="region-canvas">
      <canvas
        ref={canvas}
        role="slider"
        tabIndex={0}
        aria-label={`Chunks of ${name}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={at}
        aria-valuetext={describeChunks(snapshot, at)}
        onClick={(event) => {
          const [x, y] = placeOf(event);
          const subject = subjectAt(y);
          if (subject) select(subject);
          const spot = y < layout.store.y ? spotAt(layout, x, y) : undefined;
          if (spot) setFocused(spot.cell);
        }}
        onMouseMove={(event) => {
          const [x, y] = placeOf(event);
          setPointed(spotAt(layout, x, y)?.cell);
          hover(subjectAt(y));
        }}
        onMouseLeave={() => {
          setPointed(undefined);
          hover(undefined);
        }}
        onBlur={() => {
          setPointed(undefined);
        }}
        onKeyDown={(event) => {
          const enters = event.key === 'Enter' || event.key === ' ';
          const spot = { lane: 0, cell: at };
          const next = enters ? spot : spotAfter(layout, spot, BY_ROW[event.key] ?? event.key);
          if (!next) return;
          event.preventDefault();
          setFocused(next.cell);
          setPointed(next.cell);
          if (enters && origin.subject) select(origin.subject);
        }}
      />
      {shown !== undefined && (
        <CellTooltip
          layout={layout}
          spot={{ lane: 0, cell: shown }}
          text={describeChunks(snapshot, shown)}
        />
      )}
    </div>
  );
}

/** In pixels of the canvas. */
function placeOf({ clientX, clientY, currentTarget }: MouseEvent): readonly [x: number, y: number] {
  const { left, top } = currentTarget.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** Chunks change many times while they lie where they lie. */
function useLayout(snapshot: SnapshotState, width: number): ChunkLayout {
  const { cells, perCell, chunks, chunkSize, total } = snapshot;
  const shape = `${cells.length} ${perCell} ${chunks} ${chunkSize} ${total} ${width}`;
  const last = useRef<{ readonly shape: string; readonly layout: ChunkLayout }>(undefined);
  if (last.current?.shape !== shape) {
    last.current = { shape, layout: layoutChunks(snapshot, width) };
  }
  return last.current.layout;
}

/** The same object while nothing else is marked. */
function useMarks(
  origin: Subject | undefined,
  store: Subject | undefined,
  cell: number | undefined,
): ChunkMarks {
  const { selected, hovered } = useStudio();
  const isMarked = (one: Subject | undefined): boolean => same(one, selected) || same(one, hovered);
  const [first, second] = [isMarked(origin), isMarked(store)];
  return useMemo(
    () => ({ origin: first, store: second, ...(cell === undefined ? {} : { cell }) }),
    [first, second, cell],
  );
}
